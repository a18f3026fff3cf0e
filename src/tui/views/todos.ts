import { sanitiseLine } from "../../lib/sanitise.ts"
import type { ToolView } from "../../model/tool.ts"
import { span, wrapWithPrefix } from "../rows.ts"
import type { Row, Style } from "../screen/port.ts"

type Todo = Extract<ToolView, { kind: "todos" }>["todos"][number]

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
