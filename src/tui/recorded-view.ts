/** What a tool's row showed, made anew from the record of its result; null where the record does not say. */
import type { Hunk, ToolView } from "../model/tool.ts"
import { plural } from "./format.ts"

/** Lines of a recorded change that are looked at; more is a rewritten file. */
const MAX_LINES = 2_000
/** Names and to-dos that are looked at. */
const MAX_ITEMS = 20

/** `data` is the `toolUseResult` of a transcript line (spec/tools.md), of any version and of any program. */
export function recordedView(data: unknown): ToolView | null {
  if (!isRecord(data)) return null
  return changeView(data) ?? readView(data) ?? foundView(data) ?? todosView(data)
}

function changeView(data: Record<string, unknown>): ToolView | null {
  const { filePath: path, structuredPatch: patch, content } = data
  if (typeof path !== "string" || !Array.isArray(patch)) return null
  const created = data.type === "create"
  if (created && typeof content === "string") {
    const lines = content.replace(/\n$/, "").split("\n").slice(0, MAX_LINES)
    const hunk = {
      oldStart: 0,
      oldLines: 0,
      newStart: 1,
      newLines: lines.length,
      lines: lines.map((line) => `+${line}`),
    }
    return { kind: "diff", path, created, hunks: [hunk] }
  }
  const hunks = patch.filter(isHunk)
  const lines = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0)
  if (hunks.length === 0 || hunks.length < patch.length || lines > MAX_LINES) return null
  return { kind: "diff", path, created, hunks }
}

function readView({ type, file }: Record<string, unknown>): ToolView | null {
  if (type !== "text" || !isRecord(file) || typeof file.numLines !== "number") return null
  // The record counts the empty line behind a final newline.
  const extra = file.numLines > 1 && typeof file.content === "string" && file.content.endsWith("\n") ? 1 : 0
  return { kind: "text", summary: `Read ${plural(file.numLines - extra, "line")}` }
}

function foundView({ filenames, numFiles, mode }: Record<string, unknown>): ToolView | null {
  if (!Array.isArray(filenames) || typeof numFiles !== "number") return null
  if (mode !== undefined && mode !== "files_with_matches") return null
  const names = filenames.filter((name) => typeof name === "string").slice(0, MAX_ITEMS)
  const left = Math.max(0, numFiles - names.length)
  return {
    kind: "text",
    summary: `Found ${plural(numFiles, "file")}`,
    text: names.join("\n"),
    ...(left === 0 ? {} : { left }),
  }
}

function todosView({ newTodos }: Record<string, unknown>): ToolView | null {
  if (!Array.isArray(newTodos)) return null
  const todos = newTodos.slice(0, MAX_ITEMS).flatMap((todo: unknown) => {
    if (!isRecord(todo) || typeof todo.content !== "string") return []
    const { content, status } = todo
    return status === "pending" || status === "in_progress" || status === "completed"
      ? [{ content, status } as const]
      : []
  })
  return todos.length === 0 ? null : { kind: "todos", todos }
}

function isHunk(value: unknown): value is Hunk {
  if (!isRecord(value) || !Array.isArray(value.lines)) return false
  const counts = [value.oldStart, value.oldLines, value.newStart, value.newLines]
  return (
    counts.every((count) => typeof count === "number") &&
    value.lines.every((line) => typeof line === "string")
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
