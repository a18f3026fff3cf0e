/** A queue under a byte budget: adding to the end drops from the start, so it never grows past `budget`. */
export interface Ring<T> {
  readonly length: number
  /** Sum of the sizes of what is held; at most the budget, unless a single item is larger than it. */
  readonly bytes: number
  /** How many items fell off so far. */
  readonly dropped: number
  /** Adds an item of `bytes` size. The newest item is always kept, whatever its size. */
  push(item: T, bytes: number): void
  /** 0 is the oldest, -1 the newest; undefined outside. */
  at(index: number): T | undefined
  /** Keeps the oldest `length` items and takes the others away. */
  truncate(length: number): void
  clear(): void
  newestFirst(): IterableIterator<T>
  [Symbol.iterator](): IterableIterator<T>
}

/** Dropped slots are given back once they are this many and half of the array. */
const COMPACT_AT = 64

export function createRing<T>(budget: number): Ring<T> {
  let slots: ({ readonly item: T; readonly bytes: number } | undefined)[] = []
  let head = 0
  let bytes = 0
  let dropped = 0

  const compact = () => {
    if (head < COMPACT_AT || head * 2 < slots.length) return
    slots = slots.slice(head)
    head = 0
  }
  const dropOldest = () => {
    bytes -= slots[head]?.bytes ?? 0
    slots[head] = undefined
    head += 1
    dropped += 1
  }

  return {
    get length() {
      return slots.length - head
    },
    get bytes() {
      return bytes
    },
    get dropped() {
      return dropped
    },
    push(item, size) {
      slots.push({ item, bytes: size })
      bytes += size
      while (bytes > budget && slots.length - head > 1) dropOldest()
      compact()
    },
    at(index) {
      const slot = index < 0 ? slots.length + index : head + index
      return slot < head ? undefined : slots[slot]?.item
    },
    truncate(length) {
      for (const slot of slots.splice(head + Math.max(0, length))) bytes -= slot?.bytes ?? 0
    },
    clear() {
      slots = []
      head = 0
      bytes = 0
    },
    *newestFirst() {
      for (let slot = slots.length - 1; slot >= head; slot -= 1) {
        const held = slots[slot]
        if (held !== undefined) yield held.item
      }
    },
    *[Symbol.iterator]() {
      for (let slot = head; slot < slots.length; slot += 1) {
        const held = slots[slot]
        if (held !== undefined) yield held.item
      }
    },
  }
}
