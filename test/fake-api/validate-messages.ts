/** The rules for how messages and blocks follow each other. */
import { isBudgetModel, isObject, type Json, noExtras, reject } from "./rejection.ts"
import { checkBlock } from "./validate-block.ts"

const MAX_IMAGES = 100

interface Turn {
  readonly role: "user" | "assistant"
  readonly blocks: { readonly block: Json; readonly where: string }[]
  /** Index of the first message of the turn. */
  readonly at: number
}

export function checkMessages(body: Json) {
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
