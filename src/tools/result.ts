/** Results the model reads: refusals, and output too large to be shown whole. */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { ToolContext, ToolOutput } from "../model/tool.ts"

/** Well below the 255 bytes of common file systems, with room for an ending. */
const MAX_NAME = 100

/** spec/tools.md Bash: a saved output is shown to its first 2 KB. */
const PREVIEW_CHARS = 2_000
/** What Grep, Glob and web tools put inline. */
export const INLINE_CHARS = 30_000

/** Refused before anything ran: wrapped as spec/tools.md says of validation-stage errors. */
export function refused(text: string): ToolOutput {
  return {
    content: toolUseError(text),
    isError: true,
    data: `Error: ${text}`,
    view: { kind: "text", text },
  }
}

export function toolUseError(text: string): string {
  return `<tool_use_error>${text}</tool_use_error>`
}

/** `985.2KB`, as the error texts of spec/tools.md write sizes. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const units = ["KB", "MB", "GB", "TB"]
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1).replace(/\.0$/, "")}${units[unit]}`
}

/** Where a call's large output goes. The id comes from the API, so it is reduced to a plain file name. */
export function spillPath(ctx: Pick<ToolContext, "spillDir" | "toolUseId">): string {
  const name = ctx.toolUseId.replace(/[^\w-]/g, "_").slice(0, MAX_NAME) || "output"
  return join(ctx.spillDir, `${name}.txt`)
}

/** What the model reads in place of an output that was saved to `path`. */
export function persistedText(text: string, bytes: number, path: string, complete: boolean): string {
  const preview = firstChars(text, PREVIEW_CHARS)
  const what = complete ? "Full output" : "Its beginning is"
  return `<persisted-output>\nOutput too large (${sizeText(bytes)}). ${what} saved to: ${path}\n\nPreview (first 2KB):\n${preview}\n...\n</persisted-output>`
}

/**
 * `text` as it is, or saved to this call's spill file when it is longer than `limit` characters; both its ends where no
 * file can be made.
 */
export async function spillLarge(ctx: ToolContext, text: string, limit = INLINE_CHARS): Promise<string> {
  if (text.length <= limit) return text
  const path = spillPath(ctx)
  try {
    await mkdir(ctx.spillDir, { recursive: true, mode: 0o700 })
    await writeFile(path, text, { mode: 0o600 })
  } catch {
    return excerpt(text, limit)
  }
  return persistedText(text, Buffer.byteLength(text), path, true)
}

/** The first `count` UTF-16 units, never half of a pair. */
export function firstChars(text: string, count: number): string {
  return text.slice(0, count).replace(/[\uD800-\uDBFF]$/, "")
}

/** The last `count` UTF-16 units, never half of a pair. */
export function lastChars(text: string, count: number): string {
  return count === 0 ? "" : text.slice(-count).replace(/^[\uDC00-\uDFFF]/, "")
}

/** Shortens the middle: `limit` characters of text remain around a note of what is missing. */
export function excerpt(text: string, limit: number, alreadyCut = 0): string {
  if (text.length <= limit && alreadyCut === 0) return text
  const half = Math.floor(limit / 2)
  const head = firstChars(text, half)
  const tail = lastChars(text, half)
  const cut = text.length - head.length - tail.length + alreadyCut
  return `${head}\n\n... [${cut} characters truncated] ...\n\n${tail}`
}
