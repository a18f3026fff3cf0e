/** Opens regular files only: pipes, devices and sockets are refused before a byte is asked of them. */
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"

export interface OpenFile {
  readonly file: FileHandle
  readonly size: number
  readonly mtimeMs: number
}

/** What is read at once: a page of memory for what claims to be empty (/proc), a megabyte of the rest. Own choice. */
const MIN_CHUNK = 4_096
/** See above. */
const MAX_CHUNK = 1 << 20

/** A refusal whose message is fit for the model. */
export class NotReadable extends Error {}

/** The caller closes `file`. Throws `NotReadable`, or the system's error (ENOENT, EACCES, ELOOP). */
export async function openRegular(path: string): Promise<OpenFile> {
  // O_NONBLOCK: opening a pipe without a writer returns instead of waiting for one.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENXIO") throw new NotReadable(notRegular(path))
      throw error
    },
  )
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw new NotReadable(`EISDIR: illegal operation on a directory, read '${path}'`)
    if (!stat.isFile()) throw new NotReadable(notRegular(path))
    return { file, size: stat.size, mtimeMs: stat.mtimeMs }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The whole of a regular file. Throws `NotReadable` past `limit` bytes, and what `openRegular` throws. */
export async function readRegular(path: string, limit: number): Promise<Buffer> {
  const { file, size } = await openRegular(path)
  try {
    if (size > limit) throw new NotReadable(`${path} is too large (${size} bytes; at most ${limit} bytes).`)
    // One byte more than the limit shows a file that grows while it is read, or lies about its size (/proc).
    const chunks: Buffer[] = []
    let total = 0
    for (;;) {
      const buffer = Buffer.allocUnsafe(Math.max(MIN_CHUNK, Math.min(size - total + 1, MAX_CHUNK)))
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) break
      chunks.push(buffer.subarray(0, bytesRead))
      total += bytesRead
      if (total > limit) throw new NotReadable(`${path} is too large (more than ${limit} bytes).`)
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, total)
  } finally {
    await file.close()
  }
}

function notRegular(path: string): string {
  return `${path} is not a regular file (a pipe, socket or device). Only regular files can be read or changed.`
}
