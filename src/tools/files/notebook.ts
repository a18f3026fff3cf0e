/** Jupyter notebooks (nbformat 4): read as cells, written back as Jupyter writes them. */
import * as z from "zod"

/** spec/tools.md Read. */
export const NOTEBOOK_BYTES = 100 * 1024 * 1024

const text = z.union([z.string(), z.array(z.string())])
const cell = z.looseObject({
  cell_type: z.string(),
  id: z.string().optional(),
  source: text,
  outputs: z.array(z.looseObject({ output_type: z.string() })).optional(),
})
const notebook = z.looseObject({
  cells: z.array(cell),
  metadata: z
    .looseObject({ language_info: z.looseObject({ name: z.string().optional() }).optional() })
    .optional(),
  nbformat: z.number().optional(),
  nbformat_minor: z.number().optional(),
})

export type Notebook = z.infer<typeof notebook>
export type NotebookCell = z.infer<typeof cell>

/** Keys in their order. Throws an Error whose message is fit for the model. */
export function parseNotebook(source: string): Notebook {
  let raw: unknown
  try {
    raw = JSON.parse(source)
  } catch (error) {
    throw new Error(`The notebook is not valid JSON: ${(error as Error).message}`)
  }
  const parsed = notebook.safeParse(raw)
  // Not what the schema made of it: that has its own order of keys.
  if (parsed.success) return raw as Notebook
  const issue = parsed.error.issues[0]
  throw new Error(`The file is no notebook: ${issue?.path.join(".") || "top level"}: ${issue?.message}`)
}

/** As `parseNotebook`, for writing it back: numbers stay as they are written (`1.0`, more digits than a number holds). */
export function parseForWriting(source: string): Notebook {
  parseNotebook(source)
  return JSON.parse(source, (_key, value: unknown, context?: { readonly source: string }) =>
    typeof value === "number" && context !== undefined && String(value) !== context.source
      ? rawJson(context.source)
      : value,
  )
}

// In the language since 2025; not in the library's declarations yet.
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

export function joined(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join("")
}

export function languageOf(book: Notebook): string {
  return book.metadata?.language_info?.name ?? "python"
}

/** The id the model names a cell by: its own, or `cell-3` for the fourth cell of an old notebook. */
export function cellId(one: NotebookCell, index: number): string {
  return one.id ?? `cell-${index}`
}
