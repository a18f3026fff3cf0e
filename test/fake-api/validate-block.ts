/** The rules for single content blocks. */
import { isObject, type Json, noExtras, reject } from "./rejection.ts"

const MAX_IMAGE_BYTES = 5 * 1024 * 1024
const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const TOOL_ID = /^[a-zA-Z0-9_-]+$/
const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"]
const IMAGE_MAGIC: Readonly<Record<string, RegExp>> = {
  "image/png": /^\x89PNG/,
  "image/jpeg": /^\xff\xd8\xff/,
  "image/gif": /^GIF8[79]a/,
  "image/webp": /^RIFF....WEBP/s,
}

const BLOCK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["type", "text", "cache_control", "citations"],
  image: ["type", "source", "cache_control"],
  document: ["type", "source", "cache_control", "title", "context", "citations"],
  tool_use: ["type", "id", "name", "input", "cache_control", "caller"],
  tool_result: ["type", "tool_use_id", "content", "is_error", "cache_control"],
  thinking: ["type", "thinking", "signature"],
  redacted_thinking: ["type", "data"],
}
const USER_TYPES = /^(text|image|document|tool_result|search_result|container_upload|tool_reference)$/
const ASSISTANT_TYPES =
  /^(text|thinking|redacted_thinking|tool_use|server_tool_use|mcp_tool_use|compaction|container_upload|[a-z_]+_tool_result)$/

export function checkBlock(block: Json, where: string, role: string, images: { count: number }) {
  const type = String(block.type)
  if (!(role === "user" ? USER_TYPES : ASSISTANT_TYPES).test(type)) {
    if (USER_TYPES.test(type) || ASSISTANT_TYPES.test(type))
      reject(
        `${where}: \`${type}\` blocks can only be specified in \`${role === "user" ? "assistant" : "user"}\` messages`,
      )
    reject(`${where}: Input tag '${type}' found using 'type' does not match any of the expected tags`)
  }
  const known = BLOCK_FIELDS[type]
  if (known) noExtras(block, known, `${where}.${type}`)
  switch (type) {
    case "text":
      if (typeof block.text !== "string") reject(`${where}.text.text: Input should be a valid string`)
      if (block.text === "" && block.cache_control)
        reject(`${where}.text.cache_control: cache_control cannot be set for empty text blocks`)
      if (block.text === "") reject("messages: text content blocks must be non-empty")
      if (block.text.trim() === "") reject("messages: text content blocks must contain non-whitespace text")
      return
    case "image":
      images.count++
      checkImage(block, where)
      return
    case "document":
      images.count++
      checkDocument(block, where)
      return
    case "tool_use":
      if (typeof block.id !== "string" || !TOOL_ID.test(block.id))
        reject(`${where}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`)
      if (typeof block.name !== "string" || !NAME.test(block.name))
        reject(`${where}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
      if (!isObject(block.input)) reject(`${where}.tool_use.input: Input should be a valid dictionary`)
      return
    case "tool_result":
      checkResult(block, where, images)
      return
    case "thinking":
      if (typeof block.thinking !== "string") reject(`${where}.thinking.thinking: Field required`)
      if (typeof block.signature !== "string") reject(`${where}.thinking.signature: Field required`)
      if (block.signature === "") reject(`${where}: Invalid \`signature\` in \`thinking\` block`)
      return
    case "redacted_thinking":
      if (typeof block.data !== "string" || block.data === "")
        reject(`${where}.redacted_thinking.data: Field required`)
  }
}

function checkImage(block: Json, where: string) {
  const source = block.source
  if (!isObject(source)) reject(`${where}.image.source: Field required`)
  if (source.type === "url" || source.type === "file") return
  if (source.type !== "base64")
    reject(
      `${where}.image.source: Input tag '${source.type}' found using 'type' does not match any of the expected tags: 'base64', 'file', 'url'`,
    )
  if (!IMAGE_TYPES.includes(String(source.media_type)))
    reject(
      `${where}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    )
  if (typeof source.data !== "string" || source.data === "")
    reject(`${where}.image.source.base64: image cannot be empty`)
  if (source.data.length > MAX_IMAGE_BYTES)
    reject(
      `${where}.image.source.base64: image exceeds 5 MB maximum: ${source.data.length} bytes > ${MAX_IMAGE_BYTES} bytes`,
    )
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(source.data))
    reject(`${where}.image.source.base64.data: Invalid base64 data`)
  const head = Buffer.from(source.data.slice(0, 32), "base64").toString("latin1")
  if (IMAGE_MAGIC[String(source.media_type)]?.test(head)) return
  if (Object.values(IMAGE_MAGIC).some((magic) => magic.test(head)))
    reject(
      `${where}.image.source.base64.data: The image was specified using the ${source.media_type} media type, but does not appear to be one`,
    )
  reject(`${where}.image.source.base64: Could not process image`)
}

function checkDocument(block: Json, where: string) {
  const source = block.source
  if (!isObject(source)) reject(`${where}.document.source: Field required`)
  switch (source.type) {
    case "url":
    case "file":
    case "content":
      return
    case "text":
      if (source.media_type !== "text/plain" || typeof source.data !== "string" || source.data === "")
        reject(`${where}.document.source.text.data: Field required`)
      return
    case "base64":
      if (source.media_type !== "application/pdf")
        reject(`${where}.document.source.base64.media_type: Input should be 'application/pdf'`)
      if (typeof source.data !== "string" || !source.data.startsWith("JVBERi"))
        reject(`${where}.document.source.base64.data: The PDF specified was not valid.`)
      return
    default:
      reject(
        `${where}.document.source: Input tag '${source.type}' found using 'type' does not match any of the expected tags`,
      )
  }
}

function checkResult(block: Json, where: string, images: { count: number }) {
  if (typeof block.tool_use_id !== "string" || !TOOL_ID.test(block.tool_use_id))
    reject(`${where}.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`)
  if (block.content === undefined || typeof block.content === "string") return
  if (!Array.isArray(block.content)) reject(`${where}.tool_result.content: Input should be a valid list`)
  for (const [at, part] of block.content.entries()) {
    const place = `${where}.tool_result.content.${at}`
    if (!isObject(part)) reject(`${place}: Input should be a valid dictionary`)
    if (!["text", "image", "document", "search_result", "tool_reference"].includes(String(part.type)))
      reject(`${place}: Input tag '${part.type}' found using 'type' does not match any of the expected tags`)
    if (block.is_error === true && part.type !== "text")
      reject(`${where}.tool_result: all content must be type "text" if "is_error" is true`)
    checkBlock(part, place, "user", images)
  }
}
