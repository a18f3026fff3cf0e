/**
 * Says what the real Messages API would reject, in its words (spec/api.md sections 1, 2, 4 and 5). Pure, and on
 * purpose independent of `src/`: a mistake in the builder must not be repeated here.
 */

export interface RequestProblem {
  readonly status: number
  readonly type: string
  readonly message: string
}

export interface ValidateOptions {
  /** Lower-case names. Without it headers are not judged. */
  readonly headers?: Readonly<Record<string, string>>
  /** `count_tokens` takes neither `max_tokens` nor `stream`. */
  readonly endpoint?: "messages" | "count_tokens"
}

type Json = Readonly<Record<string, unknown>>

export const MAX_BODY_BYTES = 32 * 1024 * 1024
const MAX_IMAGE_BYTES = 5 * 1024 * 1024
const MAX_IMAGES = 100
const MAX_CACHE_MARKS = 4
const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const TOOL_ID = /^[a-zA-Z0-9_-]+$/
const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"]
const IMAGE_MAGIC: Readonly<Record<string, RegExp>> = {
  "image/png": /^\x89PNG/,
  "image/jpeg": /^\xff\xd8\xff/,
  "image/gif": /^GIF8[79]a/,
  "image/webp": /^RIFF....WEBP/s,
}
const TOP_LEVEL = new Set(
  (
    "model max_tokens messages system tools tool_choice thinking output_config cache_control context_management " +
    "compaction stop_sequences stream metadata service_tier speed mcp_servers container fallbacks inference_geo " +
    "temperature top_p top_k"
  ).split(" "),
)
const EFFORTS = ["low", "medium", "high", "xhigh", "max"]

class Rejection extends Error {
  constructor(readonly problem: RequestProblem) {
    super(problem.message)
  }
}

