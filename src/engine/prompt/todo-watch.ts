import type { ToolView } from "../../model/tool.ts"

/** Requests after which an unfinished list is brought back to mind, and again after as many. */
const QUIET_REQUESTS = 20
/** Entries quoted; the rest is counted. */
const MAX_QUOTED = 20

/** Notices when the model has lost sight of its own list: TodoWrite's, or the one of the Task tools. */
export interface TodoWatch {
  /** A call ended; a list is whatever its result shows as one. */
  sawResult(tool: string, view: ToolView): void
  /** Called before every request; the note is due rarely. */
  due(): string | null
  /** The conversation lost the list: it is due at once. */
  forget(): void
}

export function createTodoWatch(): TodoWatch {
  let open: readonly string[] = []
  let quiet = 0
  return {
    sawResult(tool, view) {
      if (tool === "TaskGet") quiet = 0
      if (view.kind !== "todos") return
      quiet = 0
      open = view.todos.flatMap(({ content, status }) =>
        status === "completed" ? [] : [`- [${status}] ${content}`],
      )
    },
    due() {
      if (open.length === 0 || ++quiet < QUIET_REQUESTS) return null
      quiet = 0
      const more = open.length > MAX_QUOTED ? `\n(${open.length - MAX_QUOTED} more)` : ""
      return `Your todo list still has open entries. Go on with them, or update the list if it no longer fits. Do not mention this note.\n${open.slice(0, MAX_QUOTED).join("\n")}${more}`
    },
    forget() {
      quiet = QUIET_REQUESTS
    },
  }
}
