/** EditBatch: edits of several files as one patch, applied all or none, less the hunks the person rejected. Our own. */
import { dirname } from "node:path"
import * as z from "zod"
import { contentHash } from "../lib/content-hash.ts"
import { writeTogether } from "../lib/write-together.ts"
import { failed, type PatchFile, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { type PlannedFile, planEdits } from "./batch/plan.ts"
import { rejectHunks } from "./batch/reject.ts"
import prompt from "./edit-batch.md" with { type: "text" }
import { explainError } from "./files/explain-error.ts"
import { viewHunks } from "./files/patch.ts"
import { unchangedTarget } from "./files/target.ts"
import { encodeText } from "./files/text.ts"
import { absolutePath, shownPath } from "./paths.ts"
import { refused } from "./result.ts"

/** More is no longer reviewable as one patch; own choice. */
const MAX_EDITS = 200

const edit = z.strictObject({
  file_path: z.string().describe("Absolute path of the file"),
  old_string: z.string().describe("The text to replace; empty to make a new file"),
  new_string: z.string().describe("What takes its place"),
  replace_all: z.boolean().optional().describe("Replace every occurrence instead of exactly one"),
})
const schema = z.strictObject({
  edits: z.array(edit).min(1).max(MAX_EDITS).describe("The edits, in order"),
  review: z
    .array(
      z.strictObject({
        file_path: z.string(),
        before: z.string().describe("What the file was when the patch was shown"),
        rejected: z.array(z.number().int().min(0)).describe("Hunks to leave out, counted from 0"),
        hunks: z.array(z.unknown()).optional().describe("What was shown to a host"),
      }),
    )
    .optional()
    .describe("Set by the person's review; leave it out"),
})
export type EditBatchInput = z.infer<typeof schema>

export const editBatch: Tool<EditBatchInput> = {
  name: "EditBatch",
  prompt,
  schema,
  // Hooks and hosts that guard edits match on Edit and Write: who wants this one names it.
  offered: "asked",
  normalize: (input, place) => ({
    ...input,
    edits: input.edits.map((one) => ({ ...one, file_path: absolutePath(one.file_path, place) })),
  }),
  access: (input, place) =>
    [...new Set(input.edits.map((one) => absolutePath(one.file_path, place)))].map((path) => ({
      kind: "write" as const,
      path,
    })),
  title: (input, place) => {
    const paths = [...new Set(input.edits.map((one) => absolutePath(one.file_path, place)))]
    const first = shownPath(paths[0] ?? "", place.cwd)
    return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`
  },
  async check(input, ctx) {
    try {
      const plan = await planEdits(input.edits, ctx)
      return typeof plan === "string" ? refused(plan) : null
    } catch (error) {
      return failed(`Nothing was changed: ${(error as Error).message}`)
    }
  },
  async preview(input, ctx) {
    const plan = await planEdits(input.edits, ctx)
    return typeof plan === "string" ? undefined : { kind: "patch", files: plan.map((file) => viewOf(file)) }
  },
  // biome-ignore lint/correctness/useYield: the edits are done before there is progress to tell
  async *run(input, ctx) {
    try {
      return await apply(input, ctx)
    } catch (error) {
      return failed(`Nothing was changed: ${(error as Error).message}`)
    }
  },
}

async function apply(input: EditBatchInput, ctx: ToolContext): Promise<ToolOutput> {
  const plan = await planEdits(input.edits, ctx)
  if (typeof plan === "string") return refused(plan)
  const chosen: { readonly file: PlannedFile; readonly rejected: readonly number[] }[] = []
  for (const file of plan) {
    const review = input.review?.find((one) => absolutePath(one.file_path, ctx) === file.target.path)
    if (review !== undefined && review.before !== (file.target.now?.hash ?? ""))
      return refused(
        `${file.target.path} was changed by someone else while the patch was reviewed. Nothing was changed; read it and send the edits again.`,
      )
    chosen.push(
      review === undefined || review.rejected.length === 0
        ? { file, rejected: [] }
        : { file: await rejectHunks(file, review.rejected), rejected: review.rejected },
    )
  }
  const writes = chosen.filter(({ file }) => file.after !== file.before)
  const files = writes.map(({ file }) => ({
    file,
    bytes: encodeText({ ...file.encoding, text: file.after }),
  }))
  await writeTogether(
    files.map(({ file, bytes }) => ({
      path: file.target.real,
      bytes,
      verify: () => unchangedTarget(file.target),
    })),
  ).catch((error: NodeJS.ErrnoException) => {
    const failing = files.find(({ file }) => error.path?.startsWith(dirname(file.target.real)))
    throw new Error(explainError(error, failing?.file.target.path ?? "one of the files", "written"))
  })
  for (const { file, bytes } of files)
    ctx.files.set(file.target.real, { hash: contentHash(bytes), partial: false })
  return report(chosen, plan)
}

function report(
  chosen: readonly { readonly file: PlannedFile; readonly rejected: readonly number[] }[],
  plan: readonly PlannedFile[],
): ToolOutput {
  const lines = chosen.map(({ file, rejected }, index) => {
    const all = plan[index]?.hunks ?? []
    const { path } = file.target
    if (file.after === file.before)
      return file.target.now === null
        ? `${path}: not made, the person rejected it`
        : `${path}: not changed, the person rejected every hunk`
    const verb = file.target.now === null ? "created" : "updated"
    if (rejected.length === 0) return `${path}: ${verb}`
    const left = rejected.flatMap((number) => all[number]?.lines ?? []).join("\n")
    return `${path}: ${verb} without ${rejected.length} of ${all.length} hunks, which the person rejected:\n${left}`
  })
  const changed = chosen.filter(({ file }) => file.after !== file.before).map(({ file }) => file)
  return {
    content: lines.join("\n"),
    data: {
      files: chosen.map(({ file, rejected }) => ({
        filePath: file.target.path,
        structuredPatch: file.hunks,
        created: file.target.now === null,
        rejectedHunks: rejected,
      })),
    },
    view: {
      kind: "patch",
      files: changed.map((file) => ({ ...viewOf(file), hunks: viewHunks(file.hunks) })),
    },
  }
}

function viewOf(file: PlannedFile): PatchFile {
  return {
    path: file.target.path,
    created: file.target.now === null,
    before: file.target.now?.hash ?? "",
    hunks: file.hunks,
  }
}
