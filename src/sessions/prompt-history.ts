/**
 * `history.jsonl`: what was typed, in all projects, newest last (spec/auth-and-storage.md section 5). Shared with other
 * programs: appended to, read from its end, and cut to its newer half when it grows past its cap.
 */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from "node:fs"
import { open, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { withLock } from "../lib/lock.ts"
import { replaceFile } from "../lib/replace-file.ts"
import { backwardLines } from "./backward.ts"

export interface PromptEntry {
  readonly display: string
  readonly pastedContents: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** Absolute path of the project. */
  readonly project: string
  readonly sessionId?: string
}

/** One entry's text and pastes; what is longer is cut, for it is found again in its session. */
const ENTRY_MAX_CHARS = 64 * 1024
const FILE_MAX_BYTES = 16 * 1024 * 1024
/** How far back a look-up reads. */
const READ_MAX_BYTES = 4 * 1024 * 1024

/** Best effort: a history that cannot be written must not stop a prompt. @returns false when it was not written. */
export function appendPrompt(file: string, entry: PromptEntry): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const fd = openSync(file, "a", 0o600)
    try {
      writeSync(fd, `${JSON.stringify(fitted(entry))}\n`)
    } finally {
      closeSync(fd)
    }
    return true
  } catch {
    return false
  }
}

export interface PromptQuery {
  /** Only this project's; default all. */
  readonly project?: string
  /** Default 100. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** Newest first, each text once. Empty when there is no history. */
export async function readPrompts(file: string, query: PromptQuery = {}): Promise<readonly PromptEntry[]> {
  const limit = query.limit ?? 100
  const seen = new Set<string>()
  const found: PromptEntry[] = []
  try {
    const bounds = { maxBytes: READ_MAX_BYTES, ...(query.signal ? { signal: query.signal } : {}) }
    for await (const raw of backwardLines(file, bounds)) {
      const entry = raw.oversized ? null : parseEntry(raw.bytes.toString("utf8"))
      if (!entry || seen.has(entry.display)) continue
      if (query.project !== undefined && entry.project !== query.project) continue
      seen.add(entry.display)
      found.push(entry)
      if (found.length >= limit) break
    }
  } catch (error) {
    if (query.signal?.aborted) throw error
  }
  return found
}

/** Cuts the file to its newer half when it is past its cap. Call it once, at the end of a session. */
export async function trimPrompts(file: string, maxBytes: number = FILE_MAX_BYTES): Promise<boolean> {
  if ((fileSize(file) ?? 0) <= maxBytes) return false
  return withLock(file, async () => {
    const info = await stat(file)
    if (info.size <= maxBytes) return false
    const kept = Buffer.alloc(Math.floor(maxBytes / 2))
    const handle = await open(file, "r")
    try {
      await handle.read(kept, 0, kept.length, info.size - kept.length)
    } finally {
      await handle.close()
    }
    await replaceFile(file, kept.subarray(kept.indexOf(0x0a) + 1), { mode: 0o600 })
    return true
  })
}

function fitted(entry: PromptEntry): PromptEntry {
  const pastes = JSON.stringify(entry.pastedContents)
  return {
    display: entry.display.slice(0, ENTRY_MAX_CHARS),
    pastedContents: pastes.length > ENTRY_MAX_CHARS ? {} : entry.pastedContents,
    timestamp: entry.timestamp,
    project: entry.project,
    ...(entry.sessionId === undefined ? {} : { sessionId: entry.sessionId }),
  }
}

function parseEntry(text: string): PromptEntry | null {
  try {
    const raw: unknown = JSON.parse(text)
    if (typeof raw !== "object" || raw === null || !("display" in raw) || typeof raw.display !== "string")
      return null
    const entry = raw as Readonly<Record<string, unknown>> & { display: string }
    return {
      display: entry.display,
      pastedContents: isRecord(entry.pastedContents) ? entry.pastedContents : {},
      timestamp: typeof entry.timestamp === "number" ? entry.timestamp : 0,
      project: typeof entry.project === "string" ? entry.project : "",
      ...(typeof entry.sessionId === "string" ? { sessionId: entry.sessionId } : {}),
    }
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function fileSize(file: string): number | null {
  try {
    return statSync(file).size
  } catch {
    return null
  }
}
