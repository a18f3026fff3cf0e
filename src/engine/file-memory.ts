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
