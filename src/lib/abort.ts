/** Settles like `work`, or with `"aborted"` as soon as `signal` fires; leaves no listener behind. */
export async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T | "aborted"> {
  if (signal.aborted) {
    work.catch(() => {})
    return "aborted"
  }
  let onAbort: (() => void) | undefined
  const aborted = new Promise<"aborted">((resolve) => {
    onAbort = () => resolve("aborted")
    signal.addEventListener("abort", onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort)
    // A loser that fails later is nobody's news.
    work.catch(() => {})
  }
}

/** Waits `ms`, or less when `signal` fires. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener("abort", finish, { once: true })
  })
}
