/** The results of a changed file: record, model's text and the difference on screen. */
import type { Hunk, ToolOutput, ToolView } from "../../model/tool.ts"
import { ORIGINAL_CHARS } from "./limits.ts"
import { structuredPatch, viewHunks } from "./patch.ts"
import { toLf } from "./text.ts"

export interface Change {
  readonly path: string
  /** Null for a new file. */
  readonly before: string | null
  readonly after: string
  readonly content: string
  record(patch: readonly Hunk[], originalFile: string | null): Readonly<Record<string, unknown>>
}

export async function changed({ path, before, after, content, record }: Change): Promise<ToolOutput> {
  const patch = await structuredPatch(toLf(before ?? ""), toLf(after))
  const original = before !== null && before.length <= ORIGINAL_CHARS ? before : null
  // The record of a new file has no patch: the content says it all.
  const data = record(before === null ? [] : patch, original)
  return { content, data, view: { kind: "diff", path, created: before === null, hunks: viewHunks(patch) } }
}

/** The difference a call would make, for the question before it. */
export async function previewChange(path: string, before: string | null, after: string): Promise<ToolView> {
  const patch = await structuredPatch(toLf(before ?? ""), toLf(after))
  return { kind: "diff", path, created: before === null, hunks: viewHunks(patch) }
}

/** What must hold before an existing file is replaced or edited (spec/tools.md Edit, Write). */
export const NOT_READ = "File has not been read yet. Read it first before writing to it."
export const SEVERAL =
  "To replace all of them set replace_all to true; to replace one, give more of the text around it."
export const MODIFIED =
  "File has been modified since read, either by the user or by a linter. Read it again before attempting to write it."
