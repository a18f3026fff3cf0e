import { sanitiseLine } from "../../lib/sanitise.ts"
import { cutRow, span, wrapWithPrefix } from "../rows.ts"
import type { Row, Size, Style } from "../screen/port.ts"
import type { Todos } from "../state.ts"

type Todo = Todos[number]

const BOX: Readonly<Record<Todo["status"], string>> = { pending: "☐ ", in_progress: "▣ ", completed: "☒ " }
const STYLE: Readonly<Record<Todo["status"], Style>> = {
  pending: {},
  in_progress: { bold: true, fg: "accent" },
  completed: { fg: "muted", strike: true },
}

export function todoRows(todos: readonly Todo[], columns: number): Row[] {
  if (todos.length === 0) return [[span("no tasks", { fg: "muted" })]]
  return todos.flatMap((todo) =>
    wrapWithPrefix(
      [span(BOX[todo.status], { fg: STYLE[todo.status].fg ?? "text" })],
      [span("  ")],
      [span(sanitiseLine(todo.content), STYLE[todo.status])],
      columns,
    ),
  )
}

/**
 * The list as it is now, a row each, above the prompt; none when nothing is open. Where it does not fit, what is
 * done goes first, then what comes last.
 */
export function liveTodoRows(todos: Todos, { columns, rows }: Size): Row[] {
  const open = todos.filter((todo) => todo.status !== "completed")
  if (open.length === 0 || rows < 2) return []
  const fitting = todos.length <= rows ? todos : open.slice(0, rows - 1)
  const shown = fitting.map((todo) =>
    cutRow(
      [
        span(`  ${BOX[todo.status]}`, { fg: STYLE[todo.status].fg ?? "text" }),
        span(sanitiseLine(todo.content), STYLE[todo.status]),
      ],
      columns,
    ),
  )
  const done = todos.length - open.length
  const waiting = open.length - fitting.filter((todo) => todo.status !== "completed").length
  const facts = [
    ...(waiting > 0 ? [`${waiting} more`] : []),
    ...(fitting.length < todos.length && done > 0 ? [`${done} done`] : []),
  ]
  if (facts.length > 0) shown.push([span(`  … ${facts.join(", ")}`, { fg: "muted" })])
  return shown
}
