/** Puts the footer together so that it always fits the screen: what is typed or asked first, the live text last. */
import type { Composer } from "./composer/composer.ts"
import type { Dialog } from "./dialogs/dialog.ts"
import type { Preferences } from "./preferences.ts"
import { cutRow, EMPTY_ROW } from "./rows.ts"
import type { Position, Row, Size } from "./screen/port.ts"
import type { TuiState } from "./state.ts"
import type { Transcript } from "./transcript.ts"
import { queuedRows, spinnerRow, statusRow, tipRows, toolsRows } from "./views/footer.ts"
import { shortcutRows } from "./views/shortcuts.ts"
import { liveTodoRows } from "./views/todos.ts"

export interface Frame {
  readonly rows: readonly Row[]
  readonly cursor: Position | null
}

export interface FrameParts {
  readonly state: TuiState
  readonly transcript: Transcript
  readonly composer: Composer
  readonly dialog: Dialog | null
  readonly hint: string | null
  readonly shortcuts: boolean
  readonly todos: boolean
  readonly now: number
  readonly preferences: Preferences
  /** Rows of the person's own, and links of the conversation; below the hints. */
  readonly below: readonly Row[]
}

/** Rows of the terminal that the footer leaves alone. */
const SPARE_ROWS = 1
/** The draft is shown in at most this share of the screen. */
const DRAFT_SHARE = 0.4
/** And the task list in this one. */
const TODOS_SHARE = 0.3

export function footerFrame(parts: FrameParts, size: Size): Frame {
  const { state, transcript, dialog, now, preferences } = parts
  const room = Math.max(1, size.rows - SPARE_ROWS)
  const bottom =
    dialog === null ? composerRows(parts, size) : dialog.view({ columns: size.columns, rows: room })
  const middle: Row[] = []
  if (state.turn !== null && dialog === null)
    middle.push(
      EMPTY_ROW,
      spinnerRow(state.turn, size.columns, now, preferences.animates),
      ...tipRows(state.turn, preferences, size.columns, now),
    )
  if (parts.todos && dialog === null) {
    const room = Math.floor(size.rows * TODOS_SHARE)
    middle.push(...liveTodoRows(state.todos, { columns: size.columns, rows: room }))
  }
  middle.push(...queuedRows(state, size.columns), ...(dialog === null ? [EMPTY_ROW] : []))
  const left = room - bottom.rows.length - middle.length
  const tools = toolsRows(state, size.columns, now)
  const text = transcript.live(Math.max(0, left - tools.length))
  const live = [...text, ...tools].slice(-Math.max(0, left))
  const above = left > 0 ? [...live, ...middle] : middle.slice(-Math.max(0, room - bottom.rows.length))
  const shown = room > bottom.rows.length ? above : []
  const cursor = bottom.cursor === null ? null : { ...bottom.cursor, row: bottom.cursor.row + shown.length }
  return crop(
    [...shown, ...bottom.rows].map((row) => cutRow(row, size.columns)),
    cursor,
    room,
  )
}

/** On a screen too small for everything: the part with the caret, else the end, where the choices are. */
function crop(rows: readonly Row[], cursor: Position | null, room: number): Frame {
  if (rows.length <= room) return { rows, cursor }
  const end = cursor === null ? rows.length : Math.min(rows.length, Math.max(cursor.row + 2, room))
  const from = Math.max(0, end - room)
  return {
    rows: rows.slice(from, from + room),
    cursor: cursor === null ? null : { ...cursor, row: cursor.row - from },
  }
}

function composerRows({ state, composer, hint, shortcuts, preferences, below }: FrameParts, size: Size) {
  const box = composer.view(size.columns, Math.max(1, Math.floor(size.rows * DRAFT_SHARE)))
  const status = shortcuts
    ? shortcutRows(size.columns)
    : [statusRow(state, size.columns, hint, preferences.showsFolder), ...below]
  return { rows: [...box.rows, ...(composer.menuOpen ? [] : status)], cursor: box.cursor }
}
