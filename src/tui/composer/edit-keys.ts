/** Keys that edit the draft: what a shell's line editor does with them. */
import type { Key } from "../screen/port.ts"
import { blankLeft, type Editor, left, lineEnd, lineStart, right, wordLeft, wordRight } from "./editor.ts"

type Move = (editor: Editor) => Editor

export type Edit =
  | { readonly type: "move"; readonly move: Move }
  /** Removed for good. */
  | { readonly type: "delete"; readonly move: Move }
  /** Removed into the kill ring. */
  | { readonly type: "kill"; readonly move: Move }
  | { readonly type: "yank" }
  | { readonly type: "undo" }
  | { readonly type: "newline" }
  | { readonly type: "insert"; readonly text: string }

/** To the line's end; at the end, over the line feed. */
const killEnd: Move = (editor) => (lineEnd(editor).cursor === editor.cursor ? right(editor) : lineEnd(editor))
const killStart: Move = (editor) =>
  lineStart(editor).cursor === editor.cursor ? left(editor) : lineStart(editor)

const CONTROL: Readonly<Record<string, Edit>> = {
  a: { type: "move", move: lineStart },
  e: { type: "move", move: lineEnd },
  b: { type: "move", move: left },
  f: { type: "move", move: right },
  left: { type: "move", move: wordLeft },
  right: { type: "move", move: wordRight },
  d: { type: "delete", move: right },
  h: { type: "delete", move: left },
  backspace: { type: "kill", move: wordLeft },
  delete: { type: "kill", move: wordRight },
  k: { type: "kill", move: killEnd },
  u: { type: "kill", move: killStart },
  w: { type: "kill", move: blankLeft },
  y: { type: "yank" },
  j: { type: "newline" },
  _: { type: "undo" },
  "-": { type: "undo" },
  "/": { type: "undo" },
  z: { type: "undo" },
}
const ALT: Readonly<Record<string, Edit>> = {
  b: { type: "move", move: wordLeft },
  left: { type: "move", move: wordLeft },
  f: { type: "move", move: wordRight },
  right: { type: "move", move: wordRight },
  d: { type: "kill", move: wordRight },
  backspace: { type: "kill", move: wordLeft },
  return: { type: "newline" },
}
const PLAIN: Readonly<Record<string, Edit>> = {
  left: { type: "move", move: left },
  right: { type: "move", move: right },
  home: { type: "move", move: lineStart },
  end: { type: "move", move: lineEnd },
  backspace: { type: "delete", move: left },
  delete: { type: "delete", move: right },
  linefeed: { type: "newline" },
}

/** The edit that `key` asks for; null for keys that edit nothing. */
export function editFor(key: Key): Edit | null {
  if (key.ctrl) return CONTROL[key.name] ?? null
  if (key.alt) return ALT[key.name] ?? null
  if (key.name === "return") return key.shift ? { type: "newline" } : null
  const plain = PLAIN[key.name]
  if (plain !== undefined) return plain
  return key.text !== "" && !["tab", "escape"].includes(key.name) ? { type: "insert", text: key.text } : null
}
