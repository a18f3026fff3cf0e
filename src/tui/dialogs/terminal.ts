/** A command of the model wants to talk to the person: on their terminal, or not at all. */
import { codeBlock } from "../markdown/layout.ts"
import type { TerminalOffer } from "../ports.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import { reveal } from "./action.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"
import { createScrollBox } from "./scroll-box.ts"

export function createTerminalDialog(offer: TerminalOffer, answer: (wanted: boolean) => void): Dialog {
  const choices = createChoices([
    { label: "Open it on this terminal (ctrl+] comes back)" },
    { label: "No, do not run it (esc)" },
  ])
  const scroll = createScrollBox()
  return {
    guarded: true,
    key(key) {
      if (scroll.key(key)) return
      if (key.name === "escape" || (key.ctrl && key.name === "c")) return answer(false)
      const chosen = choices.key(key)
      if (chosen !== null) answer(chosen.index === 0)
    },
    view({ columns, rows: limit }) {
      const options = choices.view(columns)
      const head: Row[] = [
        [span("─".repeat(columns), { fg: "warning" })],
        [span(" This command needs a terminal", { bold: true, fg: "warning" })],
      ]
      const note = "What is shown and typed there is not recorded; the model learns only the exit code."
      const tail: Row[] = [...wrapRow([span(note, { fg: "muted" })], columns - 1).map(indent), []]
      const spare = Math.max(1, limit - head.length - tail.length - options.rows.length)
      const body = scroll.view(codeBlock(reveal(offer.command), "bash", columns - 4).map(indent), spare)
      return {
        rows: [...head, ...body, ...tail, ...options.rows].map((row) => cutRow(row, columns)),
        cursor: null,
      }
    },
  }
}

function indent(row: Row): Row {
  return [span(" "), ...row]
}
