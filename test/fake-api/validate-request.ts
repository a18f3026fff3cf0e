/**
 * Says what the real Messages API would reject, in its words (spec/api.md sections 1, 2, 4 and 5). Pure, and on
 * purpose independent of `src/`: a mistake in the builder must not be repeated here.
 */

import {
  isBudgetModel,
  isObject,
  type Json,
  noExtras,
  Rejection,
  type RequestProblem,
  reject,
} from "./rejection.ts"
import { checkMessages } from "./validate-messages.ts"

export type { RequestProblem } from "./rejection.ts"

export interface ValidateOptions {
  /** Lower-case names. Without it headers are not judged. */
  readonly headers?: Readonly<Record<string, string>>
  /** `count_tokens` takes neither `max_tokens` nor `stream`. */
  readonly endpoint?: "messages" | "count_tokens"
}

export const MAX_BODY_BYTES = 32 * 1024 * 1024
const MAX_CACHE_MARKS = 4
const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const TOP_LEVEL = new Set(
  (
    "model max_tokens messages system tools tool_choice thinking output_config cache_control context_management " +
    "compaction stop_sequences stream metadata service_tier speed mcp_servers container fallbacks inference_geo " +
    "temperature top_p top_k"
  ).split(" "),
)
const EFFORTS = ["low", "medium", "high", "xhigh", "max"]

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

function maxOutput(model: string): number {
  if (/sonnet-4-5|haiku-4-5|opus-4-5/.test(model)) return 64_000
  return 128_000
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
