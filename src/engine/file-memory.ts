import { readFile, realpath, stat } from "node:fs/promises"
import { contentHash } from "../lib/content-hash.ts"
import type { FileMemory, FileSeen } from "../model/tool.ts"

/** Files remembered as read; the one unused for longest falls off. About 200 bytes each. */
const MAX_FILES = 2_000

/** `onSeen` is told every path that is read or changed. */
export function createFileMemory(onSeen?: (path: string) => void): FileMemory & { clear(): void } {
  const seen = new Map<string, FileSeen>()
  return {
    get(path) {
      return seen.get(path)
    },
    set(path, file) {
      onSeen?.(path)
      seen.delete(path)
      seen.set(path, file)
      if (seen.size > MAX_FILES) {
        const oldest = seen.keys().next()
        if (!oldest.done) seen.delete(oldest.value)
      }
    },
    recent: (count) => [...seen.keys()].slice(-count).reverse(),
    clear: () => seen.clear(),
  }
}

/** A file beyond this was never shown whole. */
const SEEN_MAX_BYTES = 64 * 1024 * 1024

/** Takes `path` for read, unless it changed since `mtime` (whole milliseconds) or cannot be read. */
export async function rememberRead(files: FileMemory, path: string, mtime: number): Promise<void> {
  try {
    const info = await stat(path)
    if (!info.isFile() || info.size > SEEN_MAX_BYTES || Math.floor(info.mtimeMs) !== Math.floor(mtime)) return
    files.set(await realpath(path), { hash: contentHash(await readFile(path)), partial: false })
  } catch {
    // Gone or unreadable: an edit then asks for a read, as it should.
  }
}
