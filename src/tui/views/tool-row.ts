/** A call as people see it: its name and main argument, then what came of it. */
import { never } from "../../lib/never.ts"
import { sanitise, sanitiseLine } from "../../lib/sanitise.ts"
import type { ToolView } from "../../model/tool.ts"
import type { ToolCell } from "../cells.ts"
import { duration, plural } from "../format.ts"
import { cutRow, span, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Role, Row } from "../screen/port.ts"
import type { LiveTool } from "../state.ts"
import { diffRows } from "./diff.ts"
import { todoRows } from "./todos.ts"

export type Detail = "brief" | "full"

const BRIEF_LINES = 5
const TAIL_LINES = 3
/** Rows of a diff on the scrollback; the rest is in the transcript viewer. */
const BRIEF_DIFF_ROWS = 40
/** Rows of the head of a call: a longer argument is cut, the dialog and the viewer show all of it. */
const TITLE_ROWS = 2
/** Calls that can be moved to the background, and how long one waits before that is offered, in milliseconds. */
const DETACHABLE = new Set(["Bash", "Agent"])
const LONG_MS = 5_000

export function toolRows(cell: ToolCell, columns: number, look: Detail | "focus"): Row[] {
  const detail = look === "full" ? "full" : "brief"
  const told = look !== "focus" || cell.isError || cell.refused !== undefined
  return [
    ...headRows(
      cell.tool,
      cell.title,
      cell.refused !== undefined || cell.isError ? "error" : "success",
      columns,
    ),
    ...agentRows(cell, columns),
    ...(told ? resultRows(cell, columns, detail) : []),
  ]
}

/** A call that still runs: its head, the newest lines of its output, how long it has been going. */
export function liveToolRows(tool: LiveTool, columns: number, now: number): Row[] {
  if (tool.done !== null) return toolRows(tool.done, columns, "brief")
  const head = headRows(tool.tool, tool.title, "muted", columns)
  if (!tool.running) return [...head, hang([span("waiting for your answer", { fg: "muted" })], columns)]
  const elapsed = now - tool.startedAt
  const agent =
    tool.agent === null ? [] : [`${plural(tool.agent.uses, "tool use")} · ${sanitiseLine(tool.agent.last)}`]
  const tail = sanitise(tool.tail)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-TAIL_LINES)
  const lines = [...agent, ...tail]
  if (lines.length === 0 && elapsed >= 1_000) lines.push(`running ${duration(elapsed)}`)
  if (elapsed >= LONG_MS && DETACHABLE.has(tool.tool)) lines.push("ctrl+b lets it go on in the background")
  return [...head, ...lines.map((line, index) => hang([span(line, { fg: "muted" })], columns, index === 0))]
}

function headRows(tool: string, title: string, bullet: Role, columns: number): Row[] {
  const name = sanitiseLine(tool)
  const argument = sanitiseLine(title)
  const spans = [span(name, { bold: true }), ...(argument === "" ? [] : [span(`(${argument})`)])]
  const rows = wrapWithPrefix([span("● ", { fg: bullet })], [span("  ")], spans, columns)
  if (rows.length <= TITLE_ROWS) return rows
  const last = rows[TITLE_ROWS - 1] ?? []
  return [...rows.slice(0, TITLE_ROWS - 1), [...cutRow(last, columns - 1), span("…")]]
}

function agentRows(cell: ToolCell, columns: number): Row[] {
  if (cell.agent === undefined) return []
  return [
    hang(
      [span(`${plural(cell.agent.uses, "tool use")} in ${duration(cell.durationMs)}`, { fg: "muted" })],
      columns,
    ),
  ]
}

function resultRows(cell: ToolCell, columns: number, detail: Detail): Row[] {
  if (cell.refused !== undefined) {
    const who = { rule: "a rule", person: "you", policy: "policy", hook: "a hook" }[cell.refused.by]
    const why = sanitiseLine(cell.refused.text)
    const text = `Refused by ${who}${why === "" ? "" : `: ${why}`}`
    return wrapWithPrefix(ELBOW, HANG, [span(text, { fg: "error" })], columns)
  }
  if (detail === "full" && cell.view.kind === "text") return fullRows(cell, columns)
  return viewRows(cell.view, { columns, detail, isError: cell.isError })
}

export interface ViewOptions {
  readonly columns: number
  readonly detail: Detail
  readonly isError: boolean
}

export function viewRows(view: ToolView, { columns, detail, isError }: ViewOptions): Row[] {
  switch (view.kind) {
    case "text": {
      const style = { fg: isError ? ("error" as const) : ("muted" as const) }
      const lines = [view.summary, view.text]
        .flatMap((part) => (part === undefined ? [] : sanitise(part).trimEnd().split("\n")))
        .filter((line, index, all) => line !== "" || (index > 0 && index < all.length - 1))
      const shown = detail === "full" ? lines : lines.slice(0, BRIEF_LINES)
      const rows = shown.map((line, index) => hang([span(line, style)], columns, index === 0))
      if (rows.length === 0) return [hang([span("done, no output", { fg: "muted" })], columns)]
      const hidden = lines.length - shown.length + (view.left ?? 0)
      return hidden === 0 ? rows : [...rows, more(hidden, columns)]
    }
    case "diff": {
      const rows = diffRows(view, columns - 2)
      const shown = detail === "full" ? rows : rows.slice(0, BRIEF_DIFF_ROWS)
      const hung = shown.map((row, index): Row => [...(index === 0 ? ELBOW : HANG), ...row])
      return shown.length === rows.length ? hung : [...hung, more(rows.length - shown.length, columns)]
    }
    case "patch":
      return view.files.flatMap((file) => viewRows({ kind: "diff", ...file }, { columns, detail, isError }))
    case "todos":
      return todoRows(view.todos, columns - 4).map((row, index) => [...(index === 0 ? ELBOW : HANG), ...row])
    default:
      return never(view)
  }
}

function fullRows(cell: ToolCell, columns: number): Row[] {
  const input = wrapRow([span(sanitise(cell.input), { fg: "muted" })], columns - 4)
  const output = wrapRow([span(sanitise(detailOf(cell)), cell.isError ? { fg: "error" } : {})], columns - 4)
  return [
    ...input.map((row): Row => [...HANG, ...row]),
    ...output.map((row, index): Row => [...(index === 0 ? ELBOW : HANG), ...row]),
  ]
}

function detailOf(cell: ToolCell): string {
  if (cell.detail.trim() !== "" || cell.view.kind !== "text") return cell.detail
  return [cell.view.summary, cell.view.text].filter((part) => part !== undefined).join("\n")
}

const ELBOW: Row = [span("  ⎿ ", { fg: "muted" })]
const HANG: Row = [span("    ")]

function hang(row: Row, columns: number, first = true): Row {
  return cutRow([...(first ? ELBOW : HANG), ...row], columns)
}

function more(count: number, columns: number): Row {
  return hang([span(`… +${plural(count, "line")} (ctrl+o to see)`, { fg: "muted" })], columns, false)
}
