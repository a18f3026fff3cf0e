/** A patch over several files, accepted or rejected by hunk before anything is written. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Answer } from "../../model/command.ts"
import type { PatchFile } from "../../model/tool.ts"
import { plural } from "../format.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Ask } from "../state.ts"
import { diffRows } from "../views/diff.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"

const MIN_BODY_ROWS = 4

interface Item {
  readonly file: PatchFile
  /** Inside its file. */
  readonly number: number
  accepted: boolean
}

export function createReviewDialog(ask: Ask, answer: (answer: Answer) => void): Dialog {
  const files = ask.preview?.kind === "patch" ? ask.preview.files : []
  const items: Item[] = files.flatMap((file) =>
    file.hunks.map((_, number): Item => ({ file, number, accepted: true })),
  )
  const choices = createChoices([
    { label: "Apply the marked hunks" },
    { label: "No, and tell ccts what to do differently (esc)", field: { placeholder: "what to do instead" } },
  ])
  let current = 0
  /** Rows above the first one shown, inside the current hunk's view. */
  let scrolled = 0
  let page = 1

  const go = (by: number) => {
    current = Math.max(0, Math.min(items.length - 1, current + by))
    scrolled = 0
  }
  const scroll = (by: number) => {
    scrolled = Math.max(0, scrolled + by)
  }
  const toggle = () => {
    const item = items[current]
    if (item !== undefined) item.accepted = !item.accepted
  }
  const reviewed = () =>
    files.map((file) => ({
      file_path: file.path,
      before: file.before,
      rejected: items.filter((item) => item.file === file && !item.accepted).map((item) => item.number),
    }))
  const apply = () => {
    if (items.every((item) => item.accepted)) return answer({ verdict: "allow" })
    if (items.every((item) => !item.accepted))
      return answer({ verdict: "deny", message: "The user rejected every hunk of the patch." })
    answer({ verdict: "allow", input: { ...ask.input, review: reviewed() } })
  }
  return {
    guarded: true,
    key(key) {
      if (key.name === "escape" || (key.ctrl && key.name === "c"))
        return answer({ verdict: "deny", interrupt: true })
      if (!choices.typing) {
        if (key.name === "left") return go(-1)
        if (key.name === "right") return go(1)
        if (key.name === "pagedown") return scroll(page)
        if (key.name === "pageup") return scroll(-page)
        if (key.name === "space" || key.text === " ") return toggle()
      }
      const chosen = choices.key(key)
      if (chosen === null) return
      if (chosen.index === 0) return apply()
      const message = chosen.text.trim()
      answer(message === "" ? { verdict: "deny", interrupt: true } : { verdict: "deny", message })
    },
    paste: (text) => choices.paste(text),
    view({ columns, rows: limit }) {
      const options = choices.view(columns)
      const accepted = items.filter((item) => item.accepted).length
      const head: Row[] = [
        [span("─".repeat(columns), { fg: "warning" })],
        [
          span(` ${sanitiseLine(ask.tool)}`, { bold: true, fg: "warning" }),
          span(` ${plural(items.length, "hunk")} in ${plural(files.length, "file")}, ${accepted} marked`),
        ],
      ]
      const tail: Row[] = [
        [],
        ...wrapRow([span(sanitiseLine(ask.decision.reason.text), { fg: "muted" })], columns - 1).map(
          (row): Row => [span(" "), ...row],
        ),
        [span(" ←/→ hunk · space marks it or not · pgup/pgdn scrolls", { fg: "muted" })],
      ]
      const room = Math.max(MIN_BODY_ROWS, limit - head.length - tail.length - options.rows.length)
      const all = items.flatMap((item, index) => itemRows(item, index === current, columns))
      const before = items.slice(0, current).flatMap((item) => itemRows(item, false, columns)).length
      page = Math.max(1, room - 1)
      const from = Math.max(0, Math.min(before + scrolled, all.length - page))
      const where = `  lines ${from + 1}–${Math.min(all.length, from + page)} of ${all.length}`
      const body: readonly Row[] =
        all.length <= room ? all : [...all.slice(from, from + page), [span(where, { fg: "warning" })]]
      const above = [...head, ...body, ...tail]
      const cursor =
        options.cursor === null ? null : { ...options.cursor, row: options.cursor.row + above.length }
      return { rows: [...above, ...options.rows].map((row) => cutRow(row, columns)), cursor }
    },
  }
}

function itemRows(item: Item, current: boolean, columns: number): Row[] {
  const { file, number, accepted } = item
  const hunk = file.hunks[number]
  if (hunk === undefined) return []
  const [, ...rows] = diffRows({ kind: "diff", ...file, hunks: [hunk] }, columns - 4)
  const label = `[${accepted ? "x" : " "}] ${sanitiseLine(file.path)} · ${number + 1} of ${file.hunks.length}${file.created ? " · new file" : ""}`
  const style = current ? ({ bold: true, fg: "accent" } as const) : {}
  return [
    [span(current ? "❯ " : "  ", { fg: "accent" }), span(label, accepted ? style : { ...style, dim: true })],
    ...rows.map((row): Row => [span("    "), ...row]),
  ]
}
