/** What every handler that is no process of ours shares: it ends at its deadline or with the turn, heeded or not. */
import { raceAbort } from "../../lib/abort.ts"
import { messageOf } from "../json.ts"
import type { Ran } from "./handler.ts"

export interface Limits {
  readonly timeoutMs: number
  /** The turn's. */
  readonly signal: AbortSignal
}

const MAX_ERROR_CHARS = 500

/** Runs `work`; what it throws is an error of one line. `work` gets a signal of the turn and the deadline together. */
export async function underDeadline(
  { timeoutMs, signal }: Limits,
  work: (signal: AbortSignal) => Promise<Ran>,
): Promise<Ran> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeoutMs)
  const cut = (): Ran => ({
    stdout: "",
    stderr: "",
    cut: signal.aborted ? "interrupted" : "timeout",
  })
  try {
    const either = AbortSignal.any([signal, deadline.signal])
    const ran = await raceAbort(work(either), either)
    return ran === "aborted" ? cut() : ran
  } catch (error) {
    if (signal.aborted || deadline.signal.aborted) return cut()
    return failedRun(messageOf(error).trim().split("\n", 1)[0] ?? "")
  } finally {
    clearTimeout(timer)
  }
}

export function failedRun(error: string): Ran {
  return { stdout: "", stderr: "", error: error.slice(0, MAX_ERROR_CHARS) }
}
