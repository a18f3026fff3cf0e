/** Ctrl+R: searching earlier prompts by a piece of their text. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import type { PromptHistory } from "../ports.ts"
import { cutRow, span } from "../rows.ts"
import type { Key, Position, Row } from "../screen/port.ts"

export interface HistorySearch {
  readonly active: boolean
  start(): void
  paste(text: string): void
  /** Null while it goes on; else the prompt found (null: cancelled) and whether to send it. */
  key(key: Key): { readonly text: string | null; readonly run: boolean } | null
  view(columns: number): { readonly rows: readonly Row[]; readonly cursor: Position }
}

export function createSearch(history: PromptHistory): HistorySearch {
  let active = false
  let query = ""
  let found: ReturnType<PromptHistory["search"]>

  const look = (from: number) => {
    found = query === "" ? undefined : history.search(query, from)
  }
  const leave = (text: string | null, run: boolean) => {
    active = false
    return { text, run }
  }
  return {
    get active() {
      return active
    },
    start() {
      active = true
      query = ""
      found = undefined
    },
    paste(text) {
      query += sanitiseLine(text)
      look(0)
    },
    key(key) {
      if (key.ctrl && (key.name === "c" || key.name === "g")) return leave(null, false)
      if (key.ctrl && key.name === "r") {
        const older = found === undefined ? undefined : history.search(query, found.index + 1)
        if (older !== undefined) found = older
        return null
      }
      if (key.name === "escape" || key.name === "tab") return leave(found?.text ?? null, false)
      if (key.name === "return") return leave(found?.text ?? null, found !== undefined)
      if (key.name === "backspace") query = query.slice(0, -1)
      else if (!key.ctrl && !key.alt) query += key.text
      look(0)
      return null
    },
    view(columns) {
      const line: Row = [span("─".repeat(columns), { fg: "border" })]
      const label = `search: ${query}`
      const first = found === undefined ? (query === "" ? "" : "no match") : sanitiseLine(found.text)
      return {
        rows: [
          line,
          cutRow([span("search: ", { fg: "accent" }), span(query)], columns),
          cutRow([span("  "), span(first, { fg: found === undefined ? "muted" : "text" })], columns),
          cutRow(
            [span("  enter runs · tab takes it over · ctrl+r older · ctrl+c leaves", { fg: "muted" })],
            columns,
          ),
        ],
        cursor: { row: 1, column: Math.min(columns - 1, displayWidth(label)) },
      }
    },
  }
}
