/** The small list under the composer: commands after `/`, paths after `@`. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth, truncate } from "../../lib/width.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import { cutRow, span } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import { type Editor, editorOf } from "./editor.ts"
import { EMOJI } from "./emoji.ts"

export interface MenuItem {
  readonly label: string
  readonly hint: string
  /** The draft after accepting it. */
  readonly accept: Editor
}

export interface Menu {
  readonly items: readonly MenuItem[]
  readonly selected: number
  /** Enter accepts and sends at once. */
  readonly sends: boolean
}

export interface MenuSource {
  readonly commands: readonly {
    readonly name: string
    readonly description: string
    readonly argumentHint?: string
  }[]
  completePath(query: string, signal: AbortSignal): Promise<readonly string[]>
  /** `:name` is completed. */
  readonly emoji?: boolean
}

const SHOWN = 6
/** Names are shorter; what takes more is a list of arguments. */
const LABEL_COLUMNS = 28

export interface MenuState {
  readonly menu: Menu | null
  /** Looks at the draft anew after it changed. */
  update(editor: Editor): void
  move(by: -1 | 1): void
  close(): void
}

export function createMenu(source: MenuSource, changed: () => void): MenuState {
  let menu: Menu | null = null
  let lookup: AbortController | null = null

  const showPaths = (editor: Editor, query: string, paths: readonly string[]) => {
    const start = editor.cursor - query.length
    const rest = editor.text.slice(editor.cursor)
    const items = paths.map((path) => {
      const text = `${editor.text.slice(0, start)}${path}${path.endsWith("/") ? "" : " "}`
      return { label: path, hint: "", accept: editorOf(text + rest, text.length) }
    })
    menu = items.length === 0 ? null : { items, selected: 0, sends: false }
    changed()
  }

  return {
    get menu() {
      return menu
    },
    update(editor) {
      lookup?.abort()
      lookup = null
      const before = editor.text.slice(0, editor.cursor)
      const command = /^\/([\w:-]*)$/.exec(before)
      if (command !== null) {
        menu = commandMenu(source, command[1] ?? "")
        return
      }
      const query = /(?:^|\s)@([^\s@]*)$/.exec(before)?.[1]
      menu = null
      const name = source.emoji === true ? /(?:^|\s):([\w+-]{2,})$/.exec(before)?.[1] : undefined
      if (name !== undefined) menu = emojiMenu(editor, name)
      if (query === undefined) return
      const control = new AbortController()
      lookup = control
      source.completePath(query, control.signal).then(
        (paths) => {
          if (!control.signal.aborted) showPaths(editor, query, paths)
        },
        () => undefined,
      )
    },
    move(by) {
      if (menu === null) return
      const count = menu.items.length
      menu = { ...menu, selected: (menu.selected + by + count) % count }
    },
    close() {
      lookup?.abort()
      lookup = null
      menu = null
    },
  }
}

function emojiMenu(editor: Editor, query: string): Menu | null {
  const start = editor.cursor - query.length - 1
  const rest = editor.text.slice(editor.cursor)
  const wanted = query.toLowerCase()
  const items = Object.entries(EMOJI)
    .filter(([name]) => name.startsWith(wanted))
    .map(([name, sign]) => {
      const text = `${editor.text.slice(0, start)}${sign} `
      return { label: `${sign} :${name}:`, hint: "", accept: editorOf(text + rest, text.length) }
    })
  return items.length === 0 ? null : { items, selected: 0, sends: false }
}

function commandMenu(source: MenuSource, query: string): Menu | null {
  const found = fuzzyFilter(query, source.commands, (command) => command.name)
  const items = found.map((command) => ({
    label: `/${command.name}${command.argumentHint === undefined ? "" : ` ${command.argumentHint}`}`,
    hint: command.description,
    accept: editorOf(`/${command.name} `),
  }))
  return items.length === 0 ? null : { items, selected: 0, sends: true }
}

export function menuRows(menu: Menu, columns: number): Row[] {
  const from = Math.max(0, Math.min(menu.selected - SHOWN + 1, menu.items.length - SHOWN))
  const shown = menu.items.slice(from, from + SHOWN)
  const width = labelWidth(menu, columns)
  const rows = shown.map((item, index) => {
    const chosen = from + index === menu.selected
    const label = truncate(sanitiseLine(item.label), width)
    const style = chosen ? ({ fg: "accent", bold: true } as const) : ({ fg: "muted" } as const)
    const pad = " ".repeat(Math.max(0, width - displayWidth(label)) + 2)
    return cutRow(
      [
        span(chosen ? "❯ " : "  ", style),
        span(label + pad, style),
        span(sanitiseLine(item.hint), { fg: "muted" }),
      ],
      columns,
    )
  })
  if (menu.items.length <= SHOWN) return rows
  const place = `  ↑↓ ${menu.selected + 1} of ${menu.items.length}`
  return [...rows, cutRow([span(place, { fg: "muted" })], columns)]
}

/** The same for every part of the list, so that nothing jumps while one moves through it. */
function labelWidth(menu: Menu, columns: number): number {
  if (menu.items.every((item) => item.hint === "")) return Math.max(1, columns - 4)
  const widest = Math.max(...menu.items.map((item) => displayWidth(sanitiseLine(item.label))))
  return Math.min(Math.floor(columns / 2), LABEL_COLUMNS, widest)
}
