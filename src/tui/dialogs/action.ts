/** The whole effective action of a call, for the person who must decide: every argument, nothing hidden. */
import { sanitise, sanitiseLine } from "../../lib/sanitise.ts"
import { codeBlock } from "../markdown/layout.ts"
import { span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Ask } from "../state.ts"
import { diffRows } from "../views/diff.ts"
import { viewRows } from "../views/tool-row.ts"

/** Arguments that a diff shows already. */
const SHOWN_BY_DIFF = new Set(["file_path", "old_string", "new_string", "content", "new_source", "edits"])

export interface ActionOptions {
  /** An argument that is shown elsewhere. */
  readonly without?: string
}

export function actionRows(ask: Ask, columns: number, { without }: ActionOptions = {}): Row[] {
  const { input, preview } = ask
  const rows: Row[] = []
  const shown = new Set<string>(without === undefined ? [] : [without])
  if (typeof input.command === "string") {
    shown.add("command")
    rows.push(...codeBlock(reveal(input.command), "bash", columns))
  }
  if (preview?.kind === "diff") {
    for (const key of SHOWN_BY_DIFF) shown.add(key)
    rows.push(...diffRows(preview, columns, { proposed: true }))
  } else if (preview !== undefined)
    rows.push(...viewRows(preview, { columns, detail: "full", isError: false }))
  for (const [key, value] of Object.entries(input)) {
    if (shown.has(key)) continue
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2)
    const warns = key === "dangerouslyDisableSandbox" && value === true
    rows.push(
      ...wrapRow(
        [span(`${sanitiseLine(key)}: `, { fg: warns ? "error" : "muted" }), span(reveal(text ?? "null"))],
        columns,
      ),
    )
  }
  return rows
}

/** Characters that the screen would drop or that would change what one reads are written out: `\u{202e}`. */
export function reveal(text: string): string {
  if (sanitise(text) === text) return text
  let out = ""
  for (const character of text) {
    const plain = character === "\n" || character === "\t" || sanitise(character) === character
    out += plain ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  }
  return sanitise(out)
}
