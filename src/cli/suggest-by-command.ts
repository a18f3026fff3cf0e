import { startGroup } from "../lib/process.ts"

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
  if (signal.aborted) return []
  const decoder = new TextDecoder()
  let text = ""
  const group = startGroup({
    argv: ["/bin/sh", "-c", command],
    cwd,
    env: { ...env, CLAUDE_PROJECT_DIR: cwd },
    stdin: new TextEncoder().encode(`${JSON.stringify({ query })}\n`),
    onData(stream, chunk) {
      if (stream === "stdout" && text.length < MAX_BYTES) text += decoder.decode(chunk, { stream: true })
    },
  })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
  const stop = () => group.stop()
  limit.addEventListener("abort", stop, { once: true })
  const { code } = await group.ended
  limit.removeEventListener("abort", stop)
  if (limit.aborted || code !== 0) return []
  const lines = text
    .slice(0, MAX_BYTES)
    .split("\n")
    .map((line) => line.trim())
  return lines.filter((line) => line !== "").slice(0, MAX_PATHS)
}
