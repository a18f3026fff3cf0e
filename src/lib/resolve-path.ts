import { lstatSync, realpathSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** Missing folders above a path that does not exist yet; deeper is no honest path. */
const MAX_MISSING = 256

/**
 * The canonical path of `path`, links followed. Of a path that does not exist the deepest existing parent is
 * resolved and the rest kept. Null when it cannot be said (a loop of links, a folder that may not be read, a
 * dangling link: where it leads would be made by writing through it).
 */
export function resolvePath(path: string): string | null {
  const missing: string[] = []
  let at = path
  for (let i = 0; i < MAX_MISSING; i++) {
    try {
      return join(realpathSync(at), ...missing)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || isLink(at)) return null
      missing.unshift(basename(at))
      const parent = dirname(at)
      if (parent === at) return null
      at = parent
    }
  }
  return null
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
