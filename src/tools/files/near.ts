/** For a path that does not exist: the one the model probably meant. */
import { readdir } from "node:fs/promises"
import { basename, dirname, extname, join } from "node:path"
import { shownPath } from "../paths.ts"

/** A folder with more entries is not worth the comparison; own choice. */
const MAX_ENTRIES = 5_000
/** Changes between what was meant and what was written; own choice. */
const MAX_DISTANCE = 2
/** Of a short name a single change makes another one; own choice. */
const CHARS_PER_CHANGE = 4

/** ` Did you mean x?` or an empty string. */
export async function nearPath(path: string, cwd: string): Promise<string> {
  const found = (await nearIn(dirname(path), basename(path))) ?? (await nearIn(cwd, basename(path)))
  return found === undefined || found === path ? "" : ` Did you mean ${shownPath(found, cwd)}?`
}

async function nearIn(folder: string, name: string): Promise<string | undefined> {
  const entries = await readdir(folder).catch(() => [])
  if (entries.length > MAX_ENTRIES) return undefined
  const stem = basename(name, extname(name))
  const changes = Math.min(MAX_DISTANCE, Math.floor(name.length / CHARS_PER_CHANGE))
  const best =
    entries.find((entry) => entry.toLowerCase() === name.toLowerCase()) ??
    entries.find((entry) => basename(entry, extname(entry)) === stem) ??
    entries.find((entry) => distance(entry, name) <= changes)
  return best === undefined ? undefined : join(folder, best)
}

/** Levenshtein; past `MAX_DISTANCE` only "far" matters. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return MAX_DISTANCE + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    row = next
  }
  return row[b.length] ?? 0
}
