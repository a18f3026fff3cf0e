/** PDF files: whole as a document when short, by pages as pictures when long and pdftoppm is there. */
import { mkdir, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { startGroup } from "../../lib/process.ts"
import type { ResultContent } from "../../model/block.ts"
import type { ToolContext, ToolOutput } from "../../model/tool.ts"
import { sizeText, spillPath } from "../result.ts"
import { fitPicture, imageBlock } from "./image.ts"
import { NotReadable, readRegular } from "./open.ts"
import { pdfPages } from "./pdf.ts"

/** What the model needs of a program's error text; own choice. */
const MAX_COMPLAINT = 1_000

/** spec/tools.md Read. */
const WHOLE_PAGES = 10
/** spec/tools.md Read. */
const RANGE_PAGES = 20
/** The API takes requests of 32 MB; base64 adds a third. */
const PDF_BYTES = 20 * 1024 * 1024
/** Of twenty pages; own choice. */
const RENDER_MS = 60_000

/** A page of print is then some 800 by 1100 pixels, which the model reads well. Own choice. */
const DOTS_PER_INCH = "100"

export async function readPdf(
  size: number,
  path: string,
  pages: string | undefined,
  ctx: ToolContext,
): Promise<ToolOutput> {
  if (pages !== undefined) return readPages(size, path, pageRange(pages), ctx)
  if (size > PDF_BYTES)
    throw new NotReadable(
      `The PDF is too large to read whole (${sizeText(size)}). Name pages, for example pages: "1-5".`,
    )
  const bytes = await readRegular(path, PDF_BYTES)
  const count = pdfPages(bytes)
  if (count !== null && count > WHOLE_PAGES)
    throw new NotReadable(
      `The PDF has ${count} pages, at most ${WHOLE_PAGES} are read at once. Name pages, for example pages: "1-5" (at most ${RANGE_PAGES} per call).`,
    )
  const base64 = bytes.toString("base64")
  return {
    content: [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: base64 } }],
    data: { type: "pdf", file: { filePath: path, base64, originalSize: size } },
    view: { kind: "text", summary: `Read PDF (${sizeText(size)})` },
  }
}

function pageRange(text: string): { readonly first: number; readonly last: number } {
  const found = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(text)
  const first = Number(found?.[1])
  const last = Number(found?.[2] ?? found?.[1])
  if (!found || first < 1 || last < first)
    throw new NotReadable(`"${text}" is no page range. Write pages as "3" or "1-5", counted from 1.`)
  if (last - first >= RANGE_PAGES) throw new NotReadable(`At most ${RANGE_PAGES} pages are read per call.`)
  return { first, last }
}

async function readPages(
  size: number,
  path: string,
  range: { readonly first: number; readonly last: number },
  ctx: ToolContext,
): Promise<ToolOutput> {
  const program = Bun.which("pdftoppm", { PATH: ctx.env.PATH ?? "" })
  if (program === null)
    throw new NotReadable(
      "Reading single pages of a PDF needs pdftoppm (package poppler-utils), which is not installed.",
    )
  const outputDir = spillPath(ctx).replace(/\.txt$/, "-pages")
  await mkdir(outputDir, { recursive: true, mode: 0o700 })
  const argv = [
    program,
    "-jpeg",
    "-r",
    DOTS_PER_INCH,
    "-f",
    `${range.first}`,
    "-l",
    `${range.last}`,
    path,
    join(outputDir, "page"),
  ] as const
  const wrapped = await ctx.spawn.wrap({
    argv: [...argv],
    cwd: ctx.cwd,
    env: ctx.env,
    // A program of our choice with arguments of ours: the sandbox is for commands of the model.
    unsandboxed: true,
  })
  let complaint = ""
  const group = startGroup({
    ...wrapped,
    onData(_stream, chunk) {
      if (complaint.length < MAX_COMPLAINT) complaint += new TextDecoder().decode(chunk)
    },
  })
  const limit = AbortSignal.any([ctx.signal, AbortSignal.timeout(RENDER_MS)])
  limit.addEventListener("abort", group.stop, { once: true })
  const exit = await group.ended
  limit.removeEventListener("abort", group.stop)
  ctx.signal.throwIfAborted()
  const files = (await readdir(outputDir)).filter((name) => name.endsWith(".jpg")).sort()
  if (exit.code !== 0 || files.length === 0)
    throw new NotReadable(
      `The pages could not be read: ${complaint.trim() || "there are none in this range"}`,
    )
  const content: ResultContent[] = []
  const shown: { base64: string; mediaType: string }[] = []
  for (const name of files.slice(0, RANGE_PAGES)) {
    const picture = await fitPicture(await readFile(join(outputDir, name)), "image/jpeg")
    content.push(imageBlock(picture))
    shown.push({ base64: picture.base64, mediaType: picture.type })
  }
  return {
    content,
    data: {
      type: "parts",
      file: { filePath: path, originalSize: size, count: content.length, outputDir },
      firstPage: range.first,
      pages: shown,
    },
    view: { kind: "text", summary: `Read ${content.length} pages` },
  }
}
