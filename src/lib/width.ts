/**
 * The one measure of display width in the program: terminal cells of grapheme clusters, with East Asian wide
 * characters and emoji counted as 2. Wrapping, tables, truncation and the caret all use it, so they agree.
 */

const plainAscii = /^[\x20-\x7e]*$/
// Escape sequences are not skipped: text that reaches a row has none (lib/sanitise.ts), and skipping them would
// make the width of a text differ from the sum of its graphemes.
const widthOptions = { countAnsiEscapeCodes: true } as const
let segmenter: Intl.Segmenter | undefined

/** Columns between tab stops when a tab is drawn as blanks. */
export const tabStop = 4

/** Terminal cells that `text` takes on one row. Tabs and control characters count 0: expand or remove them first. */
export function displayWidth(text: string): number {
  if (text.length < 64 && plainAscii.test(text)) return text.length
  if (text.length <= 64) return Bun.stringWidth(text, widthOptions)
  return plainAscii.test(text) ? text.length : Bun.stringWidth(text, widthOptions)
}

/** User-perceived characters, in order; joined they are `text` again. */
export function graphemes(text: string): Iterable<string> {
  return plainAscii.test(text) ? text : segments(text)
}

/** `text` cut to at most `columns` cells, ending in `ellipsis` when something was cut. Never splits a grapheme. */
export function truncate(text: string, columns: number, ellipsis = "…"): string {
  if (text.length <= columns && plainAscii.test(text)) return text
  if (displayWidth(text) <= columns) return text
  const room = columns - displayWidth(ellipsis)
  if (room < 0) return columns <= 0 ? "" : truncate(text, columns, "")
  let used = 0
  let end = 0
  for (const grapheme of graphemes(text)) {
    const width = displayWidth(grapheme)
    if (used + width > room) break
    used += width
    end += grapheme.length
  }
  return text.slice(0, end) + ellipsis
}

/** `text` with every tab replaced by blanks up to the next tab stop, `column` being where it starts on its row. */
export function expandTabs(text: string, column = 0): string {
  if (!text.includes("\t")) return text
  let expanded = ""
  let at = column
  for (const part of text.split(/([\t\n])/)) {
    if (part === "\t") {
      const blanks = tabStop - (at % tabStop)
      expanded += " ".repeat(blanks)
      at += blanks
      continue
    }
    expanded += part
    at = part === "\n" ? 0 : at + displayWidth(part)
  }
  return expanded
}

function* segments(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" })
  for (const { segment } of segmenter.segment(text)) yield segment
}
