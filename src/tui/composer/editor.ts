/** A text with a cursor. Every function is pure; the cursor never stands inside a grapheme. */
import { graphemes } from "../../lib/width.ts"

export interface Editor {
  readonly text: string
  /** UTF-16 index of the caret. */
  readonly cursor: number
}

export const EMPTY_EDITOR: Editor = { text: "", cursor: 0 }

export function editorOf(text: string, cursor: number = text.length): Editor {
  return { text, cursor }
}

export function insert({ text, cursor }: Editor, added: string): Editor {
  const joined = text.slice(0, cursor) + added + text.slice(cursor)
  return { text: joined, cursor: snap(joined, cursor + added.length) }
}

export function left({ text, cursor }: Editor): Editor {
  return { text, cursor: before(text, cursor) }
}

export function right({ text, cursor }: Editor): Editor {
  return { text, cursor: after(text, cursor) }
}

export function lineStart({ text, cursor }: Editor): Editor {
  return { text, cursor: text.lastIndexOf("\n", cursor - 1) + 1 }
}

export function lineEnd({ text, cursor }: Editor): Editor {
  const end = text.indexOf("\n", cursor)
  return { text, cursor: end === -1 ? text.length : end }
}

export function wordLeft({ text, cursor }: Editor): Editor {
  const match = /[\p{L}\p{N}_]+[^\p{L}\p{N}_]*$|[^\p{L}\p{N}_]+$/u.exec(text.slice(wordsFrom(cursor), cursor))
  return { text, cursor: match === null ? 0 : snapDown(text, wordsFrom(cursor) + match.index) }
}

export function wordRight({ text, cursor }: Editor): Editor {
  const match = /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]+|^[^\p{L}\p{N}_]+/u.exec(text.slice(cursor))
  return { text, cursor: match === null ? text.length : snap(text, cursor + match[0].length) }
}

/** The start of the run of non-blanks before the caret, as Ctrl+W of a shell. */
export function blankLeft({ text, cursor }: Editor): Editor {
  const match = /\S*\s*$/.exec(text.slice(wordsFrom(cursor), cursor))
  return { text, cursor: snapDown(text, wordsFrom(cursor) + (match?.index ?? 0)) }
}

/** Removes what lies between the caret and where `move` would put it. */
export function cut(
  editor: Editor,
  move: (editor: Editor) => Editor,
): { readonly editor: Editor; readonly cut: string } {
  const to = move(editor).cursor
  const from = Math.min(to, editor.cursor)
  const end = Math.max(to, editor.cursor)
  const text = editor.text.slice(0, from) + editor.text.slice(end)
  return { editor: { text, cursor: snap(text, from) }, cut: editor.text.slice(from, end) }
}

/** The caret one line up or down at about the same column; null at the edge of the text. */
export function vertical(editor: Editor, by: -1 | 1): Editor | null {
  const { text, cursor } = editor
  const start = lineStart(editor).cursor
  const column = cursor - start
  if (by === -1) {
    if (start === 0) return null
    const previous = lineStart({ text, cursor: start - 1 }).cursor
    return { text, cursor: snapDown(text, Math.min(previous + column, start - 1)) }
  }
  const end = lineEnd(editor).cursor
  if (end === text.length) return null
  const next = lineEnd({ text, cursor: end + 1 }).cursor
  return { text, cursor: snapDown(text, Math.min(end + 1 + column, next)) }
}

/** Words are looked for in this many characters; a longer one takes several steps. */
const WORD_WINDOW = 1_024
const wordsFrom = (cursor: number) => Math.max(0, cursor - WORD_WINDOW)

/** Graphemes are looked at in a window around the caret; no grapheme people type is longer. */
const WINDOW = 64

function before(text: string, cursor: number): number {
  if (cursor === 0) return 0
  const from = windowStart(text, cursor)
  let last = from
  let at = from
  for (const grapheme of graphemes(text.slice(from, cursor))) {
    last = at
    at += grapheme.length
  }
  return last
}

function after(text: string, cursor: number): number {
  for (const grapheme of graphemes(text.slice(cursor, cursor + WINDOW))) return cursor + grapheme.length
  return text.length
}

/** The first boundary at or after `index`. */
function snap(text: string, index: number): number {
  const down = snapDown(text, index)
  return down === index ? index : after(text, down)
}

function snapDown(text: string, index: number): number {
  if (index <= 0) return 0
  if (index >= text.length) return text.length
  let at = windowStart(text, index)
  for (const grapheme of graphemes(text.slice(at, index + WINDOW))) {
    if (at + grapheme.length > index) return at
    at += grapheme.length
  }
  return at
}

/** A place before `index` where a grapheme surely begins: the line's start or after a plain blank. */
function windowStart(text: string, index: number): number {
  const floor = Math.max(0, index - WINDOW)
  if (floor === 0) return 0
  for (let at = index - 1; at > floor; at -= 1) {
    const code = text.charCodeAt(at)
    if ((code === 0x20 || code === 0x0a) && text.charCodeAt(at + 1) < 0x80 && at + 1 <= index) return at
  }
  const code = text.charCodeAt(floor)
  return code >= 0xdc00 && code <= 0xdfff ? floor + 1 : floor
}
