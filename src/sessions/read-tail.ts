/**
 * The conversation of a session file, read from its end: from the newest line up its parents to the last compaction or the
 * first prompt. Costs what the conversation weighs, not what the file weighs.
 */
import type { Line } from "../model/line.ts"
import { type BackwardOptions, backwardLines, type RawLine } from "./backward.ts"
import { isChainLine } from "./chain.ts"
import { addLostResults } from "./lost-results.ts"
import { mergeSide, SIDE_TYPES, type SideState, takeSide } from "./side.ts"

/** Past this many bytes the search for a missing parent ends. */
const SEARCH_MAX_BYTES = 512 * 1024 * 1024
/** Tool results beside the chain that are kept as candidates. */
const ASIDE_MAX = 2_000

/** Side lines are short; looked for in short lines only. */
const SIDE_MAX_BYTES = 4 * 1024
const SIDE_LINE = /"type":"(?:custom-title|ai-title|tag|last-prompt)"/

export interface Tail {
  /** Oldest first. Lines of kinds that we do not write (attachment, progress) are among them. */
  readonly lines: readonly Line[]
  /** uuid of the newest line; the parent of what is appended next. Null for an empty session. */
  readonly leaf: string | null
  readonly side: SideState
  /** The conversation begins with a compaction summary. */
  readonly compacted: boolean
  /** False when a parent was missing or out of reach: the conversation begins later than it should. */
  readonly complete: boolean
  /** Lines of the chain too long to keep, or broken. */
  readonly skipped: number
  /** Offset of the oldest line; older history lies before it. */
  readonly start: number
}

export interface TailOptions extends Omit<BackwardOptions, "end"> {
  /** Continue from this line and not from the newest (rewind, fork). */
  readonly leaf?: string
}

/** @throws the file system's error when the file cannot be read. */
export async function readTail(file: string, options: TailOptions = {}): Promise<Tail> {
  const found: Line[] = []
  const aside: Line[] = []
  let wanted: string | null | undefined = options.leaf
  let leaf: string | null = null
  let side: SideState = {}
  let skipped = 0
  let compacted = false
  let start = 0

  for await (const raw of backwardLines(file, { maxBytes: SEARCH_MAX_BYTES, ...options })) {
    if (raw.oversized) {
      const link = linkOf(raw)
      if (link && (wanted === undefined || link.uuid === wanted)) {
        leaf ??= link.uuid
        wanted = link.parentUuid
        skipped++
        start = raw.start
      }
      if (wanted === null) break
      continue
    }
    if (!matters(raw.bytes, wanted)) continue
    const line = parseLine(raw.bytes)
    if (!line) continue
    if (SIDE_TYPES.has(line.type)) {
      side = mergeSide(takeSide({}, line), side)
      continue
    }
    if (!isChainLine(line)) continue
    const isNext = wanted === undefined ? !line.isSidechain : line.uuid === wanted
    if (isNext) {
      leaf ??= line.uuid
      found.push(line)
      start = raw.start
      wanted = line.parentUuid ?? null
      compacted ||= isBoundary(line)
    } else if (line.type === "user" && aside.length < ASIDE_MAX) aside.push(line)
    if (wanted === null || isBoundary(line)) break
  }
  const lines = addLostResults(found.reverse(), aside.reverse())
  return { lines, leaf, side, compacted, complete: wanted === null || leaf === null, skipped, start }
}

/** Parses one line; null for what is no JSON object with a type. */
export function parseLine(bytes: Buffer): Line | null {
  try {
    const line: unknown = JSON.parse(bytes.toString("utf8"))
    return isLine(line) ? line : null
  } catch {
    return null
  }
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
}

function isBoundary(line: Line): boolean {
  return line.type === "system" && line.subtype === "compact_boundary" && line.isSidechain !== true
}

/** Cheap look before parsing: is it the line searched for, a boundary, a side line, or a tool result beside the chain? */
function matters(bytes: Buffer, wanted: string | null | undefined): boolean {
  if (wanted === undefined || wanted === null) return true
  if (bytes.includes(wanted)) return true
  if (bytes.length < SIDE_MAX_BYTES && SIDE_LINE.test(bytes.toString("latin1"))) return true
  return bytes.includes('"tool_result"') || bytes.includes('"compact_boundary"')
}

/** uuid and parent of a line too long to parse, from its edges: the format puts the parent first and the uuid last. */
function linkOf(raw: RawLine): { readonly uuid: string; readonly parentUuid: string | null } | null {
  const text = raw.bytes.toString("latin1")
  const uuids = [...text.matchAll(/"uuid":"([0-9a-f-]{36})"/g)]
  const uuid = uuids.at(-1)?.[1]
  const parent = /"parentUuid":(null|"([0-9a-f-]{36})")/.exec(text)
  if (uuid === undefined || !parent || /"isSidechain":true/.test(text.slice(0, 4096))) return null
  return { uuid, parentUuid: parent[2] ?? null }
}
