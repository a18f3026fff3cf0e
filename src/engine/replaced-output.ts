/** What a PostToolUse hook gives the model to read instead of a tool's own output (spec/hooks.md, output). */
import type { TextBlock } from "../model/block.ts"
import type { ToolOutput } from "../model/tool.ts"
import type { ReadyCall } from "./call.ts"
import type { Run } from "./run.ts"
import { isMcp } from "./tool-input.ts"

/** Tools of servers may say anything; one of ours must keep the shape of its own output, or nothing is changed. */
export function replacedOutput(run: Run, call: ReadyCall, output: ToolOutput, updated: unknown): ToolOutput {
  if (!isMcp(call) && !sameShape(output.data, updated)) {
    const text = `a PostToolUse hook gave an output that is not of the shape of ${call.tool.name}; the tool's own is used`
    run.emit({ type: "notice", level: "warning", code: "hook_error", text })
    return output
  }
  return { ...output, content: contentOf(output, updated), data: updated }
}

/** Objects have every member that the original has, each of the same kind. */
function sameShape(before: unknown, after: unknown): boolean {
  if (before === undefined || before === null) return true
  if (Array.isArray(before)) return Array.isArray(after)
  if (!isObject(before)) return typeof before === typeof after
  if (!isObject(after)) return false
  return Object.entries(before).every(([key, value]) => {
    const next = after[key]
    return value === undefined || value === null || (next !== undefined && kindOf(value) === kindOf(next))
  })
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value
}

/** The tool's own words where what changed stands in them word for word; else the text of the data. */
function contentOf({ content, data }: ToolOutput, updated: unknown): ToolOutput["content"] {
  if (typeof updated === "string") return updated
  if (Array.isArray(updated) && updated.length > 0 && updated.every(isText)) return updated
  const swapped = typeof content === "string" ? swapTexts(content, data, updated) : null
  return swapped ?? JSON.stringify(updated)
}

/** `content` with each text of `before` replaced by what `after` has in its place; null when one is not found in it. */
function swapTexts(content: string, before: unknown, after: unknown): string | null {
  const changes = changedTexts(before, after)
  if (changes === null || changes.length === 0) return null
  let text = content
  for (const [old, next] of changes) {
    const at = old === "" ? -1 : text.indexOf(old)
    if (at === -1) return null
    text = `${text.slice(0, at)}${next}${text.slice(at + old.length)}`
  }
  return text
}

/** Pairs of texts that differ; null when something other than a text does. */
function changedTexts(before: unknown, after: unknown): readonly (readonly [string, string])[] | null {
  if (Bun.deepEquals(before, after)) return []
  if (typeof before === "string" && typeof after === "string") return [[before, after]]
  if (!isObject(before) || !isObject(after)) return null
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) =>
    changedTexts(before[key], after[key]),
  )
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isText(block: unknown): block is TextBlock {
  return isObject(block) && block.type === "text" && typeof block.text === "string"
}
