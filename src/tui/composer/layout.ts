/** The draft as rows of a given width, and where the caret stands in them. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth, graphemes } from "../../lib/width.ts"
import type { Position } from "../screen/port.ts"
import type { Editor } from "./editor.ts"

export interface DraftLayout {
  readonly lines: readonly string[]
  readonly caret: Position
}

/** Breaks at the edge, grapheme by grapheme, so that no character is hidden and the caret is exact. */
export function layoutDraft({ text, cursor }: Editor, columns: number): DraftLayout {
  const lines: string[] = []
  let line = ""
  let width = 0
  let index = 0
  let caret: Position | null = null
  const flush = () => {
    lines.push(line)
    line = ""
    width = 0
  }
  for (const grapheme of graphemes(text)) {
    if (index >= cursor && caret === null) caret = place(lines.length, width, columns)
    index += grapheme.length
    if (grapheme === "\n") {
      flush()
      continue
    }
    const shown = visible(grapheme)
    const added = displayWidth(shown)
    if (width + added > columns) {
      flush()
      if (caret !== null && index - grapheme.length === cursor) caret = { row: lines.length, column: 0 }
    }
    line += shown
    width += added
  }
  const end = caret ?? place(lines.length, width, columns)
  flush()
  return { lines: end.row < lines.length ? lines : [...lines, ""], caret: end }
}

function place(row: number, column: number, columns: number): Position {
  return column >= columns ? { row: row + 1, column: 0 } : { row, column }
}

/** Tabs and stray controls in a draft are shown as one blank or one mark; what is sent stays as it is. */
function visible(grapheme: string): string {
  if (grapheme === "\t") return " "
  return sanitiseLine(grapheme) === grapheme ? grapheme : "·"
}
