import { open } from "node:fs/promises"
import type { MessageLine } from "../../model/line.ts"

/** Files shown again after a compaction (spec/interactive.md section 6), and how much of each. */
export const MAX_RECENT_FILES = 5
const MAX_FILE_CHARS = 12_000
/** All of them together, as a share of the window in characters. */
const FILES_SHARE = 0.25

/** The newest files the model worked with, as a reminder; empty when there are none. Files in `tail` are skipped. */
export async function recentFiles(
  paths: readonly string[],
  tail: readonly MessageLine[],
  /** Of the model, in tokens. */
  window: number,
): Promise<string> {
  const each = Math.min(MAX_FILE_CHARS, Math.floor((window * FILES_SHARE) / MAX_RECENT_FILES))
  const shown = JSON.stringify(tail.map((line) => line.message.content))
  const parts: string[] = []
  for (const path of paths.slice(0, MAX_RECENT_FILES)) {
    if (shown.includes(JSON.stringify(path).slice(1, -1))) continue
    const text = await readStart(path, each)
    if (text !== null) parts.push(`<file path=${JSON.stringify(path)}>\n${text}\n</file>`)
  }
  if (parts.length === 0) return ""
  return `<system-reminder>\nFiles you worked with before the summary, as they are now:\n\n${parts.join("\n\n")}\n</system-reminder>`
}

async function readStart(path: string, limit: number): Promise<string | null> {
  try {
    await using file = await open(path, "r")
    const stat = await file.stat()
    if (!stat.isFile()) return null
    const buffer = Buffer.alloc(Math.min(stat.size, limit))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    const text = buffer.subarray(0, bytesRead).toString("utf8")
    if (text.includes("\0")) return null
    return stat.size > bytesRead ? `${text}\n[… ${stat.size - bytesRead} bytes more]` : text
  } catch {
    return null
  }
}
