/**
 * Word wrap by display cells. Guarantees: no row is wider than asked (except one holding a single grapheme that is
 * itself wider), no grapheme is split, explicit newlines stay, and only blanks at a break are dropped.
 */
import { displayWidth, expandTabs, graphemes } from "./width.ts"

/** Half-open range of UTF-16 offsets. */
interface Range {
  readonly start: number
  readonly end: number
}

export interface StyledText<S> {
  readonly text: string
  readonly style?: S
}

/** Rows of `text` at most `columns` cells wide; an empty text is one empty row. Tabs become blanks. */
export function wrapText(text: string, columns: number): string[] {
  const expanded = expandTabs(text)
  const rows: string[] = []
  for (const { start, end } of breakText(expanded, columns)) rows.push(expanded.slice(start, end))
  return rows
}

/** As `wrapText`, for styled runs: a run that crosses a break is continued on the next row in its style. */
export function wrapSpans<S>(spans: readonly StyledText<S>[], columns: number): StyledText<S>[][] {
  const expanded = expandSpans(spans)
  const whole = expanded.map((span) => span.text).join("")
  const rows: StyledText<S>[][] = []
  let index = 0
  let offset = 0
  for (const { start, end } of breakText(whole, columns)) {
    const row: StyledText<S>[] = []
    for (let span = expanded[index]; span && offset < end; span = expanded[index]) {
      const spanEnd = offset + span.text.length
      const text = span.text.slice(Math.max(0, start - offset), end - offset)
      if (text !== "") row.push(text === span.text ? span : { ...span, text })
      if (spanEnd > end) break
      offset = spanEnd
      index += 1
    }
    rows.push(row)
  }
  return rows
}

function expandSpans<S>(spans: readonly StyledText<S>[]): readonly StyledText<S>[] {
  if (!spans.some((span) => span.text.includes("\t"))) return spans
  let column = 0
  return spans.map((span) => {
    const text = expandTabs(span.text, column)
    const newline = text.lastIndexOf("\n")
    column = newline < 0 ? column + displayWidth(text) : displayWidth(text.slice(newline + 1))
    return text === span.text ? span : { ...span, text }
  })
}

function breakText(text: string, columns: number): Range[] {
  const limit = Math.max(1, Math.floor(columns))
  const rows: Range[] = []
  let start = 0
  while (true) {
    const newline = text.indexOf("\n", start)
    const end = newline < 0 ? text.length : newline
    breakLine(text.slice(start, end), start, limit, rows)
    if (newline < 0) return rows
    start = newline + 1
  }
}

function breakLine(line: string, offset: number, columns: number, rows: Range[]): void {
  if (displayWidth(line) <= columns) {
    rows.push({ start: offset, end: offset + line.length })
    return
  }
  let rowStart = 0
  let width = 0
  // The last place where the row may break: it would end at `breakEnd`, the next begin at `breakStart`.
  let breakEnd = 0
  let breakStart = 0
  let breakWidth = 0
  let wordEnd = 0
  let at = 0
  let previous = ""
  let previousWidth = 0
  for (const grapheme of graphemes(line)) {
    const cells = displayWidth(grapheme)
    if (grapheme === " ") {
      width += 1
      // Blanks before the first word are indentation, no place to break.
      if (wordEnd > rowStart) {
        breakEnd = wordEnd
        breakStart = at + 1
        breakWidth = width
      }
    } else {
      if (wordEnd === at && at > rowStart && mayBreakBetween(previous, previousWidth, grapheme, cells)) {
        breakEnd = at
        breakStart = at
        breakWidth = width
      }
      if (width + cells > columns && breakEnd > rowStart) {
        rows.push({ start: offset + rowStart, end: offset + breakEnd })
        rowStart = breakStart
        width -= breakWidth
        breakEnd = rowStart
      }
      if (width + cells > columns && at > rowStart) {
        rows.push({
          start: offset + rowStart,
          end: offset + Math.min(at, fittingEnd(line, rowStart, at, columns)),
        })
        rowStart = at
        width = 0
        breakEnd = rowStart
      }
      width += cells
      wordEnd = at + grapheme.length
    }
    at += grapheme.length
    previous = grapheme
    previousWidth = cells
  }
  const end = width > columns ? Math.max(wordEnd, rowStart) : line.length
  const trimmed = wordEnd <= rowStart && width > columns ? rowStart : end
  rows.push({ start: offset + rowStart, end: offset + trimmed })
}

/** Indentation wider than the row is cut to the row: the blanks from `start` may exceed it, words never do. */
function fittingEnd(line: string, start: number, end: number, columns: number): number {
  return line.slice(start, end).trim() === "" ? start + columns : end
}

const closing =
  /^[\p{Pe}\p{Pf}.,;:!?%、。，．！？：；・ー…‥々〻ゝゞヽヾぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u
const opening = /^[\p{Ps}\p{Pi}]/u

/** East Asian text has no blanks: it may break beside any wide character, but not before closing punctuation. */
function mayBreakBetween(before: string, beforeWidth: number, after: string, afterWidth: number): boolean {
  if (beforeWidth < 2 && afterWidth < 2) return false
  return !closing.test(after) && !opening.test(before)
}
