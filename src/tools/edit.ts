/** Edit: exact string replacement; refused when the file is not what the model saw (spec/tools.md Edit). */
import * as z from "zod"
import { contentHash } from "../lib/content-hash.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import prompt from "./edit.md" with { type: "text" }
import { changed, MODIFIED, NOT_READ, previewChange, SEVERAL } from "./files/changed.ts"
import { nearPath } from "./files/near.ts"
import { carryOut, type Plan, problemOfPlan } from "./files/planned.ts"
import { replaceExact } from "./files/replace.ts"
import { findTarget, type Target, writeTarget } from "./files/target.ts"
import { type Decoded, decodeText, encodeText, looksBinary } from "./files/text.ts"
import { absolutePath, shownPath } from "./paths.ts"
import { firstChars, refused } from "./result.ts"

/** How much of `old_string` an error repeats; own choice. */
const QUOTED_CHARS = 2_000

const schema = z.strictObject({
  file_path: z.string().describe("Absolute path of the file"),
  old_string: z.string().describe("The text to replace"),
  new_string: z.string().describe("What takes its place"),
  replace_all: z.boolean().optional().describe("Replace every occurrence instead of exactly one"),
})
export type EditInput = z.infer<typeof schema>

export const edit: Tool<EditInput> = {
  name: "Edit",
  prompt,
  schema,
  offered: "always",
  normalize: (input, place) => ({ ...input, file_path: absolutePath(input.file_path, place) }),
  access: (input, place) => [{ kind: "write", path: absolutePath(input.file_path, place) }],
  title: (input, place) => shownPath(absolutePath(input.file_path, place), place.cwd),
  check: (input, ctx) => problemOfPlan(() => plan(input, ctx)),
  async preview(input, ctx) {
    const path = absolutePath(input.file_path, ctx)
    const { now } = await findTarget(path, ctx)
    if (now === null || input.old_string === "") return previewChange(path, null, input.new_string)
    const before = decodeText(now.bytes).text
    return previewChange(path, before, replaceExact(before, input.old_string, input.new_string).text)
  },
  // biome-ignore lint/correctness/useYield: an edit is done before there is progress to tell
  async *run(input, ctx) {
    try {
      return await carryOut(await plan(input, ctx))
    } catch (error) {
      return failed((error as Error).message)
    }
  },
}

async function plan(input: EditInput, ctx: ToolContext): Promise<Plan> {
  const path = absolutePath(input.file_path, ctx)
  if (input.old_string === input.new_string)
    return refused("No changes to make: old_string and new_string are exactly the same.")
  const target = await findTarget(path, ctx)
  if (input.old_string === "") return create(input, target, ctx)
  if (target.now === null) {
    const near = await nearPath(path, ctx.cwd)
    return refused(`File does not exist. Note: your current working directory is ${ctx.cwd}.${near}`)
  }
  if (path.toLowerCase().endsWith(".ipynb"))
    return refused("File is a Jupyter Notebook. Use NotebookEdit to edit it.")
  if (looksBinary(target.now.bytes)) return refused("This tool cannot edit binary files.")

  const seen = ctx.files.get(target.real)
  const wasRead = seen !== undefined && !seen.partial
  if (!wasRead && ctx.unreadEdits !== "allowed") return refused(NOT_READ)
  const stale = seen !== undefined && seen.hash !== target.now.hash
  const decoded = decodeText(target.now.bytes)
  const { count, text } = replaceExact(decoded.text, input.old_string, input.new_string)
  const problem = problemOf(input, count, stale)
  if (problem !== null) return refused(problem)
  return async () => {
    await save(target, { ...decoded, text }, ctx, wasRead)
    return changed({
      path,
      before: decoded.text,
      after: text,
      content: successText(input, path, { stale, wasRead }),
      record: (structuredPatch, originalFile) => ({
        filePath: path,
        oldString: input.old_string,
        newString: input.new_string,
        originalFile,
        structuredPatch,
        userModified: false,
        replaceAll: input.replace_all === true,
        ...(stale ? { staleRecovered: true } : {}),
      }),
    })
  }
}

function create(input: EditInput, target: Target, ctx: ToolContext): Plan {
  if (target.now !== null && target.now.bytes.length > 0)
    return refused("Cannot create new file - file already exists.")
  return () => made(input, target, ctx)
}

async function made(input: EditInput, target: Target, ctx: ToolContext): Promise<ToolOutput> {
  await save(target, { text: input.new_string, encoding: "utf8", bom: false }, ctx, true)
  return changed({
    path: target.path,
    before: target.now === null ? null : "",
    after: input.new_string,
    content: `File created successfully at: ${target.path}`,
    record: (structuredPatch, originalFile) => ({
      filePath: target.path,
      oldString: "",
      newString: input.new_string,
      originalFile,
      structuredPatch,
      userModified: false,
      replaceAll: false,
    }),
  })
}

async function save(target: Target, content: Decoded, ctx: ToolContext, known: boolean): Promise<void> {
  const bytes = encodeText(content)
  await writeTarget(target, bytes)
  // A file that was never read stays unread: its other parts are still unknown to the model.
  if (known) ctx.files.set(target.real, { hash: contentHash(bytes), partial: false })
}

function problemOf(input: EditInput, count: number, stale: boolean): string | null {
  if (count === 1) return null
  // What the model knows of the file is outdated, so no text of ours about matches would help it.
  if (stale) return MODIFIED
  const quoted = firstChars(input.old_string, QUOTED_CHARS)
  if (count === 0) return `String to replace not found in file.\nString: ${quoted}`
  if (input.replace_all === true) return null
  return `Found ${count} matches of the string to replace, but replace_all is false. ${SEVERAL}\nString: ${quoted}`
}

function successText(
  input: EditInput,
  path: string,
  state: { readonly stale: boolean; readonly wasRead: boolean },
) {
  if (input.replace_all === true)
    return `The file ${path} has been updated. All occurrences were successfully replaced.`
  const text = `The file ${path} has been updated successfully.`
  if (state.stale)
    return `${text} (note: the file had been modified on disk since you last read it — the edit was applied to its current content; read it again before you rely on the rest)`
  return state.wasRead ? `${text} (file state is current in your context — no need to Read it back)` : text
}
