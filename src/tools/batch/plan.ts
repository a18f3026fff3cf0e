/** What a batch of edits would make of the files: everything is checked here, nothing is written. */
import type { Hunk, ToolContext } from "../../model/tool.ts"
import { MODIFIED, NOT_READ, SEVERAL } from "../files/changed.ts"
import { nearPath } from "../files/near.ts"
import { NotReadable } from "../files/open.ts"
import { structuredPatch } from "../files/patch.ts"
import { replaceExact } from "../files/replace.ts"
import { findTarget, type Target } from "../files/target.ts"
import { type Decoded, decodeText, looksBinary } from "../files/text.ts"
import { firstChars } from "../result.ts"

/** How much of `old_string` an error repeats; own choice. */
const QUOTED_CHARS = 500

/** A patch is shown whole before it is applied; a longer one nobody reads. Own choice. */
const MAX_PATCH_LINES = 10_000

export interface BatchEdit {
  readonly file_path: string
  readonly old_string: string
  readonly new_string: string
  readonly replace_all?: boolean | undefined
}

export interface PlannedFile {
  readonly target: Target
  readonly encoding: Pick<Decoded, "encoding" | "bom">
  /** Raw text: line ends as in the file. */
  readonly before: string
  readonly after: string
  readonly hunks: readonly Hunk[]
}

interface Draft {
  readonly target: Target
  readonly encoding: Pick<Decoded, "encoding" | "bom">
  readonly before: string
  after: string
}

/** A string is why not, for the model: it names the edit, and nothing of the batch is done. */
export async function planEdits(
  edits: readonly BatchEdit[],
  ctx: ToolContext,
): Promise<readonly PlannedFile[] | string> {
  const drafts = new Map<string, Draft>()
  for (const [index, edit] of edits.entries()) {
    const problem = await add(edit, drafts, ctx).catch((error: unknown) => {
      if (error instanceof NotReadable) return error.message
      throw error
    })
    if (problem !== null)
      return `Edit ${index + 1} of ${edits.length} (${edit.file_path}) cannot be made, so none was: ${problem}`
  }
  const planned = await Promise.all(
    [...drafts.values()].map(async (draft) => ({
      ...draft,
      hunks: await structuredPatch(draft.before, draft.after),
    })),
  )
  const lines = planned.flatMap(({ hunks }) => hunks).reduce((sum, hunk) => sum + hunk.lines.length, 0)
  return lines <= MAX_PATCH_LINES
    ? planned
    : `The patch has ${lines} lines, more than can be reviewed at once (${MAX_PATCH_LINES}). Nothing was changed; send it in smaller parts.`
}

async function add(edit: BatchEdit, drafts: Map<string, Draft>, ctx: ToolContext): Promise<string | null> {
  if (edit.old_string === edit.new_string)
    return "No changes to make: old_string and new_string are exactly the same."
  if (edit.file_path.toLowerCase().endsWith(".ipynb"))
    return "File is a Jupyter Notebook. Use NotebookEdit to edit it."
  const target = await findTarget(edit.file_path, ctx)
  const known = drafts.get(target.real)
  if (edit.old_string === "") {
    if (known !== undefined || (target.now !== null && target.now.bytes.length > 0))
      return "Cannot create new file - file already exists."
    const encoding = { encoding: "utf8", bom: false } as const
    drafts.set(target.real, { target, encoding, before: "", after: edit.new_string })
    return null
  }
  if (known === undefined && target.now === null)
    return `File does not exist. Note: your current working directory is ${ctx.cwd}.${await nearPath(edit.file_path, ctx.cwd)}`
  const draft = known ?? open(target, ctx)
  if (typeof draft === "string") return draft
  const { count, text } = replaceExact(draft.after, edit.old_string, edit.new_string)
  const quoted = firstChars(edit.old_string, QUOTED_CHARS)
  const seen = ctx.files.get(target.real)
  const stale = seen !== undefined && seen.hash !== draft.target.now?.hash
  if (count !== 1 && stale) return MODIFIED
  if (count === 0) return `String to replace not found in file.\nString: ${quoted}`
  if (count > 1 && edit.replace_all !== true)
    return `Found ${count} matches of the string to replace, but replace_all is false. ${SEVERAL}\nString: ${quoted}`
  draft.after = text
  drafts.set(target.real, draft)
  return null
}

function open(target: Target, ctx: ToolContext): Draft | string {
  const seen = ctx.files.get(target.real)
  if ((seen === undefined || seen.partial) && ctx.unreadEdits !== "allowed") return NOT_READ
  const bytes = target.now?.bytes ?? Buffer.alloc(0)
  if (looksBinary(bytes)) return "This tool cannot edit binary files."
  const { text, encoding, bom } = decodeText(bytes)
  return { target, encoding: { encoding, bom }, before: text, after: text }
}
