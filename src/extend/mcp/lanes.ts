/** Runs at most `size` things at a time, in the order they came. */
export function createLanes(size: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= size) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
