/** One setting: what it is, who sets it, and a new value, picked or typed. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { SettingRow } from "../ports.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"

export interface SettingEditor {
  readonly row: SettingRow
  /** Which layers set it, highest first. */
  readonly explain: readonly string[]
  /** Typed text; empty removes the value. */
  save(value: string): void
  cancel(): void
}

export function createSettingEditor({ row, explain, save, cancel }: SettingEditor): Dialog {
  const ready = row.choices.slice(0, 8)
  const choices = createChoices([
    ...ready.map((label) => ({ label })),
    { label: "Another value…", field: { placeholder: row.accepts } },
    { label: "Remove it from the user settings" },
  ])
  return {
    guarded: false,
    key(key) {
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "d"))) return cancel()
      const chosen = choices.key(key)
      if (chosen === null) return
      if (chosen.index === ready.length) {
        if (chosen.text.trim() !== "") save(chosen.text.trim())
      } else save(ready[chosen.index] ?? "")
    },
    paste: (text) => choices.paste(text),
    view({ columns, rows: limit }) {
      const list = choices.view(columns - 1)
      const about = [
        ...wrapRow([span(` ${sanitiseLine(row.text)}. Takes ${row.accepts}.`)], columns),
        ...explain.map((line): Row => [span(` ${sanitiseLine(line)}`, { fg: "muted" })]),
      ].slice(0, Math.max(1, limit - list.rows.length - 3))
      const top: Row[] = [
        [span("─".repeat(columns), { fg: "accent" })],
        [span(` ${row.key}`, { bold: true })],
        ...about,
      ]
      const rows = [
        ...top,
        ...list.rows.map((one): Row => [span(" "), ...one]),
        [span(" enter saves to the user settings · esc leaves", { fg: "muted" })],
      ]
      const cursor =
        list.cursor === null ? null : { row: top.length + list.cursor.row, column: list.cursor.column + 1 }
      return { rows: rows.map((one) => cutRow(one, columns)), cursor }
    },
  }
}
