/** A turn that an earlier process did not finish, and what starts it again (CLAUDE_CODE_RESUME_INTERRUPTED_TURN). */
import { envOn } from "../config/env.ts"
import type { Env } from "../config/paths.ts"
import { isMessageLine, type Line } from "../model/line.ts"

/** Default of CLAUDE_CODE_RESUME_PROMPT (spec/cli.md section 5.1). */
const RESUME_PROMPT = "Continue from where you left off."

/** The prompt that takes it up; undefined when there is nothing to take up, or nobody asked for it. */
export function resumePrompt(env: Env, lines: readonly Line[]): string | undefined {
  if (!envOn(env, "CLAUDE_CODE_RESUME_INTERRUPTED_TURN")) return undefined
  const last = lines.findLast(isMessageLine)
  if (last === undefined) return undefined
  const unfinished =
    last.type === "assistant"
      ? last.message.stop_reason === null || last.message.stop_reason === "tool_use"
      : last.type === "user" && !isInterruption(last.message.content)
  return unfinished ? (env.CLAUDE_CODE_RESUME_PROMPT ?? RESUME_PROMPT) : undefined
}

/** The person ended that one. */
function isInterruption(content: unknown): boolean {
  return JSON.stringify(content).includes("[Request interrupted by user")
}
