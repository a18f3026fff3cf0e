/** A part of a dialog that may be taller than the screen: nothing of it is hidden, one scrolls. */
import { span } from "../rows.ts"
import type { Key, Row } from "../screen/port.ts"

export interface ScrollBox {
  /** True when the key scrolled. */
  key(key: Key): boolean
  /** At most `limit` rows, the last saying where one is when not everything fits. */
  view(rows: readonly Row[], limit: number): readonly Row[]
}

export function createScrollBox(): ScrollBox {
  let from = 0
  let page = 1
  return {
    key(key) {
      if (key.name === "pagedown") from += page
      else if (key.name === "pageup") from -= page
      else return false
      return true
    },
    view(rows, limit) {
      if (rows.length <= limit) return rows
      page = Math.max(1, limit - 1)
      from = Math.max(0, Math.min(from, rows.length - page))
      const end = Math.min(rows.length, from + page)
      const where = `  lines ${from + 1}–${end} of ${rows.length} · pgup/pgdn to see the rest`
      return [...rows.slice(from, end), [span(where, { fg: "warning" })]]
    },
  }
}
