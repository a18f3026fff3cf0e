/**
 * A range of lines of a file of any size: bytes before the range are scanned and forgotten, bytes after it are not
 * read, and a range too large to show is given up as soon as that is certain.
 */
import type { FileHandle } from "node:fs/promises"

/** What is read at once; own choice (measured: larger is no faster). */
const CHUNK = 1 << 20
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
}

/** Lines are what lies between line feeds: a final line feed makes one more, empty line (spec/tools.md Read). */
export async function readLines(request: RangeRequest): Promise<LineRange | null> {
  const { file, size, first, limit, maxBytes, signal } = request
  const last = limit === undefined ? Number.POSITIVE_INFINITY : first + limit - 1
  const buffer = Buffer.allocUnsafe(CHUNK)
  const parts: Buffer[] = []
  let kept = 0
  let line = 1
  let position = 0
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position)
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
