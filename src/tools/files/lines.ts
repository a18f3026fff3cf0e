/**
 * A range of lines of a file of any size: bytes before the range are scanned and forgotten, bytes after it are not
 * read, and a range too large to show is given up as soon as that is certain.
 */
import type { FileHandle } from "node:fs/promises"
import { sizeText } from "../result.ts"
import { NotReadable } from "./open.ts"

/** What is read at once: on a busy machine each read waits for its turn, so 10 GB should not need 10,000. Own choice. */
const CHUNK = 8 << 20
/** As a search may take (spec/cli.md section 5, as Glob's). */
const SCAN_MS = 20_000
/** A page of memory, for what claims to be empty (/proc). */
const MIN_CHUNK = 4_096
/** Up to here the lines after the range are counted too; past it `totalLines` is what was seen. Own choice. */
const COUNT_BYTES = 64 * 1024 * 1024
/** The byte of a line feed. */
const LF = 10

export interface LineRange {
  /** The bytes of the lines, without the last one's line end. */
  readonly bytes: Buffer
  /** Lines in the range. */
  readonly count: number
  /** Lines of the file; a lower bound when `counted` is false. */
  readonly total: number
  readonly counted: boolean
}

export interface RangeRequest {
  readonly file: FileHandle
  readonly size: number
  /** 1-based. */
  readonly first: number
  /** Number of lines; undefined reads to the end. */
  readonly limit: number | undefined
  /** Give up (null) when the range has more bytes. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  /** Milliseconds; `SCAN_MS` by default. */
  readonly deadlineMs?: number
}

/**
 * Lines are what lies between line feeds: a final line feed makes one more, empty line (spec/tools.md Read). Throws
 * `NotReadable` when the range is not reached in time.
 */
export async function readLines(request: RangeRequest): Promise<LineRange | null> {
  const { file, size, first, limit, maxBytes, signal } = request
  const last = limit === undefined ? Number.POSITIVE_INFINITY : first + limit - 1
  // One byte more than the file has, so that its end is seen at once.
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(MIN_CHUNK, size + 1)))
  const ends = performance.now() + (request.deadlineMs ?? SCAN_MS)
  const parts: Buffer[] = []
  let kept = 0
  let line = 1
  let position = 0
  for (;;) {
    signal.throwIfAborted()
    if (performance.now() > ends)
      throw new NotReadable(
        `Line ${first} was not reached in time: after ${sizeText(position)} of ${sizeText(size)} it was line ${line}. Look for the place with Grep, or use tail in Bash.`,
      )
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) break
    position += bytesRead
    const chunk = buffer.subarray(0, bytesRead)
    let from = line >= first ? 0 : -1
    let to = -1
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      line += 1
      if (line === first) from = at + 1
      if (line === last + 1) to = at
    }
    const before = from === -1 || (line > last + 1 && to === -1)
    if (!before && (to !== -1 || line <= last)) {
      const part = chunk.subarray(from, to === -1 ? bytesRead : to)
      parts.push(Buffer.from(part))
      kept += part.length
      if (kept > maxBytes) return null
    }
    if (line > last && size > COUNT_BYTES) return range(false)
  }
  return range(true)

  function range(counted: boolean): LineRange {
    return {
      bytes: Buffer.concat(parts, kept),
      count: Math.max(0, Math.min(line, last) - first + 1),
      total: line,
      counted,
    }
  }
}
