/**
 * Changes wait here for the next frame, so that what is printed and the footer below it change together. Text that
 * grows is joined while it waits and handed out in slices: a huge reply never keeps a key waiting for long.
 */
import type { Change } from "./change.ts"

export interface ChangeQueue {
  add(change: Change): void
  /** Applies waiting changes for about `budget` milliseconds; true when none is left. */
  drain(budget: number): boolean
  /** More waits than one frame takes: whoever adds should wait for `calm`. */
  readonly full: boolean
  /** Settles when nothing waits any more. */
  calm(): Promise<void>
}

/** Characters of growing text applied in one go: some 3 ms of layout. */
const SLICE_CHARACTERS = 8_192
/** Growth beyond this is left to the engine's queue, which merges it too. */
const FULL_CHARACTERS = 262_144
const FULL_CHANGES = 256

export function createChangeQueue(apply: (change: Change) => void): ChangeQueue {
  let waiting: (Change | Growth)[] = []
  let next = 0
  let characters = 0
  let calmed: PromiseWithResolvers<void> | null = null

  const applyFirst = () => {
    const first = waiting[next] as Change | Growth
    if (first.change !== "grow") {
      next += 1
      return apply(first)
    }
    const text = first.text.slice(0, sliceEnd(first.text))
    const rest = first.text.length - text.length
    if (rest === 0) next += 1
    else waiting[next] = { ...first, text: first.text.slice(text.length) }
    characters -= text.length
    apply({ change: "grow", block: first.block, text })
  }

  return {
    add(change) {
      if (change.change !== "grow") {
        waiting.push(change)
        return
      }
      characters += change.text.length
      const last = waiting.at(-1)
      if (waiting.length > next && last?.change === "grow" && last.block === change.block)
        (last as Growth).text += change.text
      else waiting.push({ ...change })
    },
    drain(budget) {
      const end = performance.now() + budget
      while (next < waiting.length) {
        applyFirst()
        if (performance.now() >= end) break
      }
      if (next < waiting.length) return false
      waiting = []
      next = 0
      calmed?.resolve()
      calmed = null
      return true
    },
    get full() {
      return characters > FULL_CHARACTERS || waiting.length - next > FULL_CHANGES
    },
    calm() {
      if (next >= waiting.length) return Promise.resolve()
      calmed ??= Promise.withResolvers<void>()
      return calmed.promise
    },
  }
}

/** Where the first slice of `text` ends; never between the halves of a character. */
function sliceEnd(text: string): number {
  const unit = text.charCodeAt(SLICE_CHARACTERS - 1)
  return unit >= 0xd800 && unit <= 0xdbff ? SLICE_CHARACTERS + 1 : SLICE_CHARACTERS
}

/** Its text is added to while it waits. */
interface Growth {
  readonly change: "grow"
  readonly block: number
  text: string
}