function reject(message: string): never {
  throw new Rejection({ status: 400, type: "invalid_request_error", message })
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Null when the service would take the request. */
export function validateRequest(body: unknown, options: ValidateOptions = {}): RequestProblem | null {
  try {
    if (options.headers) checkHeaders(options.headers)
    if (!isObject(body)) reject("Input should be a valid dictionary")
    checkWellFormed(body)
    checkTop(body, options.endpoint ?? "messages")
    checkTools(body)
    checkThinking(body)
    checkMessages(body)
    checkMarks(body)
    return null
  } catch (error) {
    if (error instanceof Rejection) return error.problem
    throw error
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>) {
  if (!headers["x-api-key"] && !headers.authorization)
    throw new Rejection({
      status: 401,
      type: "authentication_error",
      message: "x-api-key header is required",
    })
  if (!headers["anthropic-version"]) reject("anthropic-version: header is required")
  for (const beta of (headers["anthropic-beta"] ?? "").split(",").filter(Boolean)) {
    if (!/-\d{4}-\d{2}-\d{2}$/.test(beta.trim()))
      reject(`Unexpected value(s) \`${beta.trim()}\` for the \`anthropic-beta\` header`)
  }
}

/** Half of a surrogate pair makes the body invalid JSON for the service. */
function checkWellFormed(value: unknown) {
  if (typeof value === "string") {
    if (!value.isWellFormed()) reject("The request body is not valid JSON: no low surrogate in string")
  } else if (Array.isArray(value)) for (const item of value) checkWellFormed(item)
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      checkWellFormed(key)
      checkWellFormed(item)
    }
}

function checkTop(body: Json, endpoint: "messages" | "count_tokens") {
  for (const key of Object.keys(body))
    if (!TOP_LEVEL.has(key)) reject(`${key}: Extra inputs are not permitted`)
  if (typeof body.model !== "string") reject("model: Field required")
  if (body.model === "") reject("model: String should have at least 1 character")
  if (endpoint === "messages") {
    const max = body.max_tokens
    if (max === undefined) reject("max_tokens: Field required")
    if (!Number.isInteger(max)) reject("max_tokens: Input should be a valid integer")
    if ((max as number) < 1) reject("max_tokens: Input should be greater than or equal to 1")
    const limit = maxOutput(body.model)
    if ((max as number) > limit)
      reject(
        `max_tokens: ${max} > ${limit}, which is the maximum allowed number of output tokens for ${body.model}`,
      )
  }
  if (body.stream !== undefined && typeof body.stream !== "boolean")
    reject("stream: Input should be a valid boolean")
  if (body.metadata !== undefined) {
    if (!isObject(body.metadata)) reject("metadata: Input should be a valid dictionary")
    noExtras(body.metadata, ["user_id"], "metadata")
    if (typeof body.metadata.user_id === "string" && body.metadata.user_id.length > 256)
      reject("metadata.user_id: String should have at most 256 characters")
  }
  if (body.output_config !== undefined) {
    if (!isObject(body.output_config)) reject("output_config: Input should be a valid dictionary")
    noExtras(body.output_config, ["effort", "format", "task_budget"], "output_config")
    const effort = body.output_config.effort
    if (effort !== undefined) {
      if (!EFFORTS.includes(effort as string))
        reject("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
      if (isBudgetModel(body.model)) reject("This model does not support the effort parameter.")
      if (effort === "xhigh" && /-4-6/.test(body.model))
        reject(`output_config.effort: 'xhigh' is not supported for ${body.model}`)
    }
  }
  if (body.system === undefined || typeof body.system === "string") return
  if (!Array.isArray(body.system)) reject("system: Input should be a valid list")
  for (const [at, part] of body.system.entries()) {
    if (!isObject(part) || part.type !== "text") reject(`system.${at}.type: Input should be 'text'`)
    noExtras(part, ["type", "text", "cache_control", "citations"], `system.${at}`)
    if (typeof part.text !== "string") reject(`system.${at}.text: Field required`)
    if (part.text === "") reject("system: text content blocks must be non-empty")
  }
}

/** Models of the 4.5 generation and older: extended thinking by budget, no effort. */
function isBudgetModel(model: string): boolean {
  return /claude-(3|opus-4-[015]|sonnet-4-[05]|haiku-4|opus-4-2025|sonnet-4-2025)/.test(model)
}

function maxOutput(model: string): number {
  if (/sonnet-4-5|haiku-4-5|opus-4-5/.test(model)) return 64_000
  return 128_000
}

function noExtras(value: Json, known: readonly string[], where: string) {
  for (const key of Object.keys(value))
    if (!known.includes(key)) reject(`${where}.${key}: Extra inputs are not permitted`)
}

function checkTools(body: Json) {
  const thinking = isObject(body.thinking) ? body.thinking.type : "disabled"
  if (body.tool_choice !== undefined) {
    if (!isObject(body.tool_choice)) reject("tool_choice: Input should be a valid dictionary")
    const kind = body.tool_choice.type
    if (!["auto", "any", "tool", "none"].includes(kind as string))
      reject(`tool_choice: Input tag '${kind}' found using 'type' does not match any of the expected tags`)
    if ((kind === "any" || kind === "tool") && thinking !== "disabled")
      reject("Thinking may not be enabled when tool_choice forces tool use.")
    if (!Array.isArray(body.tools) || body.tools.length === 0)
      reject("tool_choice: may only be specified while providing tools")
  }
  if (body.tools === undefined) return
  if (!Array.isArray(body.tools)) reject("tools: Input should be a valid list")
  const names = new Set<unknown>()
  for (const [at, tool] of body.tools.entries()) {
    if (!isObject(tool)) reject(`tools.${at}: Input should be a valid dictionary`)
    if (typeof tool.name !== "string" || !NAME.test(tool.name))
      reject(`tools.${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    if (names.has(tool.name)) reject("tools: Tool names must be unique.")
    names.add(tool.name)
    if (tool.type !== undefined && tool.type !== "custom") {
      if (!/^[a-z_0-9]+_\d{8}$/.test(String(tool.type)))
        reject(
          `tools.${at}: Input tag '${tool.type}' found using 'type' does not match any of the expected tags`,
        )
      continue
    }
    noExtras(
      tool,
      "type name description input_schema cache_control defer_loading eager_input_streaming strict input_examples allowed_callers".split(
        " ",
      ),
      `tools.${at}.custom`,
    )
    if (!isObject(tool.input_schema)) reject(`tools.${at}.custom.input_schema: Field required`)
    if (tool.input_schema.type !== "object")
      reject(`tools.${at}.custom.input_schema.type: Input should be 'object'`)
    for (const key of ["oneOf", "anyOf", "allOf"])
      if (key in tool.input_schema)
        reject(
          `tools.${at}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
        )
  }
}

function checkThinking(body: Json) {
  if (body.thinking === undefined) return
  if (!isObject(body.thinking)) reject("thinking: Input should be a valid dictionary")
  const { type, budget_tokens: budget } = body.thinking
  const model = String(body.model)
  switch (type) {
    case "disabled":
      noExtras(body.thinking, ["type"], "thinking.disabled")
      if (/fable|mythos/.test(model)) reject('"thinking.type.disabled" is not supported for this model.')
      return
    case "adaptive":
      noExtras(body.thinking, ["type", "display"], "thinking.adaptive")
      if (isBudgetModel(model)) reject("adaptive thinking is not supported on this model")
      break
    case "enabled":
      noExtras(body.thinking, ["type", "budget_tokens", "display"], "thinking.enabled")
      if (/claude-/.test(model) && !isBudgetModel(model) && !/-4-6/.test(model))
        reject(
          '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
        )
      if (!Number.isInteger(budget)) reject("thinking.enabled.budget_tokens: Field required")
      if ((budget as number) < 1024)
        reject("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
      if (typeof body.max_tokens === "number" && body.max_tokens <= (budget as number))
        reject("`max_tokens` must be greater than `thinking.budget_tokens`.")
      break
    default:
      reject(
        `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'`,
      )
  }
  if (body.temperature !== undefined && body.temperature !== 1)
    reject("`temperature` may only be set to 1 when thinking is enabled.")
  if (body.top_k !== undefined) reject("`top_k` must be unset when thinking is enabled.")
}

interface Turn {
  readonly role: "user" | "assistant"
  readonly blocks: { readonly block: Json; readonly where: string }[]
  /** Index of the first message of the turn. */
  readonly at: number
}

function checkMessages(body: Json) {
  if (!Array.isArray(body.messages)) reject("messages: Field required")
  if (body.messages.length === 0) reject("messages: at least one message is required")
  const turns: Turn[] = []
  const images = { count: 0 }
  for (const [at, message] of body.messages.entries()) {
    if (!isObject(message)) reject(`messages.${at}: Input should be a valid dictionary`)
    noExtras(message, ["role", "content"], `messages.${at}`)
    const { role, content } = message
    if (role !== "user" && role !== "assistant")
      reject(
        role === "system"
          ? 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.'
          : `messages.${at}.role: Input should be 'user' or 'assistant'`,
      )
    if (typeof content !== "string" && !Array.isArray(content))
      reject(`messages.${at}.content: Input should be a valid list`)
    const last = at === body.messages.length - 1
    if (content.length === 0) {
      if (role === "user") reject(`messages.${at}: user messages must have non-empty content`)
      if (!last)
        reject(
          `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
        )
    }
    const blocks =
      typeof content === "string" ? (content === "" ? [] : [{ type: "text", text: content }]) : content
    const placed = blocks.map((block: unknown, index: number) => {
      const where = `messages.${at}.content.${index}`
      if (!isObject(block)) reject(`${where}: Input should be a valid dictionary`)
      checkBlock(block, where, role, images)
      return { block, where }
    })
    const previous = turns.at(-1)
    if (previous?.role === role) previous.blocks.push(...placed)
    else turns.push({ role, blocks: placed, at })
  }
  if (turns[0]?.role !== "user") reject('messages: first message must use the "user" role')
  if (images.count > MAX_IMAGES)
    reject(`messages: Too many images and documents: ${images.count} > ${MAX_IMAGES}`)
  checkPairs(turns)
  checkServerTools(turns)
  checkThinkingPlaces(body, turns)
  checkEnd(body, turns)
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

function checkBlock(block: Json, where: string, role: string, images: { count: number }) {
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

function checkPairs(turns: readonly Turn[]) {
  const seen = new Set<unknown>()
  let open: unknown[] = []
  let openAt = 0
  for (const turn of turns) {
    if (turn.role === "assistant") {
      open = []
      openAt = turn.at
      for (const { block } of turn.blocks) {
        if (block.type !== "tool_use") continue
        if (seen.has(block.id)) reject("messages: `tool_use` ids must be unique")
        seen.add(block.id)
        open.push(block.id)
      }
      continue
    }
    const answered = new Set<unknown>()
    let other = false
    for (const { block, where } of turn.blocks) {
      if (block.type !== "tool_result") {
        other = true
        continue
      }
      if (!open.includes(block.tool_use_id))
        reject(
          `${where}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        )
      if (answered.has(block.tool_use_id))
        reject(
          `${where}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`,
        )
      if (other) missing(openAt, [block.tool_use_id])
      answered.add(block.tool_use_id)
    }
    const lost = open.filter((id) => !answered.has(id))
    if (lost.length > 0) missing(openAt, lost)
    open = []
  }
  if (open.length > 0) missing(openAt, open)
}

function missing(at: number, ids: readonly unknown[]): never {
  reject(
    `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}

/** Calls that ran at the service are answered inside the same assistant turn, but for a paused last one. */
function checkServerTools(turns: readonly Turn[]) {
  for (const turn of turns) {
    if (turn.role !== "assistant") continue
    const calls = new Map<unknown, string>()
    for (const { block, where } of turn.blocks) {
      if (block.type === "server_tool_use" || block.type === "mcp_tool_use")
        calls.set(block.id, String(block.name))
      else if (String(block.type).endsWith("_tool_result")) {
        if (!calls.delete(block.tool_use_id))
          reject(
            `${where}: unexpected \`tool_use_id\` found in \`${block.type}\` blocks: ${block.tool_use_id}`,
          )
      }
    }
    if (turn === turns.at(-1)) continue
    for (const [id, name] of calls)
      reject(
        `messages.${turn.at}: \`${name}\` tool use with id \`${id}\` was found without a corresponding \`${name}_tool_result\` block`,
      )
  }
}

