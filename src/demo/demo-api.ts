/** A scripted model behind the port of the real one: no network, no cost, the same events at a human pace. */
import { pause } from "../lib/backoff.ts"
import type { ApiItem, ApiPort, MessagesRequest, StreamEvent, StreamOptions } from "../model/api.ts"
import type { Block } from "../model/block.ts"
import { CALL_PREFIX, type DemoReply, nextReply } from "./demo-script.ts"

export interface DemoOptions {
  /** The project made by `createDemoProject`; absolute. */
  readonly dir: string
  /** Milliseconds before a reply and between its pieces; 0 for none. */
  readonly pace?: { readonly thinkMs: number; readonly pieceMs: number }
}

/** About 60 words a second, after a moment of thought. */
const PACE = { thinkMs: 700, pieceMs: 16 }
/** Pieces of text end after a word, as tokens do. */
const PIECE = /\s*\S+|\s+$/g

const TITLE = "Demo: fix a failing test"

export function createDemoApi({ dir, pace = PACE }: DemoOptions): ApiPort {
  let calls = 0
  return {
    async *stream(request: MessagesRequest, { signal, cause }: StreamOptions): AsyncGenerator<ApiItem> {
      yield { type: "sent", attempt: 1 }
      const reply =
        cause === "turn" || cause === "subagent" ? nextReply(request, dir) : sideReply(request, cause)
      const wait = (ms: number) => (ms > 0 ? pause(ms, signal) : Promise.resolve(!signal.aborted))
      let isOpen = await wait(pace.thinkMs)
      for (const event of replyEvents(request.model, reply, () => ++calls)) {
        if (isOpen && event.type === "content_block_delta") isOpen = await wait(pace.pieceMs)
        if (!isOpen || signal.aborted) {
          const failure = {
            category: "aborted",
            status: null,
            message: "Interrupted",
            requestId: null,
          } as const
          yield { type: "failed", failure }
          return
        }
        yield { type: "event", event }
      }
      yield { type: "done", requestId: null }
    },
  }
}

function sideReply(request: MessagesRequest, cause: StreamOptions["cause"]): DemoReply {
  const asksJson = request.output_config?.format !== undefined
  if (cause === "title") return { text: asksJson ? JSON.stringify({ title: TITLE }) : TITLE, calls: [] }
  return { text: "The person tried the demo, whose answers are scripted.", calls: [] }
}

const FREE = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }

function* replyEvents(model: string, reply: DemoReply, count: () => number): Generator<StreamEvent> {
  const id = `msg_demo_${crypto.randomUUID().replaceAll("-", "")}`
  yield { type: "message_start", message: { id, model, usage: FREE } }
  let index = 0
  function* block(start: Block, deltas: Iterable<StreamEvent>): Generator<StreamEvent> {
    yield { type: "content_block_start", index, content_block: start }
    yield* deltas
    yield { type: "content_block_stop", index }
    index++
  }
  const pieces = (reply.text.match(PIECE) ?? []).map(
    (text): StreamEvent => ({ type: "content_block_delta", index, delta: { type: "text_delta", text } }),
  )
  yield* block({ type: "text", text: "" }, pieces)
  for (const { step, tool, input } of reply.calls) {
    const partial_json = JSON.stringify(input)
    // Unique over processes, so that a resumed demo has no id twice.
    const call = `${CALL_PREFIX}${step}_${count()}_${crypto.randomUUID().slice(0, 8)}`
    yield* block({ type: "tool_use", id: call, name: tool, input: {} }, [
      { type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } },
    ])
  }
  const stop_reason = reply.calls.length > 0 ? "tool_use" : "end_turn"
  yield { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: FREE }
  yield { type: "message_stop" }
}
