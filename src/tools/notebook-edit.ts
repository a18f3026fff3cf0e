/** NotebookEdit: one cell replaced, inserted or deleted; the rest of the notebook stays as Jupyter wrote it. */
import { randomBytes } from "node:crypto"
import * as z from "zod"
import { contentHash } from "../lib/content-hash.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { changed, MODIFIED, NOT_READ } from "./files/changed.ts"
import {
  cellId,
  joined,
  languageOf,
  type Notebook,
  type NotebookCell,
  parseForWriting,
} from "./files/notebook.ts"
import { carryOut, type Plan, problemOfPlan } from "./files/planned.ts"
import { findTarget, type Target, writeTarget } from "./files/target.ts"
import { type Decoded, decodeText, encodeText } from "./files/text.ts"
import prompt from "./notebook-edit.md" with { type: "text" }
import { absolutePath, shownPath } from "./paths.ts"
import { refused } from "./result.ts"

const schema = z.strictObject({
  notebook_path: z.string().describe("Absolute path of the notebook"),
  cell_id: z.string().optional().describe("Id of the cell, as Read shows it"),
  new_source: z.string().describe("Source of the cell"),
  cell_type: z.enum(["code", "markdown"]).optional().describe("Kind of the cell; needed for insert"),
  edit_mode: z.enum(["replace", "insert", "delete"]).optional().describe("replace by default"),
})
export type NotebookEditInput = z.infer<typeof schema>

export const notebookEdit: Tool<NotebookEditInput> = {
  name: "NotebookEdit",
  prompt,
  schema,
  offered: "always",
  normalize: (input, place) => ({ ...input, notebook_path: absolutePath(input.notebook_path, place) }),
  access: (input, place) => [{ kind: "write", path: absolutePath(input.notebook_path, place) }],
  title: (input, place) => shownPath(absolutePath(input.notebook_path, place), place.cwd),
  check: (input, ctx) => problemOfPlan(() => plan(input, ctx)),
  // biome-ignore lint/correctness/useYield: an edit is done before there is progress to tell
  async *run(input, ctx) {
    try {
      return await carryOut(await plan(input, ctx))
    } catch (error) {
      return failed((error as Error).message)
    }
  },
}

async function plan(input: NotebookEditInput, ctx: ToolContext): Promise<Plan> {
  const path = absolutePath(input.notebook_path, ctx)
  if (!path.toLowerCase().endsWith(".ipynb"))
    return refused("File must be a Jupyter notebook (.ipynb file). For other files use Edit.")
  const mode = input.edit_mode ?? "replace"
  if (mode === "insert" && input.cell_type === undefined)
    return refused("Cell type is required when using edit_mode=insert.")
  if (mode !== "insert" && input.cell_id === undefined)
    return refused(`Cell id is required when using edit_mode=${mode}.`)
  const target = await findTarget(path, ctx)
  if (target.now === null) return refused("Notebook file does not exist.")
  const seen = ctx.files.get(target.real)
  if (seen === undefined || seen.partial) return refused(NOT_READ)
  if (seen.hash !== target.now.hash) return refused(MODIFIED)

  const decoded = decodeText(target.now.bytes)
  const book = parseForWriting(decoded.text)
  const at =
    input.cell_id === undefined ? -1 : book.cells.findIndex((cell, i) => cellId(cell, i) === input.cell_id)
  if (input.cell_id !== undefined && at === -1)
    return refused(`Cell with ID "${input.cell_id}" not found in notebook.`)
  return () => apply(input, { target, decoded, book, at, mode }, ctx)
}

interface Found {
  readonly target: Target
  readonly decoded: Decoded
  readonly book: Notebook
  /** Of the cell that is named; -1 for none. */
  readonly at: number
  readonly mode: "replace" | "insert" | "delete"
}

async function apply(input: NotebookEditInput, found: Found, ctx: ToolContext): Promise<ToolOutput> {
  const { target, decoded, book, at, mode } = found
  const { path } = target
  const old = book.cells[at]
  const done = edited(book, at, mode, input)
  const text =
    JSON.stringify({ ...book, cells: done.cells }, null, indentOf(decoded.text)) +
    (decoded.text.endsWith("\n") ? "\n" : "")
  const bytes = encodeText({ ...decoded, text })
  await writeTarget(target, bytes)
  ctx.files.set(target.real, { hash: contentHash(bytes), partial: false })
  return changed({
    path,
    before: decoded.text,
    after: text,
    content: sentence(mode, done.id, input.new_source),
    record: (_patch, original) => ({
      new_source: input.new_source,
      ...(old && mode !== "insert" ? { old_source: joined(old.source) } : {}),
      cell_id: done.id,
      cell_type: done.type,
      language: languageOf(book),
      edit_mode: mode,
      notebook_path: path,
      original_file: original ?? "",
      updated_file: original === null ? "" : text,
    }),
  })
}

function edited(book: Notebook, at: number, mode: "replace" | "insert" | "delete", input: NotebookEditInput) {
  const cells = [...book.cells]
  const old = cells[at]
  const kind = input.cell_type ?? (old?.cell_type === "markdown" ? "markdown" : "code")
  switch (mode) {
    case "delete":
      cells.splice(at, 1)
      return { cells, id: input.cell_id ?? "", type: kind }
    case "insert": {
      const fresh = newCell(book, kind, input.new_source)
      cells.splice(at + 1, 0, fresh)
      return { cells, id: cellId(fresh, at + 1), type: kind }
    }
    case "replace": {
      // Keys keep their places, so that nothing but the cell shows as changed.
      const cell: NotebookCell = { ...old, cell_type: kind, source: sourceLines(input.new_source) }
      const { outputs: _outputs, execution_count: _count, ...text } = cell
      cells[at] = kind === "code" ? { ...cell, execution_count: null, outputs: [] } : text
      return { cells, id: input.cell_id ?? "", type: kind }
    }
  }
}

function newCell(book: Notebook, kind: "code" | "markdown", source: string): NotebookCell {
  // Cells have ids since nbformat 4.5.
  const named = (book.nbformat ?? 4) > 4 || (book.nbformat_minor ?? 0) >= 5
  // In the order of the alphabet, as Jupyter writes them.
  return {
    cell_type: kind,
    ...(kind === "code" ? { execution_count: null } : {}),
    ...(named ? { id: randomBytes(4).toString("hex") } : {}),
    metadata: {},
    ...(kind === "code" ? { outputs: [] } : {}),
    source: sourceLines(source),
  }
}

/** Jupyter stores a source as lines that keep their line feeds. */
function sourceLines(source: string): string[] {
  return source === "" ? [] : source.split(/(?<=\n)/)
}

function indentOf(text: string): number | string {
  return /^[^\n]*\n([ \t]+)/.exec(text)?.[1] ?? (text.includes("\n") ? 1 : 0)
}

function sentence(mode: "replace" | "insert" | "delete", id: string, source: string): string {
  switch (mode) {
    case "replace":
      return `Updated cell ${id} with ${source}`
    case "insert":
      return `Inserted cell ${id} with ${source}`
    case "delete":
      return `Deleted cell ${id}`
  }
}
