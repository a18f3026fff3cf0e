/** A question of an MCP server: a form of simple fields, or a page to open; the person may always decline. */
import { sanitise, sanitiseLine } from "../../lib/sanitise.ts"
import type { Elicitation, ElicitationAnswer } from "../../model/elicitation.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Position, Row } from "../screen/port.ts"
import { reveal } from "./action.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"
import { type FormField, formFields } from "./form-fields.ts"

type Answer = (answer: ElicitationAnswer) => void

export function createElicitationDialog(about: Elicitation, answer: Answer): Dialog {
  return about.mode === "url" ? pageDialog(about, answer) : formDialog(about, answer)
}

function headOf({ server, message }: Elicitation, columns: number): Row[] {
  const lines = sanitise(message).split("\n")
  return [
    [span("─".repeat(columns), { fg: "accent" })],
    [span(` The MCP server ${sanitiseLine(server)} asks:`, { bold: true })],
    ...lines.flatMap((line) => wrapRow([span(` ${line}`)], columns)),
  ]
}

function pageDialog(about: Elicitation, answer: Answer): Dialog {
  const choices = createChoices([
    { label: "I opened this page and go on" },
    { label: "No, I do not want to (esc cancels)" },
  ])
  return {
    guarded: true,
    key(key) {
      if (key.name === "escape" || (key.ctrl && key.name === "c")) return answer({ action: "cancel" })
      const chosen = choices.key(key)
      if (chosen !== null) answer({ action: chosen.index === 0 ? "accept" : "decline" })
    },
    view({ columns, rows: limit }) {
      const list = choices.view(columns)
      // The whole address is shown: its host is what the person decides by.
      const address = wrapRow([span(` ${reveal(about.url ?? "")}`, { fg: "accent" })], columns)
      const head = headOf(about, columns)
      const room = Math.max(1, limit - list.rows.length - address.length - 1)
      const rows = [...head.slice(0, room), ...address, [], ...list.rows]
      return { rows: rows.slice(0, limit).map((row) => cutRow(row, columns)), cursor: null }
    },
  }
}

function formDialog(about: Elicitation, answer: Answer): Dialog {
  const fields = formFields(about.schema ?? {})
  const send = fields.length
  const decline = fields.length + 1
  let at = 0
  /** Problems are told once sending was tried. */
  let tried = false

  const move = (by: number) => {
    at = (at + by + fields.length + 2) % (fields.length + 2)
  }
  const accept = () => {
    tried = true
    const wrong = fields.findIndex((field) => field.problem() !== null)
    if (wrong !== -1) {
      at = wrong
      return
    }
    const given = fields.flatMap((field): [string, unknown][] => {
      const value = field.value()
      return value === undefined ? [] : [[field.name, value]]
    })
    answer({ action: "accept", content: Object.fromEntries(given) })
  }
  return {
    guarded: true,
    key(key) {
      if (key.name === "escape" || (key.ctrl && key.name === "c")) return answer({ action: "cancel" })
      if (key.name === "up" || (key.name === "tab" && key.shift)) return move(-1)
      if (key.name === "down" || key.name === "tab") return move(1)
      if (key.name !== "return") return void fields[at]?.key(key)
      if (at === send) return accept()
      if (at === decline) return answer({ action: "decline" })
      move(1)
    },
    paste: (text) => fields[at]?.paste(text),
    view({ columns, rows: limit }) {
      const body: Row[] = []
      let marked = 0
      let cursor: Position | null = null
      for (const [index, field] of fields.entries()) {
        const chosen = index === at
        if (chosen) marked = body.length
        const shown = fieldRow(field, chosen, columns)
        if (chosen && shown.column !== null) cursor = { row: body.length, column: shown.column }
        body.push(shown.row)
        const problem = tried ? field.problem() : null
        if (problem !== null) body.push([span(`    ${problem}`, { fg: "error" })])
        else if (chosen && field.description !== "")
          body.push([span(`    ${sanitiseLine(field.description)}`, { fg: "muted" })])
      }
      for (const [index, label] of [
        [send, "Send"],
        [decline, "Decline"],
      ] as const) {
        if (index === at) marked = body.length
        body.push([span(index === at ? `❯ ${label}` : `  ${label}`, index === at ? { fg: "accent" } : {})])
      }
      const keys: Row = [span(" ↑↓ moves · space or ←→ picks · enter goes on · esc cancels", { fg: "muted" })]
      const head = headOf(about, columns).slice(0, Math.max(2, Math.floor(limit / 2)))
      const room = Math.max(1, limit - head.length - 1)
      // The marked field stays in sight, with the line under it.
      const from = Math.max(0, Math.min(marked + 2 - room, body.length - room))
      const part = body.slice(from, from + room)
      const place = cursor as Position | null
      return {
        rows: [...head, ...part, keys].map((row) => cutRow(row, columns)),
        cursor: place === null ? null : { row: head.length + place.row - from, column: place.column },
      }
    },
  }
}

function fieldRow(
  field: FormField,
  chosen: boolean,
  columns: number,
): { readonly row: Row; readonly column: number | null } {
  const label = `${sanitiseLine(field.label)}${field.required ? "*" : ""}: `.slice(0, Math.floor(columns / 2))
  const head = `${chosen ? "❯ " : "  "}${label}`
  const { text, caret } = field.view(Math.max(1, columns - head.length - 1))
  const value = text === "" ? span(field.hint, { fg: "muted" }) : span(text)
  return {
    row: [span(head, chosen ? { fg: "accent" } : {}), value],
    column: chosen && caret !== null ? head.length + caret : null,
  }
}
