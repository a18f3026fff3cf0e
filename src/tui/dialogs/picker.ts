/** A list to pick from, narrowed by typing. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import { cutRow, span, spread } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Dialog } from "./dialog.ts"
import { createField } from "./field.ts"

export interface PickerItem<T> {
  readonly label: string
  readonly hint: string
  readonly value: T
}

export interface PickerOptions<T> {
  readonly title: string
  /** Called at the start and whenever the search changes; the signal ends a look-up that is out of date. */
  load(query: string, signal: AbortSignal): Promise<readonly PickerItem<T>[]>
  pick(value: T): void
  cancel(): void
  changed(): void
}

const SHOWN = 10

export function createPicker<T>(options: PickerOptions<T>): Dialog {
  const field = createField()
  let items: readonly PickerItem<T>[] = []
  let selected = 0
  let status: string | null = "loading…"
  let lookup = new AbortController()

  const look = () => {
    lookup.abort()
    lookup = new AbortController()
    const { signal } = lookup
    options.load(field.text, signal).then(
      (found) => {
        if (signal.aborted) return
        items = found
        selected = 0
        status = found.length === 0 ? "nothing found" : null
        options.changed()
      },
      (error: unknown) => {
        if (signal.aborted) return
        items = []
        status = `could not be listed: ${sanitiseLine(error instanceof Error ? error.message : String(error))}`
        options.changed()
      },
    )
  }
  look()

  return {
    guarded: false,
    key(key) {
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "d"))) {
        lookup.abort()
        return options.cancel()
      }
      const count = Math.max(1, items.length)
      if (key.name === "up" || (key.ctrl && key.name === "p")) selected = (selected + count - 1) % count
      else if (key.name === "down" || (key.ctrl && key.name === "n")) selected = (selected + 1) % count
      else if (key.name === "pageup") selected = Math.max(0, selected - SHOWN)
      else if (key.name === "pagedown") selected = Math.min(count - 1, selected + SHOWN)
      else if (key.name === "return") {
        const item = items[selected]
        if (item !== undefined) options.pick(item.value)
      } else if (field.key(key)) look()
    },
    paste(text) {
      field.paste(text)
      look()
    },
    view({ columns, rows: limit }) {
      const height = Math.max(1, Math.min(SHOWN, limit - 5))
      const from = Math.max(0, Math.min(selected - height + 1, items.length - height))
      const query = field.view(columns - 10)
      const rows: Row[] = [
        [span("─".repeat(columns), { fg: "accent" })],
        cutRow([span(` ${options.title}`, { bold: true })], columns),
        cutRow([span(" search: ", { fg: "muted" }), span(query.text)], columns),
        ...items.slice(from, from + height).map((item, index): Row => {
          const chosen = from + index === selected
          const style = chosen ? ({ fg: "accent", bold: true } as const) : {}
          return spread(
            cutRow(
              [span(chosen ? " ❯ " : "   ", style), span(sanitiseLine(item.label), style)],
              columns - displayWidth(item.hint) - 2,
            ),
            [span(`${sanitiseLine(item.hint)} `, { fg: "muted" })],
            columns,
          )
        }),
      ]
      if (status !== null) rows.push([span(`   ${status}`, { fg: "muted" })])
      rows.push(cutRow([span(" enter picks · esc leaves", { fg: "muted" })], columns))
      return { rows: rows.map((row) => cutRow(row, columns)), cursor: { row: 2, column: 9 + query.caret } }
    },
  }
}
