/** A cell to rows of a given width. Pure: the same cell and width always give the same rows. */
import { never } from "../../lib/never.ts"
import { sanitise, sanitiseLine } from "../../lib/sanitise.ts"
import type { Cell } from "../cells.ts"
import { plural } from "../format.ts"
import { markdownRows } from "../markdown/stream.ts"
import { span, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Role, Row } from "../screen/port.ts"
import { type Detail, toolRows } from "./tool-row.ts"

/** Rows of thinking on the scrollback; all of it is in the transcript viewer. */
const THINKING_ROWS = 3
const NOTICE_MARK: Readonly<Record<Extract<Cell, { kind: "notice" }>["level"], readonly [string, Role]>> = {
  info: ["✻ ", "muted"],
  success: ["✓ ", "success"],
  warning: ["! ", "warning"],
  error: ["✗ ", "error"],
}

export function cellRows(cell: Cell, columns: number, detail: Detail = "brief"): Row[] {
  switch (cell.kind) {
    case "header":
      return cell.lines.flatMap((line, index) =>
        wrapRow(
          [
            span(
              sanitiseLine(line),
              index === 0
                ? { bold: true, fg: "accent" }
                : { fg: cell.demo && index === 1 ? "warning" : "muted" },
            ),
          ],
          columns,
        ),
      )
    case "prompt":
      return wrapWithPrefix(
        [span("> ", { fg: "prompt", bold: true })],
        [span("  ")],
        [span(sanitise(cell.text), { fg: "prompt" })],
        columns,
      )
    case "text":
      return markdownRows(cell.source, columns)
    case "thinking":
      return thinkingRows(cell.source, columns, detail)
    case "tool":
      return toolRows(cell, columns, detail)
    case "notice": {
      const [mark, fg] = NOTICE_MARK[cell.level]
      return wrapWithPrefix([span(mark, { fg })], [span("  ")], [span(sanitise(cell.text), { fg })], columns)
    }
    default:
      return never(cell)
  }
}

function thinkingRows(source: string, columns: number, detail: Detail): Row[] {
  const style = { fg: "muted", italic: true } as const
  const rows = wrapWithPrefix(
    [span("∴ ", { fg: "muted" })],
    [span("  ")],
    [span(sanitise(source).trim(), style)],
    columns,
  )
  if (detail === "full" || rows.length <= THINKING_ROWS) return rows
  const hidden = rows.length - THINKING_ROWS + 1
  const note = wrapRow(
    [span(`  … +${plural(hidden, "line")} of thinking (ctrl+o to see)`, { fg: "muted" })],
    columns,
  )
  return [...rows.slice(0, THINKING_ROWS - 1), ...note.slice(0, 1)]
}

/** One blank row stands before a cell, but not between notices. */
export function gapBefore(previous: Cell["kind"] | null, kind: Cell["kind"]): Row[] {
  if (previous === null || (previous === "notice" && kind === "notice")) return []
  return [[]]
}
