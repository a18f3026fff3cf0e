/** FileChanged: the files that hooks wait for, watched while a session runs; one event of a file at a time. */
import { basename, resolve } from "node:path"
import { type FileEvent, watchPaths } from "../extend/hooks/watch-paths.ts"
import type { HookPort } from "../model/hook.ts"
import { fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"

export interface ChangeWatch {
  /** Looks again at what is to be watched; `paths` replaces what hooks named before. Cheap when nothing changed. */
  watch(paths?: readonly string[]): void
  stop(): void
}

export function createChangeWatch({
  hooks,
  cwd,
  aside,
}: {
  readonly hooks: HookPort
  cwd(): string
  /** A run outside of any turn. */
  aside(): Run
}): ChangeWatch {
  let named: readonly string[] = []
  let watched = ""
  let end = () => {}
  /** Files whose hooks run, and what happened to them meanwhile. */
  const running = new Map<string, FileEvent | null>()

  function refresh(): void {
    const names = hooks.listens("FileChanged") ? (hooks.watched?.() ?? []) : null
    const paths = names === null ? [] : [...new Set([...names, ...named].map((name) => resolve(cwd(), name)))]
    const key = paths.join("\0")
    if (key === watched) return
    watched = key
    end()
    end = paths.length === 0 ? () => {} : watchPaths(paths, changed)
  }

  function changed(path: string, event: FileEvent): void {
    if (running.has(path)) return void running.set(path, event)
    running.set(path, null)
    void tell(path, event).finally(() => {
      const next = running.get(path) ?? null
      running.delete(path)
      if (next !== null) changed(path, next)
    })
  }

  async function tell(path: string, event: FileEvent): Promise<void> {
    const outcome = await fireHook(
      aside(),
      "FileChanged",
      { file_path: path, event },
      { matcher: basename(path) },
    )
    if (outcome.watchPaths === undefined) return
    named = outcome.watchPaths
    refresh()
  }

  return {
    watch(paths) {
      if (paths !== undefined) named = paths
      refresh()
    },
    stop() {
      end()
      end = () => {}
      watched = ""
    },
  }
}
