/** A table fitted to the screen: cells wrap, columns keep their alignment, wide characters count as two. */
import { displayWidth } from "../../lib/width.ts"
import { padEnd, rowWidth, span, wrapRow } from "../rows.ts"
import type { Row, Span, Style } from "../screen/port.ts"
import type { Align, Node } from "./nodes.ts"

type Table = Extract<Node, { type: "table" }>
type Cells = readonly (readonly Span[])[]

/** Narrower columns cannot be read; then the table becomes a list of its rows. */
const MIN_COLUMN = 5
const BORDER: Style = { fg: "border" }

export function tableRows(table: Table, columns: number): Row[] {
  const count = table.head.length
  if (count === 0) return []
  const widths = fitWidths(table, columns - (3 * count + 1))
  if (widths === null) return listRows(table, columns)
  const head = table.head.map((cell) => cell.map((part) => span(part.text, { ...part.style, bold: true })))
  const body = table.rows.flatMap((row) => cellRows(row, widths, table.align))
  return [
    line("┌", "┬", "┐", widths),
    ...cellRows(head, widths, table.align),
    line("├", "┼", "┤", widths),
    ...body,
    line("└", "┴", "┘", widths),
  ]
}

/** Natural widths where they fit; else the widest columns give way first. Null when even that does not fit. */
function fitWidths(table: Table, room: number): readonly number[] | null {
  const natural = table.head.map((head, column) =>
    Math.max(1, ...[head, ...table.rows.map((row) => row[column] ?? [])].map(cellWidth)),
  )
  const needed = natural.reduce((sum, width) => sum + Math.min(width, MIN_COLUMN), 0)
  if (needed > room) return null
  let cap = Math.max(...natural)
  const total = (limit: number) => natural.reduce((sum, width) => sum + Math.min(width, limit), 0)
  while (total(cap) > room) cap -= 1
  const widths = natural.map((width) => Math.min(width, cap))
  let spare = room - total(cap)
  for (const [column, width] of widths.entries()) {
    if (spare <= 0) break
    const wanted = Math.min(1, (natural[column] ?? 0) - width)
    widths[column] = width + wanted
    spare -= wanted
  }
  return widths
}

function cellWidth(cell: readonly Span[]): number {
  return Math.max(
    ...cell
      .map((part) => part.text)
      .join("")
      .split("\n")
      .map(displayWidth),
  )
}

function cellRows(cells: Cells, widths: readonly number[], align: readonly Align[]): Row[] {
  const wrapped = widths.map((width, column) => wrapRow(cells[column] ?? [], width))
  const height = Math.max(...wrapped.map((rows) => rows.length))
  return Array.from({ length: height }, (_, index) =>
    widths.flatMap((width, column): Span[] => [
      span(column === 0 ? "│ " : " │ ", BORDER),
      ...aligned(wrapped[column]?.[index] ?? [], width, align[column] ?? "left"),
      ...(column === widths.length - 1 ? [span(" │", BORDER)] : []),
    ]),
  )
}

function aligned(row: Row, width: number, align: Align): Row {
  const missing = width - rowWidth(row)
  if (missing <= 0 || align === "left") return padEnd(row, width)
  const before = align === "right" ? missing : Math.floor(missing / 2)
  return padEnd([...(before > 0 ? [span(" ".repeat(before))] : []), ...row], width)
}

function line(left: string, middle: string, right: string, widths: readonly number[]): Row {
  return [span(left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right, BORDER)]
}

function listRows(table: Table, columns: number): Row[] {
  return table.rows.flatMap((row) =>
    table.head.flatMap((head, column) =>
      wrapRow(
        [
          ...head.map((part) => span(part.text, { ...part.style, bold: true })),
          span(": "),
          ...(row[column] ?? []),
        ],
        columns,
      ),
    ),
  )
}
