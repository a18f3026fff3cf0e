/** A planned file without some of its hunks: their lines stay as they were, byte for byte. */
import { structuredPatch } from "../files/patch.ts"
import type { PlannedFile } from "./plan.ts"

/** Throws when a hunk does not exist. */
export async function rejectHunks(file: PlannedFile, rejected: readonly number[]): Promise<PlannedFile> {
  const unknown = rejected.find((number) => number >= file.hunks.length)
  if (unknown !== undefined)
    throw new Error(`the review names hunk ${unknown} of ${file.target.path}, which has ${file.hunks.length}`)
  const old = linesOf(file.before)
  const fresh = linesOf(file.after)
  const out: string[] = []
  let at = 0
  for (const [number, hunk] of file.hunks.entries()) {
    // A hunk without old lines stands behind the line it names.
    const start = hunk.oldLines === 0 ? Math.min(hunk.oldStart, old.length) : hunk.oldStart - 1
    const from = hunk.oldLines === 0 && file.before === "" ? 0 : start
    out.push(...old.slice(at, from))
    at = from + hunk.oldLines
    if (rejected.includes(number)) out.push(...old.slice(from, at))
    else {
      const newFrom = hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1
      out.push(...fresh.slice(newFrom, newFrom + hunk.newLines))
    }
  }
  out.push(...old.slice(at))
  const after = out.join("")
  return { ...file, after, hunks: await structuredPatch(file.before, after) }
}

/** With their line ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
