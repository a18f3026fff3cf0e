/**
 * Tells which of some files appeared, changed or went, by events of the file system: nothing runs while nothing happens.
 * Bounded in paths and in folders; what cannot be watched is left out.
 */
import { type FSWatcher, readdirSync, type Stats, statSync, watch } from "node:fs"
import { basename, dirname, join } from "node:path"

/** Paths of one list; each folder of them costs the system a watch. */
export const MAX_WATCHED = 200
/** Files of a folder that is watched as a whole. */
const MAX_ENTRIES = 2_000
/** Editors write in several steps; the last one counts. Milliseconds. */
const SETTLE_MS = 60

export type FileEvent = "add" | "change" | "unlink"

/** `paths` are absolute; a folder stands for the files in it. Ends with the returned function. */
export function watchPaths(
  paths: readonly string[],
  changed: (path: string, event: FileEvent) => void,
): () => void {
  /** For each folder the names in it that matter; null for all. */
  const folders = new Map<string, Set<string> | null>()
  const known = new Map<string, string | null>()
  for (const path of paths.slice(0, MAX_WATCHED)) {
    if (look(path)?.isDirectory()) {
      folders.set(path, null)
      for (const name of namesIn(path)) known.set(join(path, name), markOf(join(path, name)))
      continue
    }
    known.set(path, markOf(path))
    const names = folders.get(dirname(path))
    if (names !== null) folders.set(dirname(path), (names ?? new Set()).add(basename(path)))
  }

  const dirty = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | null = null
  const settle = (path: string) => {
    if (dirty.size < MAX_ENTRIES) dirty.add(path)
    timer ??= setTimeout(() => {
      timer = null
      for (const one of [...dirty]) compare(one)
      dirty.clear()
    }, SETTLE_MS)
  }
  const compare = (path: string) => {
    const before = known.get(path) ?? null
    const now = markOf(path)
    if (before === now || (!known.has(path) && known.size >= MAX_WATCHED + MAX_ENTRIES)) return
    known.set(path, now)
    changed(path, before === null ? "add" : now === null ? "unlink" : "change")
  }

  const watchers = [...folders].flatMap(([folder, names]): FSWatcher[] => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null) for (const path of known.keys()) settle(path)
        else if (names === null || names.has(name)) settle(join(folder, name))
      })
      watcher.on("error", () => watcher.close())
      return [watcher]
    } catch {
      // Not there (yet), or out of watches.
      return []
    }
  })
  return () => {
    if (timer !== null) clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/** Differs when the file was written; null when there is none. */
function markOf(path: string): string | null {
  const info = look(path)
  return info === undefined || info.isDirectory() ? null : `${info.mtimeMs} ${info.size} ${info.ino}`
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).slice(0, MAX_ENTRIES)
  } catch {
    return []
  }
}
