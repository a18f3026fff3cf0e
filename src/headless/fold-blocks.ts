import { type Block, isBlock } from "../model/block.ts"
import type { BlockBegin, BlockEnd, BlockGrow, Event, MessageRef, ReplyEnd } from "../model/event.ts"
import type { Usage } from "../model/usage.ts"
import { agentKey, answering, type FoldState, seal } from "./fold-state.ts"
import type { SdkMessage } from "./sdk-message.ts"

/** The fields that tell whose message it is. */
export function fromAgent(event: Event) {
  if (event.agent === undefined) return { parent_tool_use_id: null }
  return {
    parent_tool_use_id: event.agent.toolUseId,
    agent_id: event.agent.id,
    subagent_type: event.agent.type,
    task_description: event.agent.description,
  }
}

/** An assistant message as it looks while the reply still runs: no stop reason, provisional usage. */
export function assistantMessage(ref: MessageRef, content: readonly Block[]) {
  return {
    id: ref.id,
    type: "message",
    role: "assistant",
    model: ref.model,
    content,
    stop_reason: null,
    stop_sequence: null,
    usage: ref.usage,
  } as const
}

export function foldBlockBegin(state: FoldState, event: Event & BlockBegin): readonly SdkMessage[] {
  const key = agentKey(event)
  state.blocks.set(event.block, { index: event.index, kind: event.kind, key })
  if (key === "" && state.firstToken === null) state.firstToken = state.options.now()
  if (!streams(state, event)) return []
  const out: SdkMessage[] = []
  if (state.messages.get(key) !== event.message.id) {
    state.messages.set(key, event.message.id)
    out.push(
      streamEvent(state, event, { type: "message_start", message: assistantMessage(event.message, []) }),
    )
  }
  const content_block = event.start
  out.push(streamEvent(state, event, { type: "content_block_start", index: event.index, content_block }))
  return out
}

export function foldBlockGrow(state: FoldState, event: Event & BlockGrow): readonly SdkMessage[] {
  const block = state.blocks.get(event.block)
  if (block === undefined || !streams(state, event)) return []
  const delta = deltaOf(block.kind, event.text)
  if (delta === null) return []
  return [streamEvent(state, event, { type: "content_block_delta", index: block.index, delta })]
}

function deltaOf(kind: string, text: string) {
  if (kind === "text") return { type: "text_delta", text }
  if (kind === "thinking") return { type: "thinking_delta", thinking: text }
  if (kind.endsWith("tool_use")) return { type: "input_json_delta", partial_json: text }
  return null
}

export function foldBlockEnd(state: FoldState, event: Event & BlockEnd): readonly SdkMessage[] {
  const block = state.blocks.get(event.block)
  state.blocks.delete(event.block)
  const out: SdkMessage[] = []
  const streamed = block !== undefined && streams(state, event)
  const { content } = event
  if (content !== undefined) {
    if (streamed && isBlock(content, "thinking") && content.signature !== "") {
      const delta = { type: "signature_delta", signature: content.signature }
      out.push(streamEvent(state, event, { type: "content_block_delta", index: block.index, delta }))
    }
    if (event.agent === undefined || state.subagentText || isToolBlock(content)) {
      out.push(
        seal(state, {
          type: "assistant",
          message: assistantMessage(event.message, [content]),
          ...fromAgent(event),
          ...(event.requestId !== null && { request_id: event.requestId }),
          ...(event.aborted && { aborted: true }),
          ...(event.uuid !== undefined && { uuid: event.uuid }),
          ...(event.agent === undefined && answering(state, "assistant")),
          timestamp: new Date(state.options.now()).toISOString(),
        }),
      )
    }
  }
  if (streamed) out.push(streamEvent(state, event, { type: "content_block_stop", index: block.index }))
  return out
}

function isToolBlock(block: Block): boolean {
  return block.type.endsWith("tool_use") || block.type.endsWith("tool_result")
}

/** A void reply is left open: the next `message_start` replaces it, as with the API itself after a broken stream. */
export function foldReplyEnd(state: FoldState, event: Event & ReplyEnd): readonly SdkMessage[] {
  const key = state.replies.get(event.reply)
  state.replies.delete(event.reply)
  if (key === undefined) return []
  if (key === "" && !event.failed) state.context = event.context
  const open = state.messages.delete(key)
  if (!open || event.failed) return []
  const delta = { stop_reason: event.stopReason, stop_sequence: null }
  return [
    streamEvent(state, event, { type: "message_delta", delta, usage: deltaUsage(event.usage) }),
    streamEvent(state, event, { type: "message_stop" }),
  ]
}

/** The counts that the end of a stream brings. */
function deltaUsage(usage: Usage) {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage
  return {
    input_tokens,
    output_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    server_tool_use: usage.server_tool_use,
  }
}

function streams(state: FoldState, event: Event): boolean {
  return state.options.partial && (event.agent === undefined || state.subagentText)
}

function streamEvent(state: FoldState, from: Event, event: Readonly<Record<string, unknown>>): SdkMessage {
  const first = event.type === "message_start" && from.agent === undefined
  const ttft = first && state.turnBegan !== null ? { ttft_ms: state.options.now() - state.turnBegan } : {}
  return seal(state, {
    type: "stream_event",
    event,
    parent_tool_use_id: from.agent?.toolUseId ?? null,
    ...ttft,
    ...(from.agent === undefined && answering(state, "stream_event")),
  })
}
