/** The numbered choices of a dialog; the last one may hold a text field. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import { cutRow, span, wrapWithPrefix } from "../rows.ts"
import type { Key, Position, Row } from "../screen/port.ts"
import { createField } from "./field.ts"

export interface Choice {
  readonly label: string
  /** Enter on it sends what is typed; empty text is allowed. */
  readonly field?: { readonly placeholder: string }
}

export interface Chosen {
  readonly index: number
  readonly text: string
}

export interface Choices {
  /** Keys are text for the field now. */
  readonly typing: boolean
  /** Index of the marked choice. */
  readonly selected: number
  /** The choice that `key` made; null while none is made. */
  key(key: Key): Chosen | null
  paste(text: string): void
  view(columns: number): { readonly rows: readonly Row[]; readonly cursor: Position | null }
}

export function createChoices(choices: readonly Choice[]): Choices {
  const field = createField()
  const fieldAt = choices.findIndex((choice) => choice.field !== undefined)
  let selected = 0
  let typing = false

  const select = (index: number) => {
    selected = (index + choices.length) % choices.length
    typing = typing && selected === fieldAt
  }
  const type = () => {
    selected = fieldAt
    typing = true
  }
  return {
    get typing() {
      return typing
    },
    get selected() {
      return selected
    },
    key(key) {
      if (key.name === "up" || (key.ctrl && key.name === "p")) select(selected - 1)
      else if (key.name === "down" || (key.ctrl && key.name === "n")) select(selected + 1)
      else if (key.name === "return" && !key.alt && !key.shift) return { index: selected, text: field.text }
      else if (key.name === "tab" && fieldAt !== -1) typing ? select(0) : type()
      else if (typing) field.key(key)
      else if (/^[1-9]$/.test(key.text)) {
        const index = Number(key.text) - 1
        if (index < choices.length && index !== fieldAt) return { index, text: "" }
        if (index === fieldAt) type()
      } else if (fieldAt !== -1 && key.text.trim() !== "" && !key.ctrl && !key.alt) {
        type()
        field.key(key)
      }
      return null
    },
    paste(text) {
      if (fieldAt === -1) return
      type()
      field.paste(text)
    },
    view(columns) {
      const rows: Row[] = []
      let cursor: Position | null = null
      for (const [index, choice] of choices.entries()) {
        const chosen = index === selected
        const style = chosen ? ({ fg: "accent" } as const) : {}
        const first: Row = [span(chosen ? "❯ " : "  ", { fg: "accent" }), span(`${index + 1}. `, style)]
        if (choice.field !== undefined && (typing || field.text !== "")) {
          const shown = field.view(columns - 6)
          const text = shown.text === "" ? span(choice.field.placeholder, { fg: "muted" }) : span(shown.text)
          if (typing && chosen) cursor = { row: rows.length, column: 5 + shown.caret }
          rows.push(cutRow([...first, text], columns))
          continue
        }
        const width = displayWidth(`❯ ${index + 1}. `)
        rows.push(
          ...wrapWithPrefix(
            first,
            [span(" ".repeat(width))],
            [span(sanitiseLine(choice.label), style)],
            columns,
          ),
        )
      }
      return { rows, cursor }
    },
  }
}
