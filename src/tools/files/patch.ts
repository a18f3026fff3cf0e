/** The difference of two texts as hunks, in bounded time whatever the texts are. */
import type { Hunk } from "../../model/tool.ts"

/** Lines around a change, as `diff -u` has them. */
const CONTEXT = 3
/** Past it the change is shown as one hunk: exact, only less fine. Own choice. */
const DIFF_MS = 300
/** Hunks on screen; the record keeps all of them. Own choice. */
const VIEW_LINES = 1_000

export async function structuredPatch(before: string, after: string): Promise<Hunk[]> {
  if (before === after) return []
  const diff = await import("diff")
  const patch = diff.structuredPatch("", "", before, after, undefined, undefined, {
    context: CONTEXT,
    timeout: DIFF_MS,
  })
  return patch ? patch.hunks : [coarseHunk(before, after)]
}

/** As many leading hunks as fit the view; the last one is cut when it alone is too long. */
export function viewHunks(hunks: readonly Hunk[]): Hunk[] {
  const shown: Hunk[] = []
  let room = VIEW_LINES
  for (const hunk of hunks) {
    if (room <= 0) break
    shown.push(hunk.lines.length <= room ? hunk : { ...hunk, lines: hunk.lines.slice(0, room) })
    room -= hunk.lines.length
  }
  return shown
}

function coarseHunk(before: string, after: string): Hunk {
  const old = before.split("\n")
  const fresh = after.split("\n")
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1
  let end = 0
  while (
    end < old.length - start &&
    end < fresh.length - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  )
    end += 1
  const from = Math.max(0, start - CONTEXT)
  const trailing = Math.min(CONTEXT, end)
  const lines = [
    ...old.slice(from, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...fresh.slice(start, fresh.length - end).map((line) => `+${line}`),
    ...old.slice(old.length - end, old.length - end + trailing).map((line) => ` ${line}`),
  ]
  return {
    oldStart: from + 1,
    oldLines: old.length - end + trailing - from,
    newStart: from + 1,
    newLines: fresh.length - end + trailing - from,
    lines,
  }
}
