/** Turns a scripted reply into the SSE events of the real stream (spec/api.md section 3). */
import type { Part } from "./reply.ts"

export interface EncodeInput {
  readonly model: string
  readonly parts: readonly Part[]
  readonly usage: Readonly<Record<string, unknown>>
}

export function encodeEvent(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** Yields the encoded events one by one, faults that live between events included. */
export function* encodeReply(input: EncodeInput): Generator<string> {
  let events = 0
  const faults = input.parts.flatMap((part) => (part.part === "fault" ? [part.fault] : []))
  for (const event of replyEvents(input)) {
    for (const fault of faults) {
      if (!("afterEvents" in fault) || fault.afterEvents !== events) continue
      if (fault.kind === "end") return
      if (fault.kind === "garbage") yield fault.bytes
      if (fault.kind === "error-event") {
        const error = { type: fault.type, message: fault.message }
        yield `event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`
        return
      }
    }
    yield encodeEvent(event)
    events++
  }
}

function* replyEvents({ model, parts, usage }: EncodeInput): Generator<{ readonly type: string }> {
  const given = parts.findLast((part) => part.part === "usage")
  const all = { ...usage, ...given?.usage }
  const stopped = parts.findLast((part) => part.part === "stop")
  const calls = parts.some((part) => part.part === "block" && part.block.type === "tool_use")
  yield {
    type: "message_start",
    message: {
      id: `msg_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`,
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...all, output_tokens: 1 },
    },
  } as { readonly type: string }
  let index = 0
  let chars = 0
  for (const part of parts) {
    if (part.part !== "block") continue
    yield { type: "content_block_start", index, content_block: part.block } as { readonly type: string }
    if (index === 0) yield { type: "ping" }
    for (const delta of part.deltas) {
      chars += JSON.stringify(delta).length - 30
      yield { type: "content_block_delta", index, delta } as { readonly type: string }
    }
    yield { type: "content_block_stop", index } as { readonly type: string }
    index++
  }
  yield {
    type: "message_delta",
    delta: {
      stop_reason: stopped?.reason ?? (calls ? "tool_use" : "end_turn"),
      stop_sequence: null,
      ...(stopped?.details === undefined ? {} : { stop_details: stopped.details }),
    },
    usage: { output_tokens: given?.usage.output_tokens ?? Math.max(1, Math.ceil(chars / 4)) },
  } as { readonly type: string }
  yield { type: "message_stop" }
}

/** The same reply as one JSON message, for requests without `stream`. */
export function toMessage(input: EncodeInput): Readonly<Record<string, unknown>> {
  let message: Record<string, unknown> = {}
  const content: Record<string, unknown>[] = []
  let json = ""
  for (const event of replyEvents(input)) {
    const e = event as unknown as Record<string, Record<string, unknown>>
    switch (event.type) {
      case "message_start":
        message = { ...e.message }
        break
      case "content_block_start":
        content.push({ ...e.content_block })
        json = ""
        break
      case "content_block_delta": {
        const block = content.at(-1) as Record<string, unknown>
        const delta = e.delta as Record<string, unknown>
        if (typeof delta.partial_json === "string") json += delta.partial_json
        for (const key of ["text", "thinking", "signature"])
          if (typeof delta[key] === "string") block[key] = String(block[key] ?? "") + delta[key]
        break
      }
      case "content_block_stop":
        if (json !== "") (content.at(-1) as Record<string, unknown>).input = JSON.parse(json)
        break
      case "message_delta":
        message = { ...message, ...e.delta, usage: { ...(message.usage as object), ...e.usage } }
        break
    }
  }
  return { ...message, content }
}
