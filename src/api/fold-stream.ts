/**
 * Raw stream events in, whole blocks out. Holds one string per open block and no delta; keeps what it does not know.
 * A block counts as received only when its stop arrived, so half a tool call never runs.
 */
import type { BlockDelta, StreamEvent } from "../model/api.ts"
import { type Block, isBlock } from "../model/block.ts"
import { NO_USAGE, toUsage, type Usage } from "../model/usage.ts"

export type ReplyChange =
  /** `start`: the block as it began (name and id of a tool call; empty text). */
  | { readonly type: "begin"; readonly index: number; readonly start: Block }
  /** More text, thinking or input JSON. */
  | { readonly type: "grow"; readonly index: number; readonly text: string }
  /** `badInput`: the input of a tool call was no JSON object; `block.input` is `{}` then, and the text is here. */
  | { readonly type: "end"; readonly index: number; readonly block: Block; readonly badInput?: string }

export interface ReplyMessage {
  readonly id: string
  readonly model: string
  readonly stopReason: string | null
  readonly stopSequence: string | null
  readonly stopDetails: unknown
  readonly usage: Usage
  /** The finished blocks in order. */
  readonly content: readonly Block[]
  /** The blocks that never ended, as far as they came: text and thinking only, for interrupted replies. */
  readonly unfinished: readonly Block[]
}

export interface Reply {
  /** What the event changed; usually nothing or one thing. */
  push(event: StreamEvent): readonly ReplyChange[]
  message(): ReplyMessage
}

interface OpenBlock {
  readonly start: Block
  /** Text, thinking, or the input's JSON. */
  text: string
  signature: string
  citations: unknown[]
}

const NOTHING: readonly ReplyChange[] = []

export function createReply(): Reply {
  const open = new Map<number, OpenBlock>()
  const done = new Map<number, Block>()
  let id = ""
  let model = ""
  let usage = NO_USAGE
  let stopReason: string | null = null
  let stopSequence: string | null = null
  let stopDetails: unknown

  return {
    push(event) {
      switch (event.type) {
        case "message_start":
          id = event.message.id
          model = event.message.model
          usage = toUsage(event.message.usage)
          return NOTHING
        case "content_block_start": {
          const start = event.content_block
          open.set(event.index, { start, text: initialText(start), signature: "", citations: [] })
          return [{ type: "begin", index: event.index, start }]
        }
        case "content_block_delta": {
          const block = open.get(event.index)
          const text = block ? grow(block, event.delta) : ""
          return text === "" ? NOTHING : [{ type: "grow", index: event.index, text }]
        }
        case "content_block_stop": {
          const block = open.get(event.index)
          if (!block) return NOTHING
          open.delete(event.index)
          const closed = close(block)
          done.set(event.index, closed.block)
          return [{ type: "end", index: event.index, ...closed }]
        }
        case "message_delta":
          // Cumulative: it replaces what `message_start` said, member by member.
          usage = toUsage(event.usage, usage)
          stopReason = event.delta?.stop_reason ?? stopReason
          stopSequence = event.delta?.stop_sequence ?? stopSequence
          stopDetails = event.delta?.stop_details ?? stopDetails
          return NOTHING
        default:
          return NOTHING
      }
    },
    message() {
      const inOrder = <T>(map: ReadonlyMap<number, T>) =>
        [...map].sort(([a], [b]) => a - b).map(([, item]) => item)
      const unfinished = inOrder(open).flatMap((block) => {
        const known = isBlock(block.start, "text") || isBlock(block.start, "thinking")
        return known && block.text !== "" ? [close(block).block] : []
      })
      return {
        id,
        model,
        stopReason,
        stopSequence,
        stopDetails,
        usage,
        content: inOrder(done),
        unfinished,
      }
    },
  }
}

/** Blocks usually start empty; some gateways put the first piece into the start. */
function initialText(start: Block): string {
  if (isBlock(start, "text")) return start.text ?? ""
  if (isBlock(start, "thinking")) return start.thinking ?? ""
  return ""
}

/** Adds a delta; returns what a reader may show of it. */
function grow(block: OpenBlock, delta: BlockDelta): string {
  switch (delta.type) {
    case "text_delta":
      block.text += delta.text
      return delta.text
    case "thinking_delta":
      block.text += delta.thinking
      return delta.thinking
    case "input_json_delta":
      block.text += delta.partial_json
      return delta.partial_json
    case "signature_delta":
      block.signature += delta.signature
      return ""
    case "citations_delta":
      block.citations.push(delta.citation)
      return ""
    default:
      // Kinds that come later: the block is kept as it started.
      return ""
  }
}

function close({ start, text, signature, citations }: OpenBlock): {
  readonly block: Block
  readonly badInput?: string
} {
  if (isBlock(start, "text"))
    return { block: { ...start, text, ...(citations.length > 0 ? { citations } : {}) } }
  if (isBlock(start, "thinking"))
    return { block: { ...start, thinking: text, signature: signature || (start.signature ?? "") } }
  if (!("input" in start) && text === "") return { block: start }
  const given = "input" in start ? start.input : undefined
  if (text.trim() === "") return { block: { ...start, input: isObject(given) ? given : {} } }
  const input = parseObject(text)
  return input ? { block: { ...start, input } } : { block: { ...start, input: {} }, badInput: text }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function parseObject(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
