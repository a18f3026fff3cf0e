/** Keeps a long run flat: what requests leave behind is collected as it grows, while the service thinks. */

/** Growth of the process that is worth a collection of some 30 ms, in bytes. */
const STEP = 8 * 1024 * 1024
/** The request is on its way by then, and the first words of a reply take longer. */
const SENT_MS = 50

export interface MemoryWatch {
  /** A request is about to leave. */
  look(): void
  stop(): void
}

export interface MemoryWatchOptions {
  /** Default: a full collection. Not `Bun.shrink`: it drops compiled code too, and turns behind it take half as long again. */
  readonly collect?: () => void
  /** False puts the collection off to the next look: somebody would feel it. Default: always. */
  readonly isQuiet?: () => boolean
  /** Bytes of memory the process holds. */
  readonly resident?: () => number
}

/** No timer but after a growth, and none that keeps the process alive. */
export function createMemoryWatch(options: MemoryWatchOptions = {}): MemoryWatch {
  const { collect = () => Bun.gc(true), isQuiet = () => true, resident = process.memoryUsage.rss } = options
  let floor = Number.POSITIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | null = null
  return {
    look() {
      const now = resident()
      // Also sinks when the system took pages back by itself.
      floor = Math.min(floor, now)
      if (timer !== null || now < floor + STEP) return
      timer = setTimeout(() => {
        timer = null
        if (!isQuiet()) return
        collect()
        floor = resident()
      }, SENT_MS)
      timer.unref()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
