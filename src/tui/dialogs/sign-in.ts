/** A browser sign-in while it lasts: the address to open, and a field for the code of a page that shows one. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Dialog } from "./dialog.ts"
import { createField } from "./field.ts"

export interface SignInDialog {
  readonly dialog: Dialog
  /** What the person typed or pasted, one entry per Enter; ends with `end`. */
  readonly pasted: AsyncIterable<string>
  address(address: { readonly url: string; readonly opened: boolean; readonly takesCode: boolean }): void
  problem(text: string): void
  end(): void
}

/** Answers that wait for the sign-in to look at them; more would be a stuck key. */
const MAX_WAITING = 8

export function createSignIn(options: {
  copy(text: string): boolean
  cancel(): void
  changed(): void
}): SignInDialog {
  let field = createField()
  let url = ""
  let status = "preparing…"
  let takesCode = false
  let ended = false
  const waiting: string[] = []
  let wake: () => void = () => undefined
  async function* answers(): AsyncGenerator<string> {
    while (!ended) {
      const next = waiting.shift()
      if (next !== undefined) yield next
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  const dialog: Dialog = {
    guarded: false,
    key(key) {
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "d")))
        return options.cancel()
      if (key.ctrl && key.name === "y") {
        status = options.copy(url) ? "address copied" : "this terminal does not let programs copy"
        return
      }
      if (!takesCode) return
      if (key.name === "return" && field.text !== "") {
        if (waiting.length < MAX_WAITING) waiting.push(field.text)
        field = createField()
        wake()
      } else field.key(key)
    },
    paste(text) {
      if (takesCode) field.paste(text)
    },
    view({ columns, rows: limit }) {
      const code = field.view(columns - 8)
      const address =
        url === "" ? [] : wrapRow([span(sanitiseLine(url), { fg: "accent", link: url })], columns)
      const top: Row[] = [
        [span("─".repeat(columns), { fg: "accent" })],
        [span(" Sign in", { bold: true }), span(`  ${status}`, { fg: "muted" })],
        ...address.slice(0, Math.max(1, limit - 5)),
      ]
      const input: Row[] = takesCode ? [[span(" code: ", { fg: "muted" }), span(code.text)]] : []
      const rows: Row[] = [
        ...top,
        ...input,
        [span(" ctrl+y copies the address · esc cancels", { fg: "muted" })],
      ]
      const cursor = takesCode ? { row: top.length, column: 7 + code.caret } : null
      return { rows: rows.map((row) => cutRow(row, columns)), cursor }
    },
  }
  return {
    dialog,
    pasted: answers(),
    address(given) {
      ;({ url, takesCode } = given)
      status = given.opened
        ? "a browser was opened; if not, open this address"
        : "open this address in a browser"
      options.changed()
    },
    problem(text) {
      status = text
      options.changed()
    },
    end() {
      ended = true
      wake()
    },
  }
}
