/** A credential helper or a login refresh takes no longer. */
const CREDENTIAL_MS = 60_000

/** Waits for a credential no longer than the signal and the deadline allow. */
export function settle<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (why: string) => {
      clean()
      reject(new Error(why))
    }
    const abort = () => stop("Interrupted")
    const timer = setTimeout(
      () => stop(`The credential did not come within ${CREDENTIAL_MS / 1000} s`),
      CREDENTIAL_MS,
    )
    const clean = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", abort)
    }
    if (signal.aborted) abort()
    signal.addEventListener("abort", abort)
    promise.then(
      (value) => {
        clean()
        resolve(value)
      },
      (error) => {
        clean()
        reject(error)
      },
    )
  })
}
