import { createMergeQueue, type MergeQueue } from "../lib/merge-queue.ts"
import type { Event } from "../model/event.ts"

/**
 * The queue between engine and reader. Only growth merges: text of one block is joined, the newest tail of one
 * call replaces the older. So a reader that stands still costs memory for open blocks, never for tokens.
 */
export function createEventQueue(): MergeQueue<Event> {
  return createMergeQueue<Event>(mergeGrowth)
}

/** How far back a waiting `grow` of the same block may lie: as many as can be open side by side. */
const MERGE_WINDOW = 32

function mergeGrowth(waiting: Event[], event: Event): boolean {
  if (event.type !== "block.grow" && event.type !== "tool.grow") return false
  const oldest = Math.max(0, waiting.length - MERGE_WINDOW)
  for (let i = waiting.length - 1; i >= oldest; i--) {
    const other = waiting[i]
    if (other === undefined) return false
    if (event.type === "block.grow" && other.type === "block.grow" && other.block === event.block) {
      waiting[i] = { ...other, text: other.text + event.text }
      return true
    }
    if (event.type === "tool.grow" && other.type === "tool.grow" && other.id === event.id) {
      waiting[i] = event
      return true
    }
    // Past its own beginning or end there is nothing to merge with.
    if ("block" in other && "block" in event && other.block === event.block) return false
  }
  return false
}
