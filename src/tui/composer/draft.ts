/** The draft with its undo steps, kill buffer and pastes. Knows nothing of menus, history or screens. */
import type { Edit } from "./edit-keys.ts"
import { cut, type Editor, EMPTY_EDITOR, editorOf, insert, vertical } from "./editor.ts"
import { createPastes } from "./pastes.ts"

/** Steps that can be undone. */
const UNDO_STEPS = 200

export interface Draft {
  readonly editor: Editor
  apply(edit: Edit): void
  paste(text: string): void
  set(editor: Editor): void
  /** False at the edge of the text. */
  vertical(by: -1 | 1): boolean
  /** What is sent: placeholders replaced by what was pasted. */
  expanded(): string
  /** Empties it; pastes are forgotten, undo still works. */
  reset(): void
}

export function createDraft(): Draft {
  const pastes = createPastes()
  const past: Editor[] = []
  let editor = EMPTY_EDITOR
  let killed = ""
  let typing = false

  const change = (next: Editor, joins = false) => {
    if (next.text !== editor.text && !(joins && typing)) {
      past.push(editor)
      if (past.length > UNDO_STEPS) past.shift()
    }
    typing = joins
    editor = next
  }

  return {
    get editor() {
      return editor
    },
    apply(edit) {
      switch (edit.type) {
        case "move":
          return change(edit.move(editor))
        case "insert":
          return change(insert(editor, edit.text), /^\S+$/.test(edit.text))
        case "newline":
          return change(insert(editor, "\n"))
        case "yank":
          return change(insert(editor, killed))
        case "undo": {
          const previous = past.pop()
          typing = false
          if (previous !== undefined) editor = previous
          return
        }
        case "kill": {
          const done = cut(editor, edit.move)
          if (done.cut !== "") killed = done.cut
          return change(done.editor)
        }
        case "delete": {
          const { text, cursor } = editor
          const mark = edit.move(editor).cursor < cursor ? pastes.endingAt(text, cursor) : null
          if (mark === null) return change(cut(editor, edit.move).editor)
          return change(cut(editor, () => ({ text, cursor: cursor - mark.length })).editor)
        }
      }
    },
    paste: (text) => change(insert(editor, pastes.take(text))),
    set: (next) => change(next),
    vertical(by) {
      const moved = vertical(editor, by)
      if (moved !== null) change(moved)
      return moved !== null
    },
    expanded: () => pastes.expand(editor.text),
    reset() {
      change(editorOf(""))
      pastes.clear()
    },
  }
}
