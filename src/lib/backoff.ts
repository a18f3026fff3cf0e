/** Waiting between attempts: exponential, jittered, capped, and over at once when the signal fires. */

export interface BackoffOptions {
  /** Milliseconds before the second attempt. */
  readonly baseMs: number
  /** Longest wait in milliseconds. */
  readonly capMs: number
  /** 0 … 1, for tests. */
  readonly random?: () => number
}

/** The share of a wait that is left to chance, so that many clients do not come back together. */
const JITTER = 0.25

/** Milliseconds to wait after the `attempt`-th failure (counted from 1): doubled each time, less up to a quarter. */
export function backoffMs(attempt: number, { baseMs, capMs, random = Math.random }: BackoffOptions): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(30, attempt - 1))
  return Math.round(full * (1 - JITTER * random()))
}

/** Resolves to true after `ms`, or to false as soon as `signal` is aborted. Leaves no timer and no listener behind. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (slept: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener("abort", stop)
      resolve(slept)
    }
    const stop = () => end(false)
    const timer = setTimeout(() => end(true), ms)
    signal.addEventListener("abort", stop)
  })
}
