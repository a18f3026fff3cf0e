/** Tells when settings files change: by events of the file system, never by looking again and again. */
import { type FSWatcher, watch } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { SettingsFiles } from "./load.ts"
import type { ConfigPaths } from "./paths.ts"

/** Editors write in several steps; the last one counts. */
const SETTLE_MS = 80

/**
 * Watches the folders that hold the files, because a file that is replaced takes its watch with it. A folder that is not there
 * yet is watched for through the nearest one above. Ends with the returned function.
 */
export function watchFiles(files: readonly string[], changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let ended = false
  const settle = () => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      arm()
      changed()
    }, SETTLE_MS)
  }
  const arm = () => {
    if (ended) return
    // A folder that was removed and made again keeps its name and loses its watch: all are taken anew.
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
    for (const [folder, names] of foldersOf(files)) {
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || names.has(name)) settle()
        })
        // The folder went away; the one above tells when it comes back.
        watcher.on("error", () => watcher.close())
        watchers.set(folder, watcher)
      } catch {
        // Not there (yet), or out of watches: changes are seen at the next start.
      }
    }
  }
  arm()
  return () => {
    ended = true
    if (timer !== null) clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}

/** For each folder the names in it that matter: the files themselves, and the folders that lead to them. */
function foldersOf(files: readonly string[]): Map<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>()
  for (const file of files) {
    // The folder and the one above it: `.claude` may be made later.
    for (const path of [file, dirname(file)]) {
      const names = folders.get(dirname(path)) ?? new Set()
      folders.set(dirname(path), names.add(basename(path)))
    }
  }
  return folders
}

/** Every file that settings come from. `--settings` counts when it names a file. */
export function settingsSources(
  paths: ConfigPaths,
  files: SettingsFiles,
  more: readonly string[],
): readonly string[] {
  return [
    files.user,
    files.project,
    files.local,
    join(paths.managedDir, "managed-settings.json"),
    join(paths.managedDir, "managed-settings.d"),
    ...more,
  ]
}
