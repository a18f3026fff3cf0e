/** Sessions of a project for a picker, from the first and last 64 KB of each file; and finding one by id. */
import { type Dirent, existsSync } from "node:fs"
import { open, readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import type { Line, SideLine } from "../model/line.ts"
import type { SessionSummary } from "../model/session.ts"
import { parseLine } from "./read-tail.ts"
import { mergeSide, SIDE_TYPES, type SideState, takeSide } from "./side.ts"
import { cutPrompt, promptOf } from "./title.ts"

const EDGE_BYTES = 64 * 1024
const LIST_MAX = 200
const TITLE_CHARS = 200
const PARALLEL = 8

export interface ListOptions {
  /** Newest first, at most this many (default 200). */
  readonly limit?: number
  readonly offset?: number
  readonly signal?: AbortSignal
}

/** Where sessions lie; the caller takes it from `config/paths.ts`. */
export interface SessionPlaces {
  /** Folders of this project. */
  readonly project: readonly string[]
  /** `projects/`, for a search over all of them. */
  readonly all: string
}

export interface SessionDetails extends SessionSummary {
  readonly side: SideState
  readonly firstPrompt: string | null
  /** Milliseconds since 1970, from the first line. */
  readonly created: number | null
}

const SESSION_FILE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl$/i

export function isSessionId(text: string): boolean {
  return SESSION_FILE.test(`${text}.jsonl`)
}

/** Newest first. Side chains, empty files and files without anything to name them by are left out. */
export async function listSessions(
  projectDirs: string | readonly string[],
  options: ListOptions = {},
): Promise<readonly SessionDetails[]> {
  const dirs = typeof projectDirs === "string" ? [projectDirs] : projectDirs
  const files = (await Promise.all(dirs.map(sessionFiles))).flat().sort((a, b) => b.modified - a.modified)
  const limit = options.limit ?? LIST_MAX
  const wanted = limit + (options.offset ?? 0)
  const rows: SessionDetails[] = []
  for (let at = 0; at < files.length && rows.length < wanted; at += PARALLEL) {
    options.signal?.throwIfAborted()
    const some = await Promise.all(files.slice(at, at + PARALLEL).map((file) => describeSession(file.path)))
    for (const row of some) if (row) rows.push(row)
  }
  return rows.slice(options.offset ?? 0, wanted)
}

/** The newest session of this project, for `--continue`. */
export async function latestSession(places: Pick<SessionPlaces, "project">): Promise<SessionDetails | null> {
  return (await listSessions(places.project, { limit: 1 }))[0] ?? null
}

/** The file of a session: this project first, then every other one. Null when there is none. */
export async function findSession(id: string, places: SessionPlaces): Promise<string | null> {
  if (!isSessionId(id)) return null
  const name = `${id}.jsonl`
  for (const dir of places.project) if (existsSync(join(dir, name))) return join(dir, name)
  const projects = await readdir(places.all, { withFileTypes: true }).catch(() => [] as Dirent[])
  for (const project of projects) {
    const file = join(places.all, project.name, name)
    if (existsSync(file)) return file
  }
  return null
}

/** Sessions of this project whose custom title is `title` (any case), newest first; for `--resume <title>`. */
export async function sessionsTitled(
  title: string,
  places: Pick<SessionPlaces, "project">,
): Promise<readonly SessionDetails[]> {
  const wanted = title.trim().toLowerCase()
  return (await listSessions(places.project)).filter(
    (row) => row.side.customTitle?.trim().toLowerCase() === wanted,
  )
}

/** One session's row; null when it is hidden from lists or cannot be read. */
export async function describeSession(file: string): Promise<SessionDetails | null> {
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
  const id = SESSION_FILE.exec(name)?.[1]
  const edges = id === undefined ? null : await readEdges(file).catch(() => null)
  if (id === undefined || !edges) return null
  const head = edges.head.map(parseLine)
  const tail = edges.tail === null ? head : edges.tail.map(parseLine)
  if (head[0]?.isSidechain === true || /^[^\n]{0,1000}"isSidechain":true/.test(edges.first)) return null

  const side = mergeSide(sideOf(head), sideOf(tail))
  const firstPrompt =
    firstOf(head, (line) => promptOf(line)) ?? cutPrompt(edges.first.slice(edges.first.lastIndexOf("\n") + 1))
  const summary = firstOf(tail.toReversed(), (line) => textAt(line, "summary", "summary"))
  const title = side.customTitle ?? side.aiTitle ?? side.lastPrompt ?? summary ?? firstPrompt
  if (!title) return null
  const created = Date.parse(firstOf(head, (line) => keyText(line, "timestamp")) ?? "")
  return {
    id,
    file,
    title: oneLine(title),
    modified: edges.modified,
    bytes: edges.bytes,
    gitBranch:
      firstOf(tail.toReversed(), (line) => keyText(line, "gitBranch")) ??
      firstOf(head, (line) => keyText(line, "gitBranch")),
    cwd: firstOf(head, (line) => keyText(line, "cwd")),
    side,
    firstPrompt: firstPrompt === null ? null : oneLine(firstPrompt),
    created: Number.isNaN(created) ? null : created,
  }
}

async function sessionFiles(dir: string): Promise<{ path: string; modified: number }[]> {
  const names = await readdir(dir).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => SESSION_FILE.test(name))
      .map(async (name) => {
        const path = join(dir, name)
        const info = await stat(path).catch(() => null)
        return info?.isFile() && info.size > 0 ? [{ path, modified: info.mtimeMs }] : []
      }),
  )
  return found.flat()
}

interface Edges {
  readonly head: readonly Buffer[]
  /** Null when the head is the whole file. */
  readonly tail: readonly Buffer[] | null
  /** The first bytes as text, for a first line longer than the head. */
  readonly first: string
  readonly bytes: number
  readonly modified: number
}

async function readEdges(file: string): Promise<Edges> {
  const handle = await open(file, "r")
  try {
    const info = await handle.stat()
    const head = Buffer.alloc(Math.min(EDGE_BYTES, info.size))
    await handle.read(head, 0, head.length, 0)
    const first = head.toString("utf8")
    const common = { first, bytes: info.size, modified: Math.round(info.mtimeMs) }
    if (info.size <= EDGE_BYTES) return { head: split(head), tail: null, ...common }
    const tail = Buffer.alloc(EDGE_BYTES)
    await handle.read(tail, 0, tail.length, info.size - EDGE_BYTES)
    // The cut lines at the edges do not parse and drop out.
    return { head: split(head), tail: split(tail), ...common }
  } finally {
    await handle.close()
  }
}

function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from)
    const end = newline < 0 ? bytes.length : newline
    if (end > from) lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  return lines
}

function sideOf(lines: readonly (Line | null)[]): SideState {
  return lines.reduce<SideState>(
    (side, line) => (line && SIDE_TYPES.has(line.type) ? takeSide(side, line) : side),
    {},
  )
}

function firstOf<T>(lines: readonly (Line | null)[], read: (line: Line) => T | null): T | null {
  for (const line of lines) {
    const value = line && read(line)
    if (value) return value
  }
  return null
}

function keyText(line: Line, key: string): string | null {
  const value = (line as SideLine)[key]
  return typeof value === "string" && value !== "" ? value : null
}

function textAt(line: Line, type: string, key: string): string | null {
  return line.type === type ? keyText(line, key) : null
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > TITLE_CHARS ? `${line.slice(0, TITLE_CHARS - 1)}…` : line
}
