import type { HookOutcome } from "../model/hook.ts"

/** Of a prompt that is told beside the reason why it was stopped. */
const QUOTED_CHARS = 2_000

/** What was typed is not lost, unless the hook does not want it repeated. */
export function quoted(typed: string, { suppressPrompt }: HookOutcome): string {
  if (suppressPrompt === true || typed.trim() === "") return ""
  return `\n\nOriginal prompt: ${typed.slice(0, QUOTED_CHARS)}`
}
