/**
 * What of a trusted folder's files somebody said yes to, as hashes of single items in our own folder, never in the
 * project's. What was there when the folder was first seen trusted counts; what came or changed later waits.
 */
import { dirname, join, relative } from "node:path"
import { patchJson } from "../lib/patch-json.ts"
import { type GatedItem, gatedItems, itemHash } from "./gated-items.ts"
import { isObject } from "./key-type.ts"
import type { Layer } from "./layers.ts"
import type { ConfigPaths } from "./paths.ts"
import { findRepository } from "./repository.ts"
import { openState, trustKey } from "./state.ts"
import { mayBeTracked } from "./tracked.ts"

export interface FolderApprovals {
  /** Something is remembered of this repository: what is not in it is new. */
  readonly known: boolean
  agreed(item: GatedItem): boolean
}

/** Items that are kept of one folder; no settings file of people has as many. */
const MAX_ITEMS = 5_000

/** Answers of this process, also where they could not be written: they count until it ends. */
const SAID = new Map<string, Set<string>>()

export function openFolderApprovals(
  cwd: string,
  paths: Pick<ConfigPaths, "ownDir">,
  local: string,
): FolderApprovals {
  const { known, hashes } = read(cwd, paths)
  let tracked: boolean | undefined
  const fromOutside = (item: GatedItem) => {
    if (item.source === "projectSettings" || item.kind === "runs") return true
    // What the person lets pass is written into the local file, which is theirs unless it came with the repository.
    tracked ??= mayBeTracked(local, findRepository(dirname(local)))
    return tracked
  }
  return { known, agreed: (item) => !known || hashes.has(itemHash(item)) || !fromOutside(item) }
}

/** Remembers these items of `cwd`, and no others, as agreed to. */
export async function rememberItems(
  cwd: string,
  paths: Pick<ConfigPaths, "ownDir">,
  items: readonly GatedItem[],
): Promise<void> {
  const hashes = new Set(items.map(itemHash))
  SAID.set(pathOf(cwd).join("\0"), hashes)
  await write(cwd, paths, () => hashes)
}

/** Remembers what the person has this program write into the folder's files; call it before they are written. */
export async function rememberWritten(
  cwd: string,
  paths: Pick<ConfigPaths, "ownDir">,
  layer: Pick<Layer, "source" | "values">,
): Promise<void> {
  const hashes = isOfFolder(layer) ? gatedItems(layer).map(itemHash) : []
  const now = read(cwd, paths)
  // Nothing remembered: all that is there counts, and will be remembered with this.
  if (!now.known || hashes.length === 0) return
  SAID.set(pathOf(cwd).join("\0"), new Set([...now.hashes, ...hashes]))
  await write(cwd, paths, (kept) => [...kept, ...hashes])
}

async function write(
  cwd: string,
  paths: Pick<ConfigPaths, "ownDir">,
  next: (kept: readonly string[]) => Iterable<string>,
): Promise<void> {
  const path = pathOf(cwd)
  await patchJson(
    fileOf(paths),
    (member) => {
      const kept = member(path)
      return [{ path, value: [...new Set(next(Array.isArray(kept) ? kept : []))].slice(-MAX_ITEMS) }]
    },
    { mode: 0o600 },
  )
}

function read(cwd: string, paths: Pick<ConfigPaths, "ownDir">) {
  const [key, place] = pathOf(cwd)
  const said = SAID.get(`${key}\0${place}`)
  const repository = openState({ stateFile: fileOf(paths) }).read([key])
  const kept = isObject(repository) ? repository[place] : undefined
  const hashes = new Set<string>([...(Array.isArray(kept) ? kept : []), ...(said ?? [])])
  return { known: said !== undefined || repository !== undefined, hashes }
}

/** The repository, and the folder in it: a linked worktree has the same files in the same places. */
function pathOf(cwd: string): readonly [repository: string, place: string] {
  return [trustKey(cwd), relative(findRepository(cwd)?.root ?? cwd, cwd) || "."]
}

/** All items of the files that lie in the folder. */
export function folderItems({ layers }: { readonly layers: readonly Layer[] }): readonly GatedItem[] {
  return layers.filter(isOfFolder).flatMap(gatedItems)
}

/** Settings files that lie in the folder. */
export function isOfFolder({ source }: Pick<Layer, "source">): boolean {
  return source === "projectSettings" || source === "localSettings"
}

function fileOf({ ownDir }: Pick<ConfigPaths, "ownDir">): string {
  return join(ownDir, "folder-approvals.json")
}
