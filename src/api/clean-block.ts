/**
 * One block of the record as the service takes it, or null when it must be left out. Total over garbage, and a
 * function of the block alone, so that what was sent once is sent the same way for ever (the prompt cache).
 */
import { type Block, isBlock, type MediaSource, type ResultContent } from "../model/block.ts"

/** Base64 characters of one image (platform docs: 5 MB). */
const MAX_IMAGE_CHARS = 5 * 1024 * 1024
/** Base64 characters of one PDF; the body's limit is 32 MB. */
const MAX_PDF_CHARS = 20 * 1024 * 1024
const NAME = /^[a-zA-Z0-9_-]{1,128}$/

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Half a surrogate pair makes the whole body invalid JSON for the service. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed()
}

/** The same value with every string and key well-formed; the very same object when nothing was wrong. */
function wellFormedDeep(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value)
  if (Array.isArray(value)) {
    const items = value.map(wellFormedDeep)
    return items.every((item, at) => item === value[at]) ? value : items
  }
  if (!isFields(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [wellFormed(key), wellFormedDeep(item)] as const)
  return entries.every(([key, item]) => value[key] === item) ? value : Object.fromEntries(entries)
}

/** A text block stands in for what cannot be sent, so that the model knows that something was there. */
export function placeholder(what: string): Block {
  return { type: "text", text: `[${what}]` }
}

function cleanText(block: Fields): Block | null {
  if (typeof block.text !== "string" || block.text.trim() === "") return null
  const text = wellFormed(block.text)
  return Array.isArray(block.citations) && block.citations.length > 0
    ? { type: "text", text, citations: wellFormedDeep(block.citations) as readonly unknown[] }
    : { type: "text", text }
}

/** The image type the first bytes show. */
function imageType(data: string): string | null {
  const head = Buffer.from(data.slice(0, 24), "base64").toString("latin1")
  if (head.startsWith("\x89PNG")) return "image/png"
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg"
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "image/gif"
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp"
  return null
}

const UNREADABLE_IMAGE = "an image that could not be read was left out"
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

function cleanImage(block: Fields): Block {
  const source = isFields(block.source) ? block.source : {}
  const linked = linkedSource(source)
  if (linked) return { type: "image", source: linked }
  const { data } = source
  if (source.type !== "base64" || typeof data !== "string") return placeholder(UNREADABLE_IMAGE)
  if (data.length > MAX_IMAGE_CHARS) return placeholder("an image over the size limit of 5 MB was left out")
  if (!BASE64.test(data)) return placeholder(UNREADABLE_IMAGE)
  const media_type = imageType(data)
  if (!media_type) return placeholder("an image that is no png, jpeg, gif or webp was left out")
  return { type: "image", source: { type: "base64", media_type, data } }
}

function linkedSource(source: Fields): MediaSource | null {
  if (source.type === "url" && typeof source.url === "string" && /^https?:/.test(source.url))
    return { type: "url", url: wellFormed(source.url) }
  if (source.type === "file" && typeof source.file_id === "string" && source.file_id !== "")
    return { type: "file", file_id: wellFormed(source.file_id) }
  return null
}

function cleanDocument(block: Fields): Block {
  const source = isFields(block.source) ? block.source : {}
  const title =
    typeof block.title === "string" && block.title.trim() !== "" ? { title: wellFormed(block.title) } : {}
  const linked = linkedSource(source)
  if (linked) return { type: "document", source: linked, ...title }
  const { data } = source
  if (source.type === "text" && typeof data === "string" && data.trim() !== "")
    return {
      type: "document",
      source: { type: "text", media_type: "text/plain", data: wellFormed(data) },
      ...title,
    }
  const pdf = source.type === "base64" && typeof data === "string" && data.startsWith("JVBERi")
  if (!pdf || !BASE64.test(data)) return placeholder("a document that could not be read was left out")
  if (data.length > MAX_PDF_CHARS) return placeholder("a document over the size limit was left out")
  return { type: "document", source: { type: "base64", media_type: "application/pdf", data }, ...title }
}

