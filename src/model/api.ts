import type { Block, CacheControl } from "./block.ts"
import type { Effort, ModelInfo } from "./model-info.ts"

/** The Messages API as a port: a request goes out, items come back. `api/` implements it over HTTP, `demo` in memory. */
export interface ApiPort {
  /**
   * Streams one reply. Retries, back-off and the byte watchdog are inside. Never throws but for an abort of
   * `signal` (then it ends with a `failed` item of category `aborted`) or a bug.
   */
  stream(request: MessagesRequest, options: StreamOptions): AsyncIterable<ApiItem>
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Why this request is made; the ledger and tests read it. */
  readonly cause: RequestCause
  readonly sessionId: string
  readonly agentId?: string
}

export type RequestCause =
  | "turn"
  | "title"
  | "compaction"
  | "subagent"
  | "summary"
  | "probe"
  | "search"
  | "suggestion"
  | "review"
  | "hook"

export type ApiItem =
  /** The request left; a retry sends another. */
  | { readonly type: "sent"; readonly attempt: number }
  | { readonly type: "event"; readonly event: StreamEvent }
  /** A failed attempt will be repeated; whatever was streamed of this reply is void. */
  | {
      readonly type: "retry"
      readonly attempt: number
      readonly maxRetries: number
      readonly delayMs: number
      readonly failure: ApiFailure
    }
  /** No byte arrived for `silentMs`; repeated while it lasts, then a retry or a failure follows. */
  | { readonly type: "silence"; readonly silentMs: number }
  | { readonly type: "done"; readonly requestId: string | null }
  /** Final. Whatever was streamed so far is what there is. */
  | { readonly type: "failed"; readonly failure: ApiFailure }

/** Categories of spec/api.md section 5, and our own three for what never reached the service. */
export type FailureCategory =
  | "authentication_failed"
  | "billing_error"
  | "rate_limit"
  | "overloaded"
  | "invalid_request"
  | "model_not_found"
  | "server_error"
  | "prompt_too_long"
  | "request_too_large"
  | "no_network"
  | "timeout"
  | "aborted"
  | "unknown"

export interface ApiFailure {
  readonly category: FailureCategory
  /** HTTP status, null when there was no response. */
  readonly status: number | null
  /** One line, safe to show: no secrets, no raw bodies. */
  readonly message: string
  readonly requestId: string | null
  /** From `retry-after`, in milliseconds. */
  readonly retryAfterMs?: number
  /** `messages.3.content.1` and the like, when a 400 names the place. */
  readonly place?: { readonly message: number; readonly block?: number }
}

/** Raw stream events (spec/api.md section 3). Unknown types pass through. */
export type StreamEvent =
  | {
      readonly type: "message_start"
      readonly message: { readonly id: string; readonly model: string; readonly usage: unknown }
    }
  | { readonly type: "content_block_start"; readonly index: number; readonly content_block: Block }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | {
      readonly type: "message_delta"
      readonly delta: {
        readonly stop_reason: string | null
        readonly stop_sequence: string | null
        readonly stop_details?: unknown
      }
      readonly usage: unknown
    }
  | { readonly type: "message_stop" }
  | { readonly type: "ping" }

export type BlockDelta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "input_json_delta"; readonly partial_json: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "citations_delta"; readonly citation: unknown }

export interface ToolSpec {
  readonly name: string
  readonly description: string
  readonly input_schema: Readonly<Record<string, unknown>>
  /** The model knows it once a `tool_reference` names it. */
  readonly defer_loading?: true
  readonly cache_control?: CacheControl
}

/** A tool that runs at the service (web_search and the like), sent as it is. */
export interface ServerToolSpec {
  readonly type: string
  readonly name: string
  readonly [key: string]: unknown
}

export interface ApiMessage {
  readonly role: "user" | "assistant"
  readonly content: readonly Block[]
}

export interface SystemPart {
  readonly type: "text"
  readonly text: string
  readonly cache_control?: CacheControl
}

/** The body of `POST /v1/messages`. */
export interface MessagesRequest {
  readonly model: string
  readonly max_tokens: number
  readonly messages: readonly ApiMessage[]
  readonly system?: readonly SystemPart[]
  readonly tools?: readonly (ToolSpec | ServerToolSpec)[]
  readonly tool_choice?: Readonly<Record<string, unknown>>
  readonly thinking?: Readonly<Record<string, unknown>>
  readonly output_config?: Readonly<Record<string, unknown>>
  readonly metadata?: { readonly user_id: string }
  readonly speed?: "fast"
  readonly stream: true
  /** Becomes the `anthropic-beta` header, not part of the body. */
  readonly betas?: readonly string[]
}

export type Thinking =
  | { readonly type: "adaptive" }
  | { readonly type: "budget"; readonly tokens: number }
  | { readonly type: "off" }

export type ThinkingDisplay = "summarized" | "omitted"

export interface RequestSettings {
  readonly model: ModelInfo
  readonly thinking: Thinking
  readonly effort?: Effort
  readonly maxTokens?: number
  /** What of the thinking is sent; absent is a summary. */
  readonly display?: ThinkingDisplay
  /** Ask the faster service, where the model has one. */
  readonly fast?: true
  /** Tokens the model is told it may use (`output_config.task_budget`). */
  readonly taskBudget?: number
}
