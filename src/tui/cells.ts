/** What the transcript ring holds: the source of everything that was shown, never its rows. */
import type { ToolEnd } from "../model/event.ts"
import type { ToolView } from "../model/tool.ts"

export type Cell =
  | { readonly kind: "header"; readonly lines: readonly string[]; readonly demo: boolean }
  | {
      readonly kind: "prompt"
      readonly text: string
      /** Of its line, to go back to. */
      readonly uuid: string
      /** When it came; milliseconds since 1970. */
      readonly at?: number
    }
  | {
      readonly kind: "text"
      /** The block it belongs to; a long block is held in several cells. */
      readonly block: number
      readonly source: string
      /** When it began, on the first cell of a block; milliseconds since 1970. */
      readonly at?: number
    }
  | { readonly kind: "thinking"; readonly source: string }
  | ToolCell
  | {
      readonly kind: "notice"
      readonly level: "info" | "warning" | "error" | "success"
      readonly text: string
    }

export interface ToolCell {
  readonly kind: "tool"
  readonly id: string
  readonly tool: string
  /** The main argument, one line. */
  readonly title: string
  readonly input: string
  readonly view: ToolView
  readonly isError: boolean
  readonly refused?: ToolEnd["refused"]
  readonly durationMs: number
  /** What the model was told, cut to `DETAIL_LIMIT`; for the transcript viewer. */
  readonly detail: string
  readonly agent?: AgentActivity
}

/** What a subagent did so far, shown on the row of the call that started it. */
export interface AgentActivity {
  readonly uses: number
  readonly last: string
}

/** Characters of a call's input and of its result that a cell keeps. */
export const DETAIL_LIMIT = 32_768

/** Bytes a cell costs in memory, near enough for a budget: two per character and the object around them. */
export function cellBytes(cell: Cell): number {
  return 128 + 2 * characters(cell)
}

function characters(cell: Cell): number {
  switch (cell.kind) {
    case "header":
      return cell.lines.join().length
    case "prompt":
    case "notice":
      return cell.text.length
    case "text":
    case "thinking":
      return cell.source.length
    case "tool":
      return cell.title.length + cell.input.length + cell.detail.length + viewCharacters(cell.view)
  }
}

function viewCharacters(view: ToolView): number {
  switch (view.kind) {
    case "text":
      return (view.text?.length ?? 0) + (view.summary?.length ?? 0)
    case "diff":
      return view.hunks.reduce(
        (sum, hunk) => sum + hunk.lines.reduce((all, line) => all + line.length + 8, 0),
        0,
      )
    case "patch":
      return view.files.reduce(
        (sum, file) => sum + viewCharacters({ kind: "diff", ...file }) + file.path.length,
        0,
      )
    case "todos":
      return view.todos.reduce((sum, todo) => sum + todo.content.length + 8, 0)
  }
}

/** Text cut to `limit` characters, saying how much is missing. */
export function clip(text: string, limit: number = DETAIL_LIMIT): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}\n… ${text.length - limit} more characters`
}
