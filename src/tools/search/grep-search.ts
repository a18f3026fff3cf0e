/** Searches text in files; memory is one buffer and the answer, whatever the tree holds. */
import { join } from "node:path"
import { timeOf } from "./glob-search.ts"
import { globRules } from "./globs.ts"
import type { GrepAnswer, GrepJob, Help } from "./job.ts"
import { BadPattern, compilePattern } from "./pattern.ts"
import { FileScanner } from "./scan.ts"
import { type Hit, type Scan, SharedSearch } from "./share.ts"
import { typeMatcher } from "./types.ts"
import { walk } from "./walk.ts"

/** An unlimited answer ends here; the tool saves what is large to a file anyway. */
const MAX_ANSWER_CHARS = 16 * 1024 * 1024
/** Names that are held to be sorted; own choice. */
const MAX_FILES = 500_000
const SKIPPED = new Set([".git", ".svn", ".hg", ".bzr", ".jj", ".sl"])

/** How a path below the job's folder is looked at by whoever shares the search. Throws `BadPattern`. */
export function fileScan(
  job: GrepJob,
  scanner = new FileScanner(compilePattern(job.pattern, job), job),
): Scan {
  const count = job.mode === "count"
  return (path) => {
    const full = `${job.root}/${path}`
    return count ? scanner.count(full) : Number(scanner.any(full))
  }
}

/** `askHelp` gets another thread for a large tree, or null. Throws `BadPattern` with a text for the model. */
export async function searchText(job: GrepJob, askHelp: () => Help | null): Promise<GrepAnswer> {
  const pattern = compilePattern(job.pattern, job)
  const ofType = job.type === undefined ? null : typeMatcher(job.type)
  if (job.type !== undefined && ofType === null) throw new BadPattern(`unrecognized file type: ${job.type}`)
  const rules = job.glob === undefined ? null : globRules(job.glob)
  const ends = Date.now() + job.deadlineMs
  const state = { timedOut: false, chars: 0, total: 0, files: 0, matches: 0, cut: false }
  const expired = () => {
    state.timedOut ||= Date.now() > ends
    return state.timedOut
  }
  const lines: string[] = []
  const matched: string[] = []
  const scanner = new FileScanner(pattern, job)
  const last = job.offset + job.limit
  /** False: enough was found. */
  const push = (line: string): boolean => {
    state.total += 1
    if (state.total > last) return false
    if (state.total <= job.offset) return true
    state.chars += line.length
    state.cut ||= state.chars > MAX_ANSWER_CHARS
    if (state.cut) return false
    lines.push(line)
    return true
  }
  const use = ({ path, count }: Hit): boolean => {
    const full = job.isFile ? job.root : `${job.root}/${path}`
    const shown = job.isFile ? job.prefix : job.prefix + path
    if (job.mode === "content") {
      const more = scanner.content(full, job.isFile ? null : shown, state.files > 0, push)
      if (scanner.found > 0) state.files += 1
      state.matches += scanner.found
      return more
    }
    if (count === 0) return true
    state.files += 1
    state.matches += count
    if (job.mode === "count") push(`${shown}:${count}`)
    else if (matched.length < MAX_FILES) matched.push(shown)
    return true
  }
  if (job.isFile) {
    // Lines are printed at once: a large file is not read twice.
    if (job.mode === "content") use({ path: "", count: 1 })
    else
      use({ path: "", count: job.mode === "count" ? scanner.count(job.root) : Number(scanner.any(job.root)) })
  } else {
    const shared = new SharedSearch({
      scan: fileScan(job, scanner),
      use,
      askHelp,
      remaining: () => ends - Date.now(),
    })
    try {
      const paths =
        job.candidates ??
        walk({
          root: job.root,
          ignore: (await import("ignore")).default,
          skip: SKIPPED,
          prunes: (path) => rules?.prunes(path) === true,
          expired,
        })
      for (const path of paths) {
        if (expired()) break
        if (ofType !== null && !ofType(path.slice(path.lastIndexOf("/") + 1))) continue
        // The model may write the pattern relative to the search folder or to the working directory.
        if (rules !== null && !rules.file(path) && !rules.file(job.prefix + path)) continue
        if (!shared.add(path)) break
      }
      if (!shared.end()) state.timedOut = true
    } finally {
      shared.close()
    }
  }
  if (job.mode === "files_with_matches") {
    // Oldest files fall behind: what changed last is most likely what is meant.
    const timed = matched.map((shown) => ({
      shown,
      time: timeOf(job.isFile ? job.root : join(job.root, shown.slice(job.prefix.length))),
    }))
    timed.sort((a, b) => b.time - a.time || (a.shown < b.shown ? -1 : 1))
    for (const one of timed) push(one.shown)
  }
  return {
    kind: "grep",
    lines,
    total: state.total,
    files: state.files,
    matches: state.matches,
    timedOut: state.timedOut,
    cut: state.cut,
  }
}
