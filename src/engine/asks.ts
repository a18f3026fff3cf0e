import type { Answer } from "../model/command.ts"

/** Questions that wait for a reader. Each settles exactly once: by an answer, or by the turn's end. */
export interface Asks {
  open(id: string, signal: AbortSignal): Promise<Answer>
  /** False when nobody waits for `id` any more. */
  answer(id: string, answer: Answer): boolean
}

export function createAsks(): Asks {
  const waiting = new Map<string, (answer: Answer) => void>()
  return {
    open(id, signal) {
      return new Promise((resolve) => {
        const settle = (answer: Answer) => {
          waiting.delete(id)
          signal.removeEventListener("abort", onAbort)
          resolve(answer)
        }
        const onAbort = () => settle({ verdict: "deny", interrupt: true })
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
