/** A one-line text field inside a dialog. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import { editFor } from "../composer/edit-keys.ts"
import { cut, type Editor, EMPTY_EDITOR, insert } from "../composer/editor.ts"
import type { Key } from "../screen/port.ts"

export interface Field {
  readonly text: string
  /** False when the key is none of the field's. */
  key(key: Key): boolean
  paste(text: string): void
  /** The part around the caret that fits, and the caret's column in it. */
  view(columns: number): { readonly text: string; readonly caret: number }
}

export function createField(): Field {
  let editor: Editor = EMPTY_EDITOR
  return {
    get text() {
      return editor.text
    },
    key(key) {
      const edit = editFor(key)
      if (edit === null) return false
      if (edit.type === "insert") editor = insert(editor, sanitiseLine(edit.text))
      else if (edit.type === "move") editor = edit.move(editor)
      else if (edit.type === "delete" || edit.type === "kill") editor = cut(editor, edit.move).editor
      else return false
      return true
    },
    paste(text) {
      editor = insert(editor, sanitiseLine(text))
    },
    view(columns) {
      let before = editor.text.slice(0, editor.cursor)
      while (displayWidth(before) >= columns && before !== "")
        before = before.slice(Math.ceil(before.length / 4))
      const shown = before + editor.text.slice(editor.cursor)
      return { text: shown, caret: displayWidth(before) }
    },
  }
}