function isThinking(block: Json | undefined): boolean {
  return block?.type === "thinking" || block?.type === "redacted_thinking"
}

function checkThinkingPlaces(body: Json, turns: readonly Turn[]) {
  const kind = isObject(body.thinking) ? body.thinking.type : "disabled"
  for (const turn of turns) {
    if (turn.role !== "assistant") continue
    const first = turn.blocks[0]?.block
    if (turn.blocks.length > 0 && isThinking(turn.blocks.at(-1)?.block))
      reject(`messages.${turn.at}: The final block in an assistant message cannot be \`thinking\`.`)
    if (kind === "disabled" || isThinking(first)) continue
    if (turn.blocks.some(({ block }) => isThinking(block)))
      reject(
        `messages.${turn.at}: If an assistant message contains any thinking blocks, the first block must be \`thinking\` or \`redacted_thinking\`. Found \`${first?.type}\`.`,
      )
  }
  if (kind !== "enabled") return
  const last = turns.findLast((turn) => turn.role === "assistant")
  const end = turns.at(-1)
  if (!last || !end?.blocks.some(({ block }) => block.type === "tool_result")) return
  const first = last.blocks[0]?.block
  if (!isThinking(first))
    reject(
      `messages.${last.at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
    )
}

function checkEnd(body: Json, turns: readonly Turn[]) {
  const end = turns.at(-1)
  if (end?.role !== "assistant") return
  const last = end.blocks.at(-1)?.block
  if (last?.type === "text" && /\s$/.test(String(last.text)))
    reject("messages: final assistant content cannot end with trailing whitespace")
  const paused = end.blocks.some(({ block }) => block.type === "server_tool_use")
  if (!paused && !isBudgetModel(String(body.model)))
    reject(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    )
}

function checkMarks(body: Json) {
  const marks: { readonly mark: unknown; readonly where: string }[] = []
  const look = (value: unknown, where: string) => {
    if (isObject(value) && value.cache_control != null) marks.push({ mark: value.cache_control, where })
  }
  const list = (value: unknown) => (Array.isArray(value) ? value : [])
  for (const [at, tool] of list(body.tools).entries()) look(tool, `tools.${at}`)
  for (const [at, part] of list(body.system).entries()) look(part, `system.${at}`)
  for (const [at, message] of list(body.messages).entries())
    for (const [index, block] of list(message.content).entries()) {
      look(block, `messages.${at}.content.${index}`)
      for (const [inner, part] of list(block.content).entries())
        look(part, `messages.${at}.content.${index}.content.${inner}`)
    }
  let short = false
  for (const { mark, where } of marks) {
    if (!isObject(mark) || mark.type !== "ephemeral")
      reject(`${where}.cache_control.type: Input should be 'ephemeral'`)
    noExtras(mark, ["type", "ttl"], `${where}.cache_control`)
    if (mark.ttl !== undefined && mark.ttl !== "5m" && mark.ttl !== "1h")
      reject(`${where}.cache_control.ttl: Input should be '5m' or '1h'`)
    if (mark.ttl === "1h" && short)
      reject(
        `${where}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.`,
      )
    if (mark.ttl !== "1h") short = true
  }
  if (marks.length > MAX_CACHE_MARKS)
    reject(`A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`)
}
