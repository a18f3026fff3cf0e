/** Small things that every view does with rows. */
import { displayWidth, truncate } from "../lib/width.ts"
import { wrapSpans } from "../lib/wrap.ts"
import type { Row, Span, Style } from "./screen/port.ts"

export const EMPTY_ROW: Row = []

export function span(text: string, style?: Style): Span {
  return style === undefined ? { text } : { text, style }
}

export function rowWidth(row: Row): number {
  return row.reduce((sum, part) => sum + displayWidth(part.text), 0)
}

/** Wraps spans to rows; line feeds in them break rows. At least one row. */
export function wrapRow(spans: readonly Span[], columns: number): Row[] {
  return wrapSpans(spans, Math.max(1, columns))
}

/** Wraps with `first` before the first row and `rest` (of the same width) before the others. */
export function wrapWithPrefix(first: Row, rest: Row, spans: readonly Span[], columns: number): Row[] {
  return wrapRow(spans, columns - rowWidth(first)).map((row, index) => [
    ...(index === 0 ? first : rest),
    ...row,
  ])
}

/** One row that ends with `…` where it would not fit. */
export function cutRow(row: Row, columns: number): Row {
  if (rowWidth(row) <= columns) return row
  const out: Span[] = []
  let left = columns
  for (const part of row) {
    const width = displayWidth(part.text)
    if (width < left) {
      out.push(part)
      left -= width
      continue
    }
    const text = truncate(part.text + (width === left ? " " : ""), left, "…")
    if (text !== "") out.push(span(text, part.style))
    return out
  }
  return out
}

export function padEnd(row: Row, columns: number, style?: Style): Row {
  const missing = columns - rowWidth(row)
  return missing > 0 ? [...row, span(" ".repeat(missing), style)] : row
}

/** Left and right on one row; the right side gives way where both do not fit. */
export function spread(left: Row, right: Row, columns: number): Row {
  const gap = columns - rowWidth(left) - rowWidth(right)
  if (gap < 1) return cutRow(left, columns)
  return [...left, span(" ".repeat(gap)), ...right]
}
