/**
 * Remembers the last rows that were committed, so that a replay after an overlay can tell what is on the terminal
 * already and print only what is new, instead of clearing the user's scrollback.
 */
import type { Row } from "./port.ts"

// Enough that a repeated block (blank rows, a divider) cannot be taken for the end of the transcript.
const trailRows = 64

export interface Trail {
  add(rows: readonly Row[]): void
  clear(): void
  /** The rows of `rows` that follow what was committed last; null when they do not contain it. */
  after(rows: readonly Row[]): readonly Row[] | null
}

export function createTrail(): Trail {
  let marks: string[] = []
  return {
    add(rows) {
      for (const row of rows.slice(-trailRows)) marks.push(mark(row))
      if (marks.length > trailRows) marks = marks.slice(-trailRows)
    },
    clear() {
      marks = []
    },
    after(rows) {
      if (marks.length === 0) return rows
      for (let end = rows.length; end >= marks.length; end--) {
        if (marks.every((value, index) => value === mark(rows[end - marks.length + index])))
          return rows.slice(end)
      }
      return null
    },
  }
}

function mark(row: Row | undefined): string {
  return row === undefined
    ? ""
    : row
        .map((span) => span.text)
        .join("")
        .trimEnd()
}
