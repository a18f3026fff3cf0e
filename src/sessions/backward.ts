/**
 * Lines of a file from its end to its start, in blocks: memory is bounded by the longest line that is kept, whatever the
 * file's size. A line over the limit is not kept; its head and tail are, so that the chain can pass through it.
 */
import { type FileHandle, open } from "node:fs/promises"

const BLOCK_BYTES = 64 * 1024
/** Longest line kept whole. Larger than any request the API takes (32 MB). */
export const LINE_MAX_BYTES = 32 * 1024 * 1024
const EDGE_BYTES = 4 * 1024

export interface RawLine {
  /** Byte range in the file, without the newline. */
  readonly start: number
  readonly end: number
  /** The line; for an oversized one its first and last 4 KB. */
  readonly bytes: Buffer
  readonly oversized: boolean
}

export interface BackwardOptions {
  /** Read only what lies before this offset (default: the end of the file). */
  readonly end?: number
  /** Stop after this many bytes. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
  readonly lineMaxBytes?: number
}

/** Yields lines, newest first, blank ones left out. What a crash cut (no newline at its end) comes too: it does not parse. */
export async function* backwardLines(file: string, options: BackwardOptions = {}): AsyncGenerator<RawLine> {
  const handle = await open(file, "r")
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error(`${file} is not a regular file`)
    yield* walk(handle, Math.min(options.end ?? found.size, found.size), options)
  } finally {
    await handle.close()
  }
}

async function* walk(handle: FileHandle, size: number, options: BackwardOptions): AsyncGenerator<RawLine> {
  const limit = options.lineMaxBytes ?? LINE_MAX_BYTES
  const floor = Math.max(0, size - (options.maxBytes ?? Number.POSITIVE_INFINITY))
  // Pieces of the line under way, last piece first.
  let pieces: Buffer[] = []
  let held = 0
  let lineEnd = size
  let tail: Buffer | null = null

  const add = (piece: Buffer) => {
    if (piece.length === 0) return
    pieces.push(piece)
    held += piece.length
    if (held <= limit) return
    // Too long: keep its two edges only.
    tail ??= join(pieces).subarray(-EDGE_BYTES)
    const first = Buffer.from(join(pieces).subarray(0, EDGE_BYTES))
    pieces = [first]
    held = limit
  }
  const take = (start: number): RawLine | null => {
    const end = lineEnd
    const bytes = join(pieces)
    const edge = tail
    pieces = []
    held = 0
    tail = null
    if (end <= start) return null
    if (edge === null) return { start, end, bytes, oversized: false }
    return { start, end, bytes: Buffer.concat([bytes.subarray(0, EDGE_BYTES), edge]), oversized: true }
  }

  for (let position = size; position > floor; ) {
    options.signal?.throwIfAborted()
    const from = Math.max(floor, position - BLOCK_BYTES)
    const block = await readRange(handle, from, position)
    let stop = block.length
    for (;;) {
      const newline = stop === 0 ? -1 : block.lastIndexOf(0x0a, stop - 1)
      add(block.subarray(newline + 1, stop))
      if (newline < 0) break
      const line = take(from + newline + 1)
      if (line) yield line
      lineEnd = from + newline
      stop = newline
    }
    position = from
  }
  if (floor === 0) {
    const line = take(0)
    if (line) yield line
  }
}

function join(pieces: readonly Buffer[]): Buffer {
  const only = pieces.length === 1 ? pieces[0] : undefined
  return only ?? Buffer.concat(pieces.toReversed())
}

async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(to - from)
  let done = 0
  while (done < block.length) {
    const { bytesRead } = await handle.read(block, done, block.length - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return block.subarray(0, done)
}
