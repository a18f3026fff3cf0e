/** A change of a file, with line numbers and counts. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Hunk, ToolView } from "../../model/tool.ts"
import { plural } from "../format.ts"
import { padEnd, span, wrapRow } from "../rows.ts"
import type { Row, Style } from "../screen/port.ts"

type DiffView = Extract<ToolView, { kind: "diff" }>

export interface DiffOptions {
  /** A change that is only asked for is not told as done. */
  readonly proposed?: boolean
}

export function diffRows(view: DiffView, columns: number, { proposed = false }: DiffOptions = {}): Row[] {
  const lines = view.hunks.flatMap((hunk) => hunk.lines)
  const added = lines.filter((line) => line.startsWith("+")).length
  const removed = lines.filter((line) => line.startsWith("-")).length
  const size = view.created
    ? plural(added, "line")
    : `${plural(added, "addition")} and ${plural(removed, "removal")}`
  const done = view.created ? `Wrote ${size} to ${view.path}` : `Updated ${view.path} with ${size}`
  const counts = proposed ? `${view.created ? "new file, " : ""}${size}` : done
  const last = view.hunks.at(-1)
  const digits = String(
    Math.max(1, (last?.oldStart ?? 0) + (last?.oldLines ?? 0), (last?.newStart ?? 0) + (last?.newLines ?? 0)),
  ).length
  return [
    ...wrapRow([span(sanitiseLine(counts), { fg: "muted" })], columns - 2),
    ...view.hunks.flatMap((hunk, index): Row[] => [
      ...(index === 0 ? [] : [[span(" ".repeat(digits + 1)), span("⋮", { fg: "muted" })]]),
      ...hunkRows(hunk, digits, columns - 2),
    ]),
  ]
}

function hunkRows(hunk: Hunk, digits: number, columns: number): Row[] {
  let before = hunk.oldStart
  let after = hunk.newStart
  return hunk.lines.flatMap((line) => {
    const sign = line[0] ?? " "
    const number = sign === "-" ? before : after
    if (sign !== "+") before += 1
    if (sign !== "-") after += 1
    return lineRows(line, number, digits, columns)
  })
}

function lineRows(line: string, number: number, digits: number, columns: number): Row[] {
  const sign = line[0] === "+" || line[0] === "-" ? line[0] : " "
  const style: Style = sign === "+" ? { bg: "addedBg" } : sign === "-" ? { bg: "removedBg" } : {}
  const gutter = sign === "+" ? ("added" as const) : sign === "-" ? ("removed" as const) : ("muted" as const)
  const text = sanitiseLine(line.slice(1).replaceAll("\t", "    "))
  const width = columns - digits - 3
  return wrapRow([span(text, style)], width).map((row, index) => {
    const label = index === 0 ? `${String(number).padStart(digits)} ${sign} ` : " ".repeat(digits + 3)
    const body = sign === " " ? row : padEnd(row, width, style)
    return [span(label, { ...style, fg: gutter }), ...body]
  })
}
