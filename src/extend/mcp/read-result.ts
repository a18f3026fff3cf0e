/** What a server answered, as content for the model: bounded, and nothing in it can break a request. */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { ResultContent } from "../../model/block.ts"
import type { ToolOutput } from "../../model/tool.ts"
import { isObject, type Json } from "../json.ts"

const CHARS_PER_TOKEN = 4
/** A tool may ask for more, up to this (spec/mcp.md section 3). */
const MAX_LIFTED_CHARS = 500_000
/** Of a text that was too long, from its beginning. */
const PREVIEW_CHARS = 4_000
/** Base64 characters of one image that the service takes. */
const MAX_IMAGE_CHARS = 5 * 1024 * 1024
const MAX_BLOCKS = 200
const IMAGES = new Set<unknown>(["image/png", "image/jpeg", "image/gif", "image/webp"])
/** Of a result, for people. */
const VIEW_CHARS = 2_000

export interface ResultOptions {
  readonly maxTokens: number
  /** `_meta["anthropic/maxResultSizeChars"]` of the tool. */
  readonly liftedChars?: number
  readonly spillDir: string
  /** Part of the names of files. */
  readonly id: string
}

export async function readResult(result: Json, options: ResultOptions): Promise<ToolOutput> {
  const raw = Array.isArray(result.content) ? result.content.filter(isObject).slice(0, MAX_BLOCKS) : []
  const spill = createSpill(options)
  const blocks: ResultContent[] = []
  for (const block of raw) blocks.push(await toContent(block, spill))
  const { structuredContent } = result
  if (blocks.length === 0 && structuredContent !== undefined)
    blocks.push({ type: "text", text: JSON.stringify(structuredContent) })
  const content = await cap(blocks, options, spill)
  const text = content
    .flatMap((block) => (block.type === "text" ? [(block as { text: string }).text] : []))
    .join("\n")
  const only = content.every((block) => block.type === "text") ? text || "(no output)" : content
  const isError = result.isError === true
  return {
    content: only,
    ...(isError && { isError }),
    data: isError ? `Error: ${text}` : only,
    view: { kind: "text", text: text.length <= VIEW_CHARS ? text : `${text.slice(0, VIEW_CHARS)}…` },
  }
}

/** The contents of a resource, as content for the model. */
export async function readContents(contents: readonly Json[], options: ResultOptions): Promise<ToolOutput> {
  return readResult({ content: contents.map((resource) => ({ type: "resource", resource })) }, options)
}

type Spill = (bytes: Uint8Array | string, extension: string) => Promise<string | null>

function createSpill({ spillDir, id }: ResultOptions): Spill {
  let count = 0
  return async (bytes, extension) => {
    const name = `${id.replace(/[^A-Za-z0-9_-]/g, "_")}-${++count}.${extension}`
    const file = join(spillDir, name)
    try {
      await mkdir(spillDir, { recursive: true, mode: 0o700 })
      await writeFile(file, bytes, { mode: 0o600 })
      return file
    } catch {
      return null
    }
  }
}

async function toContent(block: Json, spill: Spill): Promise<ResultContent> {
  const text = (value: string): ResultContent => ({ type: "text", text: value })
  switch (block.type) {
    case "text":
      return text(typeof block.text === "string" ? block.text : "")
    case "image":
    case "audio":
      return await media(block.data, block.mimeType, spill)
    case "resource": {
      const { resource } = block
      if (!isObject(resource)) return text("(a resource that cannot be read)")
      if (typeof resource.text === "string")
        return text(`[Resource ${String(resource.uri)}]\n${resource.text}`)
      return await media(resource.blob, resource.mimeType, spill)
    }
    case "resource_link": {
      const about = typeof block.description === "string" ? `: ${block.description}` : ""
      return text(`[Resource link ${String(block.name)} ${String(block.uri)}]${about}`)
    }
    default:
      return text(JSON.stringify(block))
  }
}

async function media(data: unknown, type: unknown, spill: Spill): Promise<ResultContent> {
  if (typeof data !== "string") return { type: "text", text: "(content without data)" }
  if (IMAGES.has(type) && data.length <= MAX_IMAGE_CHARS && /^[A-Za-z0-9+/]+={0,2}$/.test(data))
    return { type: "image", source: { type: "base64", media_type: String(type), data } }
  const bytes = Buffer.from(data, "base64")
  const extension = /^[a-z]+\/([a-z0-9]{1,8})/i.exec(String(type))?.[1] ?? "bin"
  const file = await spill(bytes, extension)
  const where = file === null ? "it could not be saved" : `saved to ${file}`
  return { type: "text", text: `[${String(type ?? "binary content")}, ${bytes.length} bytes, ${where}]` }
}

/** Text beyond the limit goes to a file; the model reads its beginning and where the rest is. */
async function cap(
  blocks: readonly ResultContent[],
  { maxTokens, liftedChars = 0 }: ResultOptions,
  spill: Spill,
): Promise<readonly ResultContent[]> {
  const limit = Math.max(maxTokens * CHARS_PER_TOKEN, Math.min(liftedChars, MAX_LIFTED_CHARS))
  const texts = blocks.flatMap((block) => (block.type === "text" ? [(block as { text: string }).text] : []))
  const all = texts.join("\n")
  if (all.length <= limit) return blocks
  const file = await spill(all, "txt")
  const where = file === null ? "The rest could not be saved." : `All of it is in ${file}; read it by parts.`
  const short = `${all.slice(0, Math.min(PREVIEW_CHARS, limit))}\n\n[… the result has ${all.length} characters, more than the limit of ${limit}. ${where} …]`
  return [{ type: "text", text: short }, ...blocks.filter((block) => block.type !== "text")]
}
