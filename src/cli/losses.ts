/** What could not be kept on disk: shown as soon as somebody looks, and once more on stderr at the end. */
import type { LossPort } from "../tui/ports.ts"

/** A disk that fails again and again says nothing new. */
const MAX_LOSSES = 50

export interface Losses extends LossPort {
  readonly all: readonly string[]
  add(message: string): void
}

export function createLosses(before: readonly string[] = []): Losses {
  const all = [...before]
  let tell: ((message: string) => void) | null = null
  return {
    all,
    add(message) {
      if (all.length >= MAX_LOSSES) return
      all.push(message)
      tell?.(message)
    },
    listen(listener) {
      tell = listener
      for (const message of all) listener(message)
    },
  }
}
