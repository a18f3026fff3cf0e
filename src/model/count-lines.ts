import type { ToolView } from "./tool.ts"

/** Adds what a change of files added and removed. */
export function countLines(view: ToolView, edits: { linesAdded: number; linesRemoved: number }): void {
  const files = view.kind === "diff" ? [view] : view.kind === "patch" ? view.files : []
  for (const { hunks } of files)
    for (const { lines } of hunks)
      for (const line of lines) {
        if (line.startsWith("+")) edits.linesAdded++
        else if (line.startsWith("-")) edits.linesRemoved++
      }
}
