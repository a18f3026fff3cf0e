import type { Answer } from "../model/command.ts"

/** Questions that wait for a reader. Each settles exactly once: by an answer, or by the turn's end. */
export interface Asks<A = Answer> {
  open(id: string, signal: AbortSignal): Promise<A>
  /** False when nobody waits for `id` any more. */
  answer(id: string, answer: A): boolean
}

/** `whenCut` is the answer of one that was never given. */
export function createAsks<A>(whenCut: A): Asks<A> {
  const waiting = new Map<string, (answer: A) => void>()
  return {
    open(id, signal) {
      return new Promise((resolve) => {
        const settle = (answer: A) => {
          waiting.delete(id)
          signal.removeEventListener("abort", onAbort)
          resolve(answer)
        }
        const onAbort = () => settle(whenCut)
        if (signal.aborted) return onAbort()
        signal.addEventListener("abort", onAbort, { once: true })
        waiting.set(id, settle)
      })
    },
    answer(id, answer) {
      const settle = waiting.get(id)
      settle?.(answer)
      return settle !== undefined
    },
  }
}
