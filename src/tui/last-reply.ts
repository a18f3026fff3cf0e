import type { Cell } from "./cells.ts"

/** The newest reply's source; a long one is held in several cells of the same block. */
export function lastReply(newestFirst: Iterable<Cell>): string {
  const parts: string[] = []
  let block: number | null = null
  for (const cell of newestFirst) {
    if (cell.kind !== "text") continue
    if (block !== null && cell.block !== block) break
    block = cell.block
    parts.push(cell.source)
  }
  return parts.reverse().join("")
}
