/**
 * Deletes what is older than `cleanupPeriodDays`, a bounded amount at a time, at most once a day. Only files of known names
 * in known folders; links are never followed; memory, history and the session in use are never touched.
 */
import type { Dirent } from "node:fs"
import { lstat, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isSessionId } from "./list.ts"

const DAY_MS = 24 * 60 * 60 * 1000
/** Per run; the rest waits for the next day. */
const DELETE_MAX = 500
const RUN_MS = 2_000

export interface SweepOptions {
  readonly configDir: string
  /** Holds the time of the last run. */
  readonly ownDir: string
  /** From settings (`cleanupPeriodDays`, default 30). Undefined when retention cannot be determined: nothing is deleted. */
  readonly days: number | undefined
  /** The session in use. */
  readonly keep?: string
  readonly now?: number
  readonly signal?: AbortSignal
}

/** Folders of the config folder whose old entries go, whole (spec/auth-and-storage.md section 4). */
const AGED_FOLDERS = [
  "file-history",
  "plans",
  "debug",
  "paste-cache",
  "image-cache",
  "session-env",
  "tasks",
  "shell-snapshots",
]

/** @returns how many entries were deleted; null when it was not yet time. */
export async function sweepSessions(options: SweepOptions): Promise<number | null> {
  const now = options.now ?? Date.now()
  if (options.days === undefined || options.days < 1) return null
  if (!(await due(options.ownDir, now))) return null
  const oldest = now - options.days * DAY_MS
  const started = performance.now()
  let deleted = 0
  const full = () =>
    deleted >= DELETE_MAX || performance.now() - started > RUN_MS || options.signal?.aborted === true
  const drop = async (path: string, companions: readonly string[] = []) => {
    if (full() || !(await olderThan(path, oldest))) return
    for (const target of [path, ...companions])
      await rm(target, { recursive: true, force: true }).catch(() => undefined)
    deleted++
  }

  const projects = join(options.configDir, "projects")
  for (const project of await folders(projects)) {
    for (const name of await names(join(projects, project))) {
      if (full()) return deleted
      const id = name.endsWith(".jsonl") ? name.slice(0, -".jsonl".length) : ""
      if (!isSessionId(id) || id === options.keep) continue
      const path = join(projects, project, name)
      await drop(path, [path.slice(0, -".jsonl".length)])
    }
  }
  for (const folder of AGED_FOLDERS) {
    for (const name of await names(join(options.configDir, folder))) {
      if (full()) return deleted
      if (options.keep !== undefined && name.startsWith(options.keep)) continue
      await drop(join(options.configDir, folder, name))
    }
  }
  return deleted
}

async function due(ownDir: string, now: number): Promise<boolean> {
  const marker = join(ownDir, "last-sweep")
  const found = await lstat(marker).catch(() => null)
  if (found && now - found.mtimeMs < DAY_MS) return false
  try {
    await mkdir(ownDir, { recursive: true, mode: 0o700 })
    if (!found) await writeFile(marker, "", { mode: 0o600 })
    await utimes(marker, new Date(now), new Date(now))
    return true
  } catch {
    return false
  }
}

async function olderThan(path: string, oldest: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null)
  return found !== null && !found.isSymbolicLink() && found.mtimeMs < oldest
}

async function folders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [] as Dirent[])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

async function names(dir: string): Promise<string[]> {
  const found = await lstat(dir).catch(() => null)
  return found?.isDirectory() ? readdir(dir).catch(() => []) : []
}
