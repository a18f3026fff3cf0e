import { commandOutput } from "./command-output.ts"

/** Limits of spec/settings.md section 2, `fileSuggestion`. */
const DEADLINE_MS = 5_000
const MAX_PATHS = 15
/** Far more than fifteen paths need. */
const MAX_BYTES = 64 * 1024

export interface SuggestCommand {
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Paths that the person's own command prints for `query`, one a line; none when it fails, is late or is stopped. */
export async function suggestByCommand(
  { command, cwd, env }: SuggestCommand,
  query: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const text = await commandOutput(
    {
      command,
      cwd,
      env: { ...env, CLAUDE_PROJECT_DIR: cwd },
      input: { query },
      deadlineMs: DEADLINE_MS,
      maxBytes: MAX_BYTES,
    },
    signal,
  )
  const lines = (text ?? "").split("\n").map((line) => line.trim())
  return lines.filter((line) => line !== "").slice(0, MAX_PATHS)
}
