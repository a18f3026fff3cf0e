/**
 * What a scripted reply is made of. A reply is one part or a list of parts: blocks, and directives that say how
 * they are sent. `error()` stands alone.
 */

export type ReplyBlock = Readonly<Record<string, unknown>> & { readonly type: string }

export type Part =
  | { readonly part: "block"; readonly block: ReplyBlock; readonly deltas: readonly unknown[] }
  | { readonly part: "stop"; readonly reason: string; readonly details?: unknown }
  | { readonly part: "usage"; readonly usage: Readonly<Record<string, number>> }
  | { readonly part: "headers"; readonly headers: Readonly<Record<string, string>> }
  | { readonly part: "chunks"; readonly size: number; readonly delayMs: number }
  | { readonly part: "first-byte"; readonly delayMs: number }
  | { readonly part: "fault"; readonly fault: Fault }

export type Fault =
  /** The socket is cut after so many bytes of the body. */
  | { readonly kind: "drop"; readonly afterBytes: number }
  /** No more bytes come after so many, and the connection stays open. */
  | { readonly kind: "silence"; readonly afterBytes: number }
  /** The body ends cleanly after so many events. */
  | { readonly kind: "end"; readonly afterEvents: number }
  /** Bytes that are no event are put in after so many events. */
  | { readonly kind: "garbage"; readonly afterEvents: number; readonly bytes: string }
  /** An `error` event after so many events, then the end. */
  | {
      readonly kind: "error-event"
      readonly afterEvents: number
      readonly type: string
      readonly message: string
    }

export interface ErrorReply {
  readonly error: {
    readonly status: number
    readonly type: string
    readonly message: string
    readonly headers: Readonly<Record<string, string>>
    /** Sent instead of the JSON error, e.g. a proxy's HTML page. */
    readonly body?: string
  }
}

export type Reply = Part | readonly Part[] | ErrorReply

const ERROR_TYPES: Readonly<Record<number, readonly [string, string]>> = {
  400: ["invalid_request_error", "Invalid request"],
  401: ["authentication_error", "invalid x-api-key"],
  402: ["billing_error", "Your credit balance is too low to access the Anthropic API."],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "model: no-such-model"],
  408: ["timeout_error", "Request timed out"],
  409: ["conflict_error", "Conflict"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: ["rate_limit_error", "Number of request tokens has exceeded your rate limit"],
  500: ["api_error", "Internal server error"],
  502: ["api_error", "Bad gateway"],
  503: ["api_error", "Service unavailable"],
  504: ["timeout_error", "Gateway timeout"],
  529: ["overloaded_error", "Overloaded"],
}

let nextId = 0

/** A fresh tool-use id in the service's form. */
export function toolId(): string {
  nextId++
  return `toolu_${nextId.toString().padStart(8, "0")}${crypto.randomUUID().slice(0, 8)}`
}

/** Cuts on code points, so that each delta is whole text as the service sends it. */
function pieces(text: string, size: number): string[] {
  const points = [...text]
  const out: string[] = []
  for (let at = 0; at < points.length; at += size) out.push(points.slice(at, at + size).join(""))
  return out
}

const DELTA_CHARS = 12

export function text(value: string, options: { readonly delta?: number } = {}): Part {
  return {
    part: "block",
    block: { type: "text", text: "" },
    deltas: pieces(value, options.delta ?? DELTA_CHARS).map((piece) => ({ type: "text_delta", text: piece })),
  }
}

export function toolUse(
  name: string,
  input: Readonly<Record<string, unknown>>,
  options: { readonly id?: string; readonly delta?: number } = {},
): Part {
  return rawToolUse(name, Object.keys(input).length === 0 ? "" : JSON.stringify(input), options)
}

/** A call whose input arrives as this very text; for malformed and cut input. */
export function rawToolUse(
  name: string,
  json: string,
  options: { readonly id?: string; readonly delta?: number } = {},
): Part {
  return {
    part: "block",
    block: { type: "tool_use", id: options.id ?? toolId(), name, input: {} },
    deltas: ["", ...pieces(json, options.delta ?? DELTA_CHARS)].map((piece) => ({
      type: "input_json_delta",
      partial_json: piece,
    })),
  }
}

export function thinking(value: string, signature = `sig_${value.length}_${"c2ln".repeat(8)}`): Part {
  return {
    part: "block",
    block: { type: "thinking", thinking: "", signature: "" },
    deltas: [
      ...pieces(value, DELTA_CHARS).map((piece) => ({ type: "thinking_delta", thinking: piece })),
      { type: "signature_delta", signature },
    ],
  }
}

/** Any block that arrives whole (redacted thinking, server tools, kinds nobody knows yet). */
export function block(value: ReplyBlock, deltas: readonly unknown[] = []): Part {
  return { part: "block", block: value, deltas }
}

/** Several calls in one reply. */
export function parallel(...calls: readonly Part[]): readonly Part[] {
  return calls
}

export function stop(reason: string, details?: unknown): Part {
  return { part: "stop", reason, details }
}

export function usage(value: Readonly<Record<string, number>>): Part {
  return { part: "usage", usage: value }
}

export function headers(value: Readonly<Record<string, string>>): Part {
  return { part: "headers", headers: value }
}

/** Splits the body's bytes (also inside characters and events), with a pause between the pieces. */
export function chunks(size: number, delayMs = 0): Part {
  return { part: "chunks", size, delayMs }
}

export function slowFirstByte(delayMs: number): Part {
  return { part: "first-byte", delayMs }
}

export function dropAfter(afterBytes: number): Part {
  return { part: "fault", fault: { kind: "drop", afterBytes } }
}

export function silence(afterBytes: number): Part {
  return { part: "fault", fault: { kind: "silence", afterBytes } }
}

export function endAfter(afterEvents: number): Part {
  return { part: "fault", fault: { kind: "end", afterEvents } }
}

export function malformed(
  afterEvents: number,
  bytes = 'event: content_block_delta\ndata: {"type":\n\n',
): Part {
  return { part: "fault", fault: { kind: "garbage", afterEvents, bytes } }
}

export function errorEvent(type = "overloaded_error", message = "Overloaded", afterEvents = 3): Part {
  return { part: "fault", fault: { kind: "error-event", afterEvents, type, message } }
}

export function error(
  status: number,
  options: {
    readonly type?: string
    readonly message?: string
    readonly retryAfter?: number | string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  } = {},
): ErrorReply {
  const [type, message] = ERROR_TYPES[status] ?? ["api_error", `Status ${status}`]
  return {
    error: {
      status,
      type: options.type ?? type,
      message: options.message ?? message,
      headers: {
        ...options.headers,
        ...(options.retryAfter === undefined ? {} : { "retry-after": String(options.retryAfter) }),
      },
      ...(options.body === undefined ? {} : { body: options.body }),
    },
  }
}

export function isErrorReply(reply: Reply): reply is ErrorReply {
  return "error" in reply
}
