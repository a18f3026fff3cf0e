/** Signals of turns that ended because the session did: nobody interrupted them, and another process may go on. */
const left = new WeakSet<AbortSignal>()

export function leaveUnfinished(abort: AbortController): void {
  left.add(abort.signal)
  abort.abort()
}

export function isLeftUnfinished(signal: AbortSignal): boolean {
  return left.has(signal)
}
