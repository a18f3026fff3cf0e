import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Entries of a folder that are looked at; about 10 ms. More is too much to know before a command runs. */
const MAX_ENTRIES = 4_000

/**
 * All paths below a folder, absolute. Null when that cannot be said: there are more than 4,000, a folder cannot be read,
 * or a link among them leads elsewhere. A path that is no folder has nothing below it.
 */
export function listBelow(folder: string): readonly string[] | null {
  const out: string[] = []
  const open = [folder]
  try {
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        if (out.length >= MAX_ENTRIES || entry.isSymbolicLink()) return null
        const path = join(at, entry.name)
        out.push(path)
        if (entry.isDirectory()) open.push(path)
      }
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" && out.length === 0 ? [] : null
  }
  return out
}
