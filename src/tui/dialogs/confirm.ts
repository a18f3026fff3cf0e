/** A notice that a person reads and answers with one of a few choices. */
import { sanitise } from "../../lib/sanitise.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"

export interface ConfirmOptions {
  readonly title: string
  readonly text: string
  readonly choices: readonly string[]
  /** The index of the choice. */
  pick(index: number): void
  cancel(): void
}

export function createConfirm(options: ConfirmOptions): Dialog {
  const choices = createChoices(options.choices.map((label) => ({ label })))
  return {
    guarded: false,
    key(key) {
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "d")))
        return options.cancel()
      const chosen = choices.key(key)
      if (chosen !== null) options.pick(chosen.index)
    },
    view({ columns, rows: limit }) {
      const list = choices.view(columns - 1)
      const lines = sanitise(options.text)
        .split("\n")
        .flatMap((line) => wrapRow([span(` ${line}`)], columns))
      const room = Math.max(1, limit - list.rows.length - 4)
      const rows: Row[] = [
        [span("─".repeat(columns), { fg: "accent" })],
        [span(` ${options.title}`, { bold: true })],
        ...lines.slice(0, room),
        ...list.rows.map((row) => [span(" "), ...row]),
        [span(" enter picks · esc leaves", { fg: "muted" })],
      ]
      return { rows: rows.map((row) => cutRow(row, columns)), cursor: null }
    },
  }
}
