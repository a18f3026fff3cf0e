import type { Settings } from "../model/settings.ts"
import { walk } from "../tools/search/walk.ts"
import { fuzzyFilter } from "../tui/fuzzy.ts"

/** Paths that are offered at once. */
const MAX_OFFERED = 15
/** Files of a project that are known by name; larger projects are completed from the first of them. */
const MAX_FILES = 50_000
/** How long a listing is good: files come and go while one works. */
const FRESH_MS = 10_000
/** Files walked before others may run. */
const SLICE = 500

export interface CompletionOptions {
  readonly cwd: string
  /** For the command. */
  readonly env: Readonly<Record<string, string>>
  /** As they are now. */
  settings(): Settings
}

/**
 * Completes `@` paths of one project: by the command of `fileSuggestion`, else from a listing that honours .gitignore,
 * unless `respectGitignore` is off; it is made on first use and kept a while.
 */
export function createPathCompletion({
  cwd,
  env,
  settings,
}: CompletionOptions): (query: string, signal: AbortSignal) => Promise<readonly string[]> {
  let listing:
    | { readonly at: number; readonly honours: boolean; readonly paths: Promise<readonly string[]> }
    | undefined
  return async (query, signal) => {
    const { fileSuggestion, respectGitignore } = settings()
    if (fileSuggestion !== undefined) {
      const { suggestByCommand } = await import("./suggest-by-command.ts")
      return suggestByCommand({ command: fileSuggestion.command, cwd, env }, query, signal)
    }
    const honours = respectGitignore !== false
    if (listing?.honours !== honours || Date.now() - listing.at > FRESH_MS) {
      listing = { at: Date.now(), honours, paths: listPaths(cwd, honours) }
    }
    const paths = await listing.paths
    if (signal.aborted) return []
    return fuzzyFilter(query, paths, (path) => path).slice(0, MAX_OFFERED)
  }
}

async function listPaths(root: string, honour: boolean): Promise<readonly string[]> {
  const ignore = honour ? (await import("ignore")).default : null
  const paths: string[] = []
  const folders = new Set<string>()
  const skip = new Set([".git", "node_modules"])
  for (const path of walk({
    root,
    ignore,
    skip,
    prunes: () => false,
    expired: () => paths.length >= MAX_FILES,
  })) {
    paths.push(path)
    const folder = path.slice(0, path.lastIndexOf("/") + 1)
    if (folder !== "" && !folders.has(folder)) folders.add(folder)
    if (paths.length % SLICE === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return [...folders, ...paths]
}
