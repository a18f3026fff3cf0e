/**
 * A queue with one reader that never grows while the reader is slow beyond what cannot be merged: `merge` may
 * join a new item into one that still waits. Order is kept.
 */
export interface MergeQueue<T> extends AsyncIterable<T> {
  push(item: T): void
  /** No more items; the reader ends after the waiting ones. */
  end(): void
  readonly length: number
}

/**
 * `merge(waiting, item)` looks at the waiting items, newest last, and returns true when it has put `item` into
 * one of them (by replacing that element).
 */
export function createMergeQueue<T>(merge: (waiting: T[], item: T) => boolean): MergeQueue<T> {
  let waiting: T[] = []
  let wake: (() => void) | undefined
  let ended = false
  let taken = false

  async function* read(): AsyncGenerator<T> {
    while (true) {
      if (waiting.length === 0) {
        if (ended) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const batch = waiting
      waiting = []
      yield* batch
    }
  }

  return {
    push(item) {
      if (ended) return
      if (!merge(waiting, item)) waiting.push(item)
      wake?.()
      wake = undefined
    },
    end() {
      ended = true
      wake?.()
      wake = undefined
    },
    get length() {
      return waiting.length
    },
    [Symbol.asyncIterator]() {
      if (taken) throw new Error("this queue has one reader, and it is taken")
      taken = true
      return read()
    },
  }
}
