/** Write: a whole file, replaced atomically; an existing one only after it was read (spec/tools.md Write). */
import * as z from "zod"
import { contentHash } from "../lib/content-hash.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { changed, MODIFIED, NOT_READ, previewChange } from "./files/changed.ts"
import { carryOut, type Plan, problemOfPlan } from "./files/planned.ts"
import { findTarget, type Target, writeTarget } from "./files/target.ts"
import { decodeText, encodeText, lineEnd, looksBinary } from "./files/text.ts"
import { absolutePath, shownPath } from "./paths.ts"
import { refused } from "./result.ts"
import prompt from "./write.md" with { type: "text" }

const schema = z.strictObject({
  file_path: z.string().describe("Absolute path of the file"),
  content: z.string().describe("The whole content of the file"),
})
export type WriteInput = z.infer<typeof schema>

export const write: Tool<WriteInput> = {
  name: "Write",
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
    return previewChange(path, now === null ? null : textOfTarget(now.bytes), input.content)
  },
  // biome-ignore lint/correctness/useYield: a write is done before there is progress to tell
  async *run(input, ctx) {
    try {
      return await carryOut(await plan(input, ctx))
    } catch (error) {
      return failed((error as Error).message)
    }
  },
}

async function plan(input: WriteInput, ctx: ToolContext): Promise<Plan> {
  const path = absolutePath(input.file_path, ctx)
  const target = await findTarget(path, ctx)
  if (target.now !== null) {
    const seen = ctx.files.get(target.real)
    const notebook = path.toLowerCase().endsWith(".ipynb")
    const mayGuess = ctx.unreadEdits === "allowed" && seen === undefined && !notebook
    if (!mayGuess && (seen === undefined || seen.partial)) return refused(NOT_READ)
    if (seen !== undefined && seen.hash !== target.now.hash) return refused(MODIFIED)
  }
  return () => replace(input, target, ctx)
}

async function replace(input: WriteInput, target: Target, ctx: ToolContext): Promise<ToolOutput> {
  const { path } = target
  const bytes = encodeLike(target, input.content)
  await writeTarget(target, bytes)
  ctx.files.set(target.real, { hash: contentHash(bytes), partial: false })
  const before = target.now === null ? null : textOfTarget(target.now.bytes)
  return changed({
    path,
    before,
    after: input.content,
    content:
      before === null
        ? `File created successfully at: ${path}`
        : `The file ${path} has been updated successfully.`,
    record: (structuredPatch, originalFile) => ({
      type: before === null ? "create" : "update",
      filePath: path,
      content: input.content,
      structuredPatch,
      originalFile,
      userModified: false,
    }),
  })
}

/** The model sees text without its encoding, so a replaced file keeps encoding, mark and line ends. */
function encodeLike(target: Target, content: string): Uint8Array {
  const plain = Buffer.from(content, "utf8")
  if (target.now === null || target.now.bytes.length === 0 || looksBinary(target.now.bytes)) return plain
  const old = decodeText(target.now.bytes)
  const text =
    lineEnd(old.text) === "\r\n" && !content.includes("\r\n") ? content.replaceAll("\n", "\r\n") : content
  try {
    return encodeText({ ...old, text })
  } catch {
    // Latin-1 that no longer holds the text: UTF-8 holds everything.
    return Buffer.from(text, "utf8")
  }
}

function textOfTarget(bytes: Buffer): string {
  return looksBinary(bytes) ? "" : decodeText(bytes).text
}
