/** Read: regular files only, bounded whatever their size, and remembered for the checks of Edit and Write. */
import { realpath } from "node:fs/promises"
import { extname } from "node:path"
import * as z from "zod"
import { contentHash } from "../lib/content-hash.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { explainError } from "./files/explain-error.ts"
import { fitPicture, IMAGE_FILE_BYTES, imageBlock, imageType } from "./files/image.ts"
import { EDITABLE_BYTES } from "./files/limits.ts"
import { nearPath } from "./files/near.ts"
import { NOTEBOOK_BYTES } from "./files/notebook.ts"
import { NotReadable, type OpenFile, openRegular, readRegular } from "./files/open.ts"
import { readNotebook } from "./files/read-notebook.ts"
import { readPdf } from "./files/read-pdf.ts"
import { readText } from "./files/read-text.ts"
import { decodeText, looksBinary } from "./files/text.ts"
import { absolutePath, shownPath } from "./paths.ts"
import prompt from "./read.md" with { type: "text" }
import { sizeText } from "./result.ts"

/** What of a file tells its kind; as much as git and ripgrep look at. */
const SNIFF_BYTES = 8 * 1024
/** Files that are no text although they may lack a NUL early on. */
const BINARY_NAMES = new Set(
  ".exe .dll .so .dylib .o .a .class .jar .war .wasm .pyc .zip .gz .tgz .bz2 .xz .zst .7z .rar .tar .bin .dat .db .sqlite .sqlite3 .mp3 .mp4 .mov .avi .mkv .webm .ogg .flac .wav .woff .woff2 .ttf .otf .eot .ico .tiff .bmp .heic .psd .doc .docx .xls .xlsx .ppt .pptx".split(
    " ",
  ),
)

const schema = z.strictObject({
  file_path: z.string().describe("Absolute path of the file"),
  offset: z.number().optional().describe("First line to read, counted from 1"),
  limit: z.number().optional().describe("Number of lines to read"),
  pages: z.string().optional().describe('Pages of a PDF, such as "3" or "1-5"; at most 20'),
  allow_large: z.boolean().optional().describe("Read past the usual size limits"),
})
export type ReadInput = z.infer<typeof schema>

export const read: Tool<ReadInput> = {
  name: "Read",
  prompt,
  schema,
  offered: "always",
  normalize: (input, place) => ({ ...input, file_path: absolutePath(input.file_path, place) }),
  access: (input, place) => [{ kind: "read", path: absolutePath(input.file_path, place) }],
  title: (input, place) => shownPath(absolutePath(input.file_path, place), place.cwd),
  // biome-ignore lint/correctness/useYield: a read is done before there is progress to tell
  async *run(input, ctx) {
    const path = absolutePath(input.file_path, ctx)
    let open: OpenFile | undefined
    try {
      if (path.includes("\0")) throw new NotReadable("The path contains a NUL character.")
      open = await openRegular(path)
      return await show(open, path, input, ctx)
    } catch (error) {
      ctx.signal.throwIfAborted()
      if (error instanceof NotReadable) return failed(error.message)
      return failed(await explain(error as NodeJS.ErrnoException, path, ctx))
    } finally {
      await open?.file.close()
    }
  },
}

async function show(open: OpenFile, path: string, input: ReadInput, ctx: ToolContext): Promise<ToolOutput> {
  const start = Buffer.alloc(SNIFF_BYTES)
  const { bytesRead } = await open.file.read(start, 0, SNIFF_BYTES, 0)
  const sniff = start.subarray(0, bytesRead)
  const picture = imageType(sniff)
  if (picture !== null) {
    if (open.size > IMAGE_FILE_BYTES)
      throw new NotReadable(`The image file is larger than ${sizeText(IMAGE_FILE_BYTES)}.`)
    const fitted = await fitPicture(await readRegular(path, IMAGE_FILE_BYTES), picture)
    const { base64, type, dimensions } = fitted
    return {
      content: [imageBlock(fitted)],
      data: { type: "image", file: { base64, type, originalSize: open.size, dimensions } },
      view: {
        kind: "text",
        summary: `Read image (${dimensions.originalWidth}×${dimensions.originalHeight})`,
      },
    }
  }
  if (sniff.toString("latin1").startsWith("%PDF-")) return readPdf(open.size, path, input.pages, ctx)
  if (input.pages !== undefined) throw new NotReadable("`pages` is for PDF files; use offset and limit.")
  if (extname(path).toLowerCase() === ".ipynb") {
    if (open.size > NOTEBOOK_BYTES)
      throw new NotReadable(`The notebook is larger than ${sizeText(NOTEBOOK_BYTES)} and cannot be read.`)
    const bytes = await readRegular(path, NOTEBOOK_BYTES)
    const output = await readNotebook(path, decodeText(bytes).text)
    ctx.files.set(await realpath(path), { hash: contentHash(bytes), partial: false })
    return output
  }
  if (looksBinary(sniff) || (BINARY_NAMES.has(extname(path).toLowerCase()) && !isText(sniff)))
    throw new NotReadable(
      "This tool cannot read binary files. Look at it with a program for its format in Bash, such as file, xxd or unzip -l.",
    )

  const wide = (await wideFile(sniff, path, open.size)) ?? open
  try {
    const { output, partial } = await readText(
      wide,
      { path, offset: input.offset, limit: input.limit, allowLarge: input.allow_large === true },
      ctx,
    )
    await remember(path, open, partial, ctx)
    return output
  } finally {
    if (wide !== open) await wide.file.close()
  }
}

/** UTF-16 has no single-byte line feeds to scan for, so it goes through memory as UTF-8. Null for everything else. */
async function wideFile(sniff: Buffer, path: string, size: number): Promise<OpenFile | null> {
  const utf16 = (sniff[0] === 0xff && sniff[1] === 0xfe) || (sniff[0] === 0xfe && sniff[1] === 0xff)
  if (!utf16) return null
  const bytes = Buffer.from(decodeText(await readRegular(path, EDITABLE_BYTES)).text)
  return { size, mtimeMs: 0, file: memoryFile(bytes) }
}

function memoryFile(bytes: Buffer): OpenFile["file"] {
  return {
    async read(target: Buffer, _at: number, length: number, position: number) {
      return { bytesRead: bytes.copy(target, 0, position, position + length), buffer: target }
    },
    async close() {},
  } as unknown as OpenFile["file"]
}

async function remember(path: string, open: OpenFile, partial: boolean, ctx: ToolContext): Promise<void> {
  if (open.size > EDITABLE_BYTES) return
  const bytes = await readRegular(path, EDITABLE_BYTES)
  ctx.files.set(await realpath(path), { hash: contentHash(bytes), partial })
}

function isText(sniff: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(sniff, { stream: true })
    return true
  } catch {
    return false
  }
}

async function explain(error: NodeJS.ErrnoException, path: string, ctx: ToolContext): Promise<string> {
  if (error.code === "ENOENT" || error.code === "ENOTDIR")
    return `File does not exist. Note: your current working directory is ${ctx.cwd}.${await nearPath(path, ctx.cwd)}`
  return explainError(error, path, "read")
}
