/** An unbounded queue with one reader, for tests. */
export interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void
  end(): void
}

export function createQueue<T>(): Queue<T> {
  const items: T[] = []
  let ended = false
  let wake = () => {}
  const touch = () => wake()
  return {
    push(item) {
      items.push(item)
      touch()
    },
    end() {
      ended = true
      touch()
    },
    async *[Symbol.asyncIterator]() {
      while (true) {
        const item = items.shift()
        if (item !== undefined) yield item
        else if (ended) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}
