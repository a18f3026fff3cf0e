/** Whether a file came with the repository, from git's index alone: no process is started. */
import { readFileSync, statSync } from "node:fs"
import { join, relative, sep } from "node:path"
import type { Repository } from "./repository.ts"

/** An index beyond this is not read; the careful answer holds. */
const INDEX_MAX_BYTES = 256 * 1024 * 1024
/** Names stand whole in versions 2 and 3; version 4 shares prefixes between neighbours. */
const WHOLE_NAMES = [2, 3]

/** True as well where only git itself could tell, and for everything outside of a repository: nothing says whose it is. */
export function mayBeTracked(file: string, repository: Repository | null): boolean {
  if (repository === null) return true
  try {
    const index = join(repository.gitDir, "index")
    const info = statSync(index, { throwIfNoEntry: false })
    // Nothing was ever added.
    if (info === undefined) return false
    if (!info.isFile() || info.size > INDEX_MAX_BYTES) return true
    const bytes = readFileSync(index)
    if (bytes.toString("latin1", 0, 4) !== "DIRC" || !WHOLE_NAMES.includes(bytes.readUInt32BE(4))) return true
    return bytes.includes(`${relative(repository.root, file).split(sep).join("/")}\0`)
  } catch {
    return true
  }
}
