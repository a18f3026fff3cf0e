/** The prompt box: draft, history, search, stash and the menu under it. Keys in, one action out. */

import type { PromptHistory } from "../ports.ts"
import { cutRow, span } from "../rows.ts"
import type { Key, Position, Row } from "../screen/port.ts"
import { createDraft } from "./draft.ts"
import { editFor } from "./edit-keys.ts"
import { type Editor, editorOf, right } from "./editor.ts"
import { layoutDraft } from "./layout.ts"
import { createMenu, type MenuSource, menuRows } from "./menu.ts"
import { createSearch } from "./search.ts"

export type ComposerAction =
  | { readonly type: "none" }
  | { readonly type: "submit"; readonly text: string }
  /** Up on the first row: a queued prompt should come back, if there is one. */
  | { readonly type: "take-back" }
  /** Not a key of the composer. */
  | { readonly type: "unhandled" }

export interface Composer {
  readonly text: string
  readonly menuOpen: boolean
  key(key: Key): ComposerAction
  paste(text: string): void
  setText(text: string): void
  expanded(): string
  clear(): void
  /** Puts the draft aside, or brings it back when there is none. */
  stash(): void
  olderPrompt(): void
  view(columns: number, rows: number): { readonly rows: readonly Row[]; readonly cursor: Position }
}

export interface ComposerOptions {
  readonly history: PromptHistory
  readonly menu: MenuSource
  /** Something changed without a key: a completion arrived. */
  readonly changed: () => void
}

const NONE: ComposerAction = { type: "none" }
const UNHANDLED: ComposerAction = { type: "unhandled" }

export function createComposer({ history, menu: source, changed }: ComposerOptions): Composer {
  const draft = createDraft()
  const menu = createMenu(source, changed)
  const search = createSearch(history)
  let walked = -1
  let unsent: Editor | null = null
  let stashed: Editor | null = null
  let drawn: DrawnDraft | null = null

  const put = (editor: Editor) => {
    draft.set(editor)
    menu.close()
  }
  const walk = (by: 1 | -1): boolean => {
    const next = walked + by
    if (next < -1) return false
    if (next === -1) put(unsent ?? editorOf(""))
    else {
      const text = history.at(next)
      if (text === undefined) return false
      if (walked === -1) unsent = draft.editor
      put(editorOf(text))
    }
    walked = next
    return true
  }
  const submit = (): ComposerAction => {
    const text = draft.expanded()
    if (text.trim() === "") return NONE
    history.add(text)
    draft.reset()
    menu.close()
    walked = -1
    unsent = null
    return { type: "submit", text }
  }
  const enter = (): ComposerAction => {
    const { text, cursor } = draft.editor
    if (text[cursor - 1] !== "\\") return submit()
    put(editorOf(`${text.slice(0, cursor - 1)}\n${text.slice(cursor)}`, cursor))
    return NONE
  }
  const upward = (): ComposerAction => {
    if (draft.vertical(-1)) return NONE
    if (walked === -1) return { type: "take-back" }
    walk(1)
    return NONE
  }
  const menuKey = (key: Key): ComposerAction | null => {
    const open = menu.menu
    if (open === null || key.ctrl || key.alt) return null
    const chosen = open.items[open.selected]
    switch (key.name) {
      case "up":
      case "down":
        menu.move(key.name === "up" ? -1 : 1)
        return NONE
      case "escape":
        menu.close()
        return NONE
      case "tab":
      case "return":
        if (key.shift || chosen === undefined) return null
        put(chosen.accept)
        return key.name === "return" && open.sends ? submit() : NONE
      default:
        return null
    }
  }
  const searchKey = (key: Key): ComposerAction => {
    const result = search.key(key)
    if (result === null) return NONE
    if (result.text !== null) put(editorOf(result.text))
    return result.run ? submit() : NONE
  }

  return {
    get text() {
      return draft.editor.text
    },
    get menuOpen() {
      return menu.menu !== null || search.active
    },
    key(key) {
      if (search.active) return searchKey(key)
      if (key.ctrl && key.name === "r") {
        search.start()
        return NONE
      }
      const chosen = menuKey(key)
      if (chosen !== null) return chosen
      if (key.name === "up" || (key.ctrl && key.name === "p")) return upward()
      if (key.name === "down" || (key.ctrl && key.name === "n")) {
        if (!draft.vertical(1)) walk(-1)
        return NONE
      }
      if (key.name === "return" && !key.shift && !key.alt && !key.ctrl) return enter()
      const edit = editFor(key)
      if (edit === null) return UNHANDLED
      const before = draft.editor.text
      draft.apply(edit)
      if (draft.editor.text !== before) walked = -1
      menu.update(draft.editor)
      return NONE
    },
    paste(text) {
      if (search.active) return search.paste(text)
      draft.paste(text)
      menu.close()
    },
    setText: (text) => put(editorOf(text)),
    expanded: () => draft.expanded(),
    clear() {
      if (draft.editor.text.trim() !== "") history.add(draft.expanded())
      draft.reset()
      menu.close()
      walked = -1
    },
    stash() {
      const current = draft.editor
      if (current.text === "") {
        if (stashed !== null) put(stashed)
        stashed = null
      } else {
        stashed = current
        put(editorOf(""))
      }
    },
    olderPrompt: () => void walk(1),
    view(columns, rows) {
      if (search.active) return search.view(columns)
      const { editor } = draft
      // Frames are drawn far more often than the draft changes; an editor is never changed, only replaced.
      if (drawn?.editor !== editor || drawn.columns !== columns || drawn.limit !== rows)
        drawn = { editor, columns, limit: rows, box: draftBox(editor, columns, rows) }
      const { box } = drawn
      return {
        rows: [...box.rows, ...(menu.menu === null ? [] : menuRows(menu.menu, columns))],
        cursor: box.cursor,
      }
    },
  }
}

interface DraftBox {
  readonly rows: readonly Row[]
  readonly cursor: Position
}

interface DrawnDraft {
  readonly editor: Editor
  readonly columns: number
  readonly limit: number
  readonly box: DraftBox
}

/** The draft between two lines; a tall one scrolls with the caret. */
function draftBox(editor: Editor, columns: number, limit: number): DraftBox {
  const { lines, caret } = layoutDraft(editor, Math.max(1, columns - 3))
  const height = Math.max(1, limit)
  const from = Math.max(
    0,
    Math.min(caret.row - height + 1, lines.length - height),
    Math.min(caret.row, lines.length - height),
  )
  // What starts with `!` goes to the shell, not to the model: that must be seen before Enter.
  const shell = editor.text.startsWith("!")
  const line: Row = [span("─".repeat(columns), { fg: shell ? "warning" : "border" })]
  const shown = lines.slice(from, from + height)
  const rows = shown.map((text, index): Row => {
    const mark = from + index === 0 ? span("> ", { fg: shell ? "warning" : "prompt" }) : span("  ")
    return cutRow(text === "" ? [mark] : [mark, span(text)], columns)
  })
  return { rows: [line, ...rows, line], cursor: { row: 1 + caret.row - from, column: 2 + caret.column } }
}

/** Where the caret may stand in `text`; for tests of the editor. */
export function caretStops(text: string): number[] {
  const stops = [0]
  for (let editor = right(editorOf(text, 0)); editor.cursor > (stops.at(-1) ?? 0); editor = right(editor))
    stops.push(editor.cursor)
  return stops
}
