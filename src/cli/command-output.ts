/** What a command of the person's own (from the settings) prints for an input; bounded in time and size. */
import { startGroup } from "../lib/process.ts"

export interface OwnCommand {
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Written to its stdin as one line of JSON. */
  readonly input: unknown
  readonly deadlineMs: number
  readonly maxBytes: number
}

/** Null when it fails, is late or is stopped: its whole group ends then. Never rejects. */
export async function commandOutput(own: OwnCommand, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null
  const decoder = new TextDecoder()
  let text = ""
  let group: ReturnType<typeof startGroup>
  try {
    group = startGroup({
      argv: ["/bin/sh", "-c", own.command],
      cwd: own.cwd,
      env: own.env,
      stdin: new TextEncoder().encode(`${JSON.stringify(own.input)}\n`),
      onData(stream, chunk) {
        if (stream === "stdout" && text.length < own.maxBytes) text += decoder.decode(chunk, { stream: true })
      },
    })
  } catch {
    return null
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(own.deadlineMs)])
  const stop = () => group.stop()
  limit.addEventListener("abort", stop, { once: true })
  const { code } = await group.ended
  limit.removeEventListener("abort", stop)
  return limit.aborted || code !== 0 ? null : text.slice(0, own.maxBytes)
}