/** Ids and names from other programs may have characters the service refuses. */
function cleanId(id: unknown): string | null {
  if (typeof id !== "string" || id === "") return null
  return id.replace(/[^a-zA-Z0-9_-]/g, "_")
}

function cleanResultPart(part: unknown): ResultContent | null {
  if (!isFields(part)) return null
  switch (part.type) {
    case "text":
      return cleanText(part) as ResultContent | null
    case "image":
      return cleanImage(part) as ResultContent
    case "document":
      return cleanDocument(part) as ResultContent
    case "tool_reference":
      return typeof part.tool_name === "string" && NAME.test(part.tool_name)
        ? { type: "tool_reference", tool_name: part.tool_name }
        : null
    case "search_result":
      return wellFormedDeep(part) as ResultContent
    default:
      return null
  }
}

function cleanResult(block: Fields): Block | null {
  const tool_use_id = cleanId(block.tool_use_id)
  if (!tool_use_id) return null
  const failed = block.is_error === true
  const content = Array.isArray(block.content)
    ? block.content.flatMap((part) => {
        const clean = cleanResultPart(part)
        // A failed result may hold text only.
        return clean && (!failed || clean.type === "text") ? [clean] : []
      })
    : typeof block.content === "string"
      ? wellFormed(block.content)
      : ""
  return {
    type: "tool_result",
    tool_use_id,
    content: content.length === 0 ? "" : content,
    ...(failed ? { is_error: true } : {}),
  }
}

/** Of a user message. */
export function cleanUserBlock(raw: unknown): Block | null {
  if (!isFields(raw)) return null
  switch (raw.type) {
    case "text":
      return cleanText(raw)
    case "image":
      return cleanImage(raw)
    case "document":
      return cleanDocument(raw)
    case "tool_result":
      return cleanResult(raw)
    case "search_result":
    case "container_upload":
      return wellFormedDeep(raw) as Block
    default:
      return null
  }
}

const SERVER_CALLS = new Set(["server_tool_use", "mcp_tool_use"])

/** A call that ran at the service; its result stands in the same assistant message. */
export function isServerCall(block: Block): boolean {
  return SERVER_CALLS.has(block.type)
}

export function isServerResult(block: Block): boolean {
  return block.type !== "tool_result" && block.type.endsWith("_tool_result")
}

/** The call that a service result answers; null for every other block. */
export function serverResultId(block: Block): string | null {
  const id = (block as { readonly tool_use_id?: unknown }).tool_use_id
  return isServerResult(block) && typeof id === "string" ? id : null
}

export function isThinking(block: Block | undefined): boolean {
  return block !== undefined && (isBlock(block, "thinking") || isBlock(block, "redacted_thinking"))
}

/** Of an assistant message. Thinking is passed on unmodified or not at all: its signature covers every byte. */
export function cleanAssistantBlock(raw: unknown): Block | null {
  if (!isFields(raw) || typeof raw.type !== "string") return null
  switch (raw.type) {
    case "text":
      return cleanText(raw)
    case "thinking": {
      const { thinking, signature } = raw
      if (typeof thinking !== "string" || typeof signature !== "string" || signature === "") return null
      if (!thinking.isWellFormed() || !signature.isWellFormed()) return null
      return { type: "thinking", thinking, signature }
    }
    case "redacted_thinking":
      return typeof raw.data === "string" && raw.data !== "" && raw.data.isWellFormed()
        ? { type: "redacted_thinking", data: raw.data }
        : null
    case "tool_use": {
      const id = cleanId(raw.id)
      if (!id || typeof raw.name !== "string") return null
      const name = raw.name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 128) || "unknown"
      const input = isFields(raw.input) ? (wellFormedDeep(raw.input) as Fields) : {}
      return { type: "tool_use", id, name, input }
    }
    case "compaction":
    case "container_upload":
      return wellFormedDeep(raw) as Block
    default: {
      const block = raw as Block
      const id = isServerCall(block) ? raw.id : isServerResult(block) ? raw.tool_use_id : undefined
      return typeof id === "string" && id !== "" ? (wellFormedDeep(raw) as Block) : null
    }
  }
}
