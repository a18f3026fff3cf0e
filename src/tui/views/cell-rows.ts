/** A cell to rows of a given width. Pure: the same cell and width always give the same rows. */
import { never } from "../../lib/never.ts"
import { sanitise, sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import type { Cell } from "../cells.ts"
import { plural } from "../format.ts"
import { markdownRows } from "../markdown/stream.ts"
import { cutRow, span, spread, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Role, Row } from "../screen/port.ts"
import { plainCode } from "./plain-code.ts"
import { type Detail, toolRows } from "./tool-row.ts"

/** How a cell is to look, from the preferences. */
export interface Look {
  readonly detail: Detail | "focus"
  readonly proseColumns?: number
  readonly highlightsCode: boolean
  readonly clock?: (at: number) => string
}

export const USUAL_LOOK: Look = { detail: "brief", highlightsCode: true }

/** Rows of a prompt on the scrollback; of a longer one this many of either end. */
const PROMPT_ROWS = 40
const PROMPT_ENDS = 8
/** Rows of thinking on the scrollback; all of it is in the transcript viewer. */
const THINKING_ROWS = 3
const NOTICE_MARK: Readonly<Record<Extract<Cell, { kind: "notice" }>["level"], readonly [string, Role]>> = {
  info: ["✻ ", "muted"],
  success: ["✓ ", "success"],
  warning: ["! ", "warning"],
  error: ["✗ ", "error"],
}

export function cellRows(cell: Cell, columns: number, look: Look = USUAL_LOOK): Row[] {
  const rows = coloured(cell, columns, look)
  return look.highlightsCode ? rows : plainCode(rows)
}

/** When a message came, above it; nothing where that is not wanted. */
export function clockRows(at: number | undefined, { clock }: Look, columns: number): Row[] {
  return at === undefined || clock === undefined
    ? []
    : [cutRow([span(sanitiseLine(clock(at)), { fg: "muted" })], columns)]
}

/** In the focused view a call is its head, and what was thought is left out. */
function coloured(cell: Cell, columns: number, look: Look): Row[] {
  const detail = look.detail === "full" ? "full" : "brief"
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
      return dated(promptRows(cell.text, columns, detail), clockRows(cell.at, look, columns), columns)
    case "text":
      return [...clockRows(cell.at, look, columns), ...markdownRows(cell.source, columns, look.proseColumns)]
    case "thinking":
      return look.detail === "focus" ? [] : thinkingRows(cell.source, columns, detail)
    case "tool":
      return toolRows(cell, columns, look.detail)
    case "notice": {
      const [mark, fg] = NOTICE_MARK[cell.level]
      return noticeRows(sanitise(cell.text), { mark, fg, columns })
    }
    default:
      return never(cell)
  }
}

/** The time stands behind a prompt where it fits, else above it. */
function dated(rows: Row[], clock: Row[], columns: number): Row[] {
  const [first = [], ...rest] = rows
  const [time] = clock
  if (time === undefined) return rows
  const together = spread(first, time, columns)
  return together.length > first.length ? [together, ...rest] : [time, ...rows]
}

/** A pasted file does not flood the scrollback: its ends show what it is. */
function promptRows(text: string, columns: number, detail: Detail): Row[] {
  const rows = wrapWithPrefix(
    [span("> ", { fg: "prompt", bold: true })],
    [span("  ")],
    [span(sanitise(text).trimEnd(), { fg: "prompt" })],
    columns,
  )
  if (detail === "full" || rows.length <= PROMPT_ROWS) return rows
  const hidden = rows.length - 2 * PROMPT_ENDS
  const note = [span(`  … +${plural(hidden, "line")} (ctrl+o to see)`, { fg: "muted" })]
  return [...rows.slice(0, PROMPT_ENDS), cutRow(note, columns), ...rows.slice(-PROMPT_ENDS)]
}

interface NoticeStyle {
  readonly mark: string
  readonly fg: Role
  readonly columns: number
}

/** Each line hangs below its own second column, where it has one (`name   what it is`). */
function noticeRows(text: string, { mark, fg, columns }: NoticeStyle): Row[] {
  return text.split("\n").flatMap((line, index) => {
    const prefix = span(index === 0 ? mark : "  ", { fg })
    const first = /^\S.*? {2,}(?=\S)/.exec(line)?.[0] ?? ""
    const head = displayWidth(first) <= columns / 2 ? first : ""
    return wrapWithPrefix(
      [prefix, span(head, { fg })],
      [span(" ".repeat(2 + displayWidth(head)))],
      [span(line.slice(head.length), { fg })],
      columns,
    )
  })
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

/** What stands above a cell, as far as the space between them depends on it. */
export type Above = Cell["kind"] | "block" | null

/** A notice of several lines stands apart like a reply; short ones stay together. */
export function aboveOf(cell: Cell): Above {
  return cell.kind === "notice" && cell.text.includes("\n") ? "block" : cell.kind
}

/** One blank row stands before a cell, but not between notices of one line. */
export function gapBefore(previous: Above, next: Above): Row[] {
  if (previous === null || (previous === "notice" && next === "notice")) return []
  return [[]]
}
