/** Everything in the ring, in full, on the alternate screen. Only what is visible is laid out. */
import type { Ring } from "../../lib/ring.ts"
import type { Cell } from "../cells.ts"
import { cutRow, span, spread } from "../rows.ts"
import type { Key, Row, Size } from "../screen/port.ts"
import { aboveOf, cellRows, gapBefore, type Look, USUAL_LOOK } from "../views/cell-rows.ts"

export interface TranscriptViewer {
  /** `asked`: a question waits behind it. */
  view(size: Size, asked?: boolean): readonly Row[]
  /** False when the key leaves the viewer. */
  key(key: Key): boolean
}

/** A place in the conversation: a row of a cell. Rows are counted only where one looks. */
interface Place {
  readonly cell: number
  readonly row: number
}

/** Laid-out cells kept for scrolling; a screen shows fewer. */
const CACHE = 64

export function createTranscriptViewer(
  cells: Ring<Cell>,
  writing: () => Cell | null,
  look: Look = USUAL_LOOK,
): TranscriptViewer {
  // Frozen at the start, so that what one reads does not move; new cells are below.
  const held = [...cells]
  const open = writing()
  const all = open === null ? held : [...held, open]
  const cache = new Map<number, readonly Row[]>()
  let width = 0
  let height = 1
  let top: Place | null = null

  const rowsAt = (index: number): readonly Row[] => {
    const known = cache.get(index)
    if (known !== undefined) return known
    const cell = all[index]
    if (cell === undefined) return []
    const before = all[index - 1]
    const gap = gapBefore(before === undefined ? null : aboveOf(before), aboveOf(cell))
    const rows = [...gap, ...cellRows(cell, width, { ...look, detail: "full" })]
    cache.set(index, rows)
    const oldest = cache.size > CACHE ? cache.keys().next().value : undefined
    if (oldest !== undefined) cache.delete(oldest)
    return rows
  }
  const back = (from: Place, by: number): Place => {
    let { cell, row } = from
    row -= by
    while (row < 0 && cell > 0) {
      cell -= 1
      row += rowsAt(cell).length
    }
    return { cell, row: Math.max(0, row) }
  }
  const forward = (from: Place, by: number): Place => {
    let { cell, row } = from
    row += by
    while (cell < all.length - 1 && row >= rowsAt(cell).length) {
      row -= rowsAt(cell).length
      cell += 1
    }
    return { cell, row }
  }
  const bottom = (): Place =>
    back({ cell: Math.max(0, all.length - 1), row: rowsAt(all.length - 1).length }, height)
  const clamp = (place: Place): Place => {
    const last = bottom()
    const past = place.cell > last.cell || (place.cell === last.cell && place.row > last.row)
    return past ? last : place
  }
  const prompt = (from: Place, by: -1 | 1): Place => {
    for (
      let cell = from.cell + (by === -1 && from.row > 1 ? 0 : by);
      cell >= 0 && cell < all.length;
      cell += by
    )
      if (all[cell]?.kind === "prompt") return { cell, row: 0 }
    return by === -1 ? { cell: 0, row: 0 } : bottom()
  }

  return {
    view({ columns, rows }, asked = false) {
      if (columns !== width) {
        cache.clear()
        width = columns
        top = top === null ? null : { cell: top.cell, row: 0 }
      }
      height = Math.max(1, rows - 1)
      top = clamp(top ?? bottom())
      const shown: Row[] = []
      let { cell, row } = top
      for (; cell < all.length && shown.length < height; cell += 1, row = 0)
        shown.push(...rowsAt(cell).slice(row, row + height - shown.length))
      while (shown.length < height) shown.push([])
      const where = all.length === 0 ? "empty" : `${Math.round((100 * cell) / all.length)}%`
      const fell = cells.dropped > 0 ? " · older parts are in the session file" : ""
      const status = spread(
        [
          ...(asked ? [span(" a question waits for you: q", { fg: "warning" })] : []),
          span(` transcript · ↑↓ pgup pgdn · { } prompts · g G ends · q leaves${fell}`, { fg: "muted" }),
        ],
        [span(`${where} `, { fg: "muted" })],
        columns,
      )
      return [...shown.map((row) => cutRow(row, columns)), status]
    },
    key(key) {
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "o")) || key.text === "q")
        return false
      const at = top ?? bottom()
      const name = key.ctrl ? `ctrl+${key.name}` : key.text.trim() === "" ? key.name : key.text
      const moves: Readonly<Record<string, () => Place>> = {
        up: () => back(at, 1),
        k: () => back(at, 1),
        down: () => forward(at, 1),
        j: () => forward(at, 1),
        pageup: () => back(at, height),
        b: () => back(at, height),
        "ctrl+b": () => back(at, height),
        "ctrl+u": () => back(at, Math.ceil(height / 2)),
        pagedown: () => forward(at, height),
        space: () => forward(at, height),
        "ctrl+f": () => forward(at, height),
        "ctrl+d": () => forward(at, Math.ceil(height / 2)),
        home: () => ({ cell: 0, row: 0 }),
        g: () => ({ cell: 0, row: 0 }),
        end: bottom,
        G: bottom,
        "{": () => prompt(at, -1),
        "}": () => prompt(at, 1),
      }
      top = clamp(moves[name]?.() ?? at)
      return true
    },
  }
}
