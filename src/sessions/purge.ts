/**
 * What is stored about one project, found first and deleted afterwards. Only entries of known names in the config
 * folder are looked at; a link is neither followed nor deleted, and nothing that resolves outside that folder is touched.
 */
import { lstat, open, readdir, readFile, realpath, rm, stat } from "node:fs/promises"
import { join, sep } from "node:path"
import { withLock } from "../lib/lock.ts"
import { replaceFile } from "../lib/replace-file.ts"
import { isSessionId } from "./list.ts"

export interface PurgePlaces {
  readonly configDir: string
  readonly projectsDir: string
  readonly historyFile: string
}

export interface StoredItem {
  readonly path: string
  readonly bytes: number
}

export interface ProjectData {
  /** Folder name below `projects/`. */
  readonly name: string
  readonly sessions: number
  readonly items: readonly StoredItem[]
}

/** Files of one session outside its project's folder (spec/auth-and-storage.md section 4). */
const SESSION_FOLDERS = ["file-history", "tasks", "session-env", "image-cache", "todos"]
/** Of a transcript, to see where it was written. */
const HEAD_BYTES = 64 * 1024
/** A history larger than this is left alone: it is cut to its newer half long before. */
const HISTORY_MAX_BYTES = 64 * 1024 * 1024

/**
 * @param isOther tells the folders that belong to another project whose path has the same stored name; of a folder that two
 * projects share only the sessions of this one are found.
 */
export async function findProjectData(
  places: PurgePlaces,
  name: string,
  isOther: (cwd: string) => boolean,
): Promise<ProjectData | null> {
  const folder = join(places.projectsDir, name)
  if (!(await isOwn(places, folder))) return null
  const ids: string[] = []
  const items: string[] = []
  let shared = false
  for (const entry of await names(folder)) {
    const id = entry.replace(/\.jsonl$/, "")
    if (!isSessionId(id)) continue
    const path = join(folder, entry)
    const cwd = entry.endsWith(".jsonl") ? await firstCwd(path) : await firstCwd(`${path}.jsonl`)
    if (cwd !== null && isOther(cwd)) {
      shared = true
      continue
    }
    items.push(path)
    if (entry.endsWith(".jsonl")) ids.push(id)
  }
  const found = shared ? items : [folder]
  for (const id of ids) {
    for (const kind of SESSION_FOLDERS)
      for (const entry of await names(join(places.configDir, kind)))
        if (entry === id || entry.startsWith(`${id}.`) || entry.startsWith(`${id}-`))
          found.push(join(places.configDir, kind, entry))
    found.push(join(places.configDir, "debug", `${id}.txt`))
  }
  const sized = await Promise.all(
    found.map(async (path) => ((await isOwn(places, path)) ? [{ path, bytes: await sizeOf(path) }] : [])),
  )
  return { name, sessions: ids.length, items: sized.flat() }
}

/** @returns what could not be deleted, one line each. */
export async function deleteProjectData(
  places: PurgePlaces,
  { items }: ProjectData,
): Promise<readonly string[]> {
  const failures: string[] = []
  for (const { path } of items) {
    // Looked at again: what was found may have been replaced meanwhile.
    if (!(await isOwn(places, path))) continue
    await rm(path, { recursive: true, force: true }).catch((error: unknown) =>
      failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`),
    )
  }
  return failures
}

/** Takes what was typed in a project out of the history; every other line stays as it is. @returns how many were taken. */
export async function forgetPrompts(file: string, isGone: (project: string) => boolean): Promise<number> {
  const info = await lstat(file).catch(() => null)
  if (info === null || !info.isFile() || info.size > HISTORY_MAX_BYTES) return 0
  return await withLock(file, async () => {
    const lines = (await readFile(file, "utf8")).split("\n")
    const kept = lines.filter((line) => !isOf(line, isGone))
    if (kept.length < lines.length) await replaceFile(file, kept.join("\n"), { mode: 0o600 })
    return lines.length - kept.length
  })
}

function isOf(line: string, isGone: (project: string) => boolean): boolean {
  if (line.trim() === "") return false
  try {
    const { project } = JSON.parse(line) as { project?: unknown }
    return typeof project === "string" && isGone(project)
  } catch {
    return false
  }
}

/** There, no link, and inside the config folder also by its real path. */
async function isOwn({ configDir }: PurgePlaces, path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return false
    const [real, root] = await Promise.all([realpath(path), realpath(configDir)])
    return real.startsWith(root + sep)
  } catch {
    return false
  }
}

async function names(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => [])
}

/** The folder that the beginning of a transcript names. */
async function firstCwd(file: string): Promise<string | null> {
  try {
    const handle = await open(file, "r")
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      const match = /"cwd":("(?:[^"\\]|\\.)*")/.exec(buffer.subarray(0, bytesRead).toString("utf8"))
      return match === null ? null : (JSON.parse(match[1] ?? '""') as string)
    } finally {
      await handle.close()
    }
  } catch {
    return null
  }
}

async function sizeOf(path: string): Promise<number> {
  const info = await lstat(path).catch(() => null)
  if (info === null) return 0
  if (!info.isDirectory()) return info.size
  let bytes = 0
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => info)).size
  return bytes
}
