/** All cells of a notebook and their outputs, as the model reads them. */
import { type ResultContent, textOf } from "../../model/block.ts"
import type { ToolOutput } from "../../model/tool.ts"
import { excerpt, INLINE_CHARS } from "../result.ts"
import { fitPicture, imageBlock } from "./image.ts"
import { cellId, joined, languageOf, type Notebook, parseNotebook } from "./notebook.ts"

/** Of one output, as of a failed command (spec/tools.md Bash). */
const OUTPUT_CHARS = 10_000
/** As many as pages of a PDF (spec/tools.md Read). */
const MAX_PICTURES = 20
/** Four times what a search answers, about 30,000 tokens; own choice. */
const TOTAL_CHARS = INLINE_CHARS * 4

/** Throws an Error whose message is fit for the model. */
export async function readNotebook(path: string, source: string): Promise<ToolOutput> {
  const book = parseNotebook(source)
  const content: ResultContent[] = []
  let text = ""
  let pictures = 0
  for (const [index, cell] of book.cells.entries()) {
    const id = cellId(cell, index)
    const kind = cell.cell_type === "code" ? languageTag(book) : `<cell_type>${cell.cell_type}</cell_type>`
    text += `<cell id="${id}">${kind}${joined(cell.source)}</cell id="${id}">\n`
    for (const output of cell.outputs ?? []) {
      text += excerpt(outputText(output), OUTPUT_CHARS)
      const found = outputPicture(output)
      if (found === null || pictures >= MAX_PICTURES) continue
      pictures += 1
      // A picture that is broken does not take the cells with it.
      const picture = await fitPicture(...found).catch((error: Error) => error.message)
      if (typeof picture === "string") {
        text += `[${picture}]\n`
        continue
      }
      if (text !== "") content.push({ type: "text", text })
      content.push(imageBlock(picture))
      text = ""
    }
  }
  if (text !== "") content.push({ type: "text", text })
  const chars = textOf(content).length
  if (chars > TOTAL_CHARS)
    throw new Error(
      `The notebook is too large to show (${chars} characters). Read parts of it with Bash, for example: jq '.cells[:20]' '${path}'`,
    )
  return {
    content: content.length === 0 ? "The notebook has no cells." : content,
    data: { type: "notebook", file: { filePath: path, cells: book.cells } },
    view: { kind: "text", summary: `Read ${book.cells.length} cells` },
  }
}

/** Python needs no word, other languages do. */
function languageTag(book: Notebook): string {
  const language = languageOf(book)
  return language === "python" ? "" : `<language>${language}</language>`
}

function outputText(output: Readonly<Record<string, unknown>>): string {
  const { text, data, ename, evalue, traceback } = output
  if (typeof text === "string" || isTexts(text)) return `${joined(text)}\n`
  if (Array.isArray(traceback)) return `${ename}: ${evalue}\n${traceback.join("\n")}\n`
  const plain = isRecord(data) ? data["text/plain"] : undefined
  return typeof plain === "string" || isTexts(plain) ? `${joined(plain)}\n` : ""
}

function outputPicture(
  output: Readonly<Record<string, unknown>>,
): [Buffer, "image/png" | "image/jpeg"] | null {
  if (!isRecord(output.data)) return null
  for (const type of ["image/png", "image/jpeg"] as const) {
    const value = output.data[type]
    if (typeof value === "string" || isTexts(value)) return [Buffer.from(joined(value), "base64"), type]
  }
  return null
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string")
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
