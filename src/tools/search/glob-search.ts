/** Finds files by name, oldest first, holding no more than the files that match. */
import { statSync } from "node:fs"
import { join } from "node:path"
import type { GlobAnswer, GlobJob } from "./job.ts"
import { walk } from "./walk.ts"

/** Beyond this many matches the oldest are no longer sorted out; nobody reads that far. */
const MAX_MATCHES = 200_000
const VCS = new Set([".git", ".svn", ".hg", ".jj", ".sl"])

export async function searchNames(job: GlobJob): Promise<GlobAnswer> {
  const ends = Date.now() + job.deadlineMs
  let timedOut = false
  const pattern = job.pattern.replace(/^\.\//, "")
  const bare = !pattern.includes("/")
  const glob = new Bun.Glob(pattern.replace(/^\//, ""))
  const ignore = job.respectIgnore ? (await import("ignore")).default : null
  const found: { path: string; time: number }[] = []
  let total = 0
  const paths = walk({
    root: job.root,
    ignore,
    // A pattern that names the folder means it.
    skip: new Set([...VCS].filter((name) => !pattern.includes(name))),
    prunes: (path) => !job.hidden && path.slice(path.lastIndexOf("/") + 1).startsWith("."),
    expired() {
      timedOut ||= Date.now() > ends
      return timedOut
    },
  })
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1)
    if (!job.hidden && name.startsWith(".")) continue
    if (!glob.match(bare ? name : path)) continue
    total += 1
    if (found.length < MAX_MATCHES) found.push({ path, time: timeOf(join(job.root, path)) })
  }
  found.sort((a, b) => a.time - b.time || (a.path < b.path ? -1 : 1))
  return { kind: "glob", files: found.slice(0, job.limit).map((one) => one.path), total, timedOut }
}

export function timeOf(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}
