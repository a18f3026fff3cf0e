import type { Block } from "../model/block.ts"
import type { Usage } from "../model/usage.ts"

/** What goes to a host on stdout, one JSON object per line (spec/headless.md section 4). */
export type SdkMessage = SdkAssistant | SdkUser | SdkStreamEvent | SdkResult | SdkInit | SdkSystem | SdkOther

interface Envelope {
  readonly uuid: string
  readonly session_id: string
}

interface FromAgent {
  /** The `Agent` call that started the subagent; null in the main conversation. */
  readonly parent_tool_use_id: string | null
  readonly agent_id?: string
  readonly subagent_type?: string
  readonly task_description?: string
}

export interface SdkAssistant extends Envelope, FromAgent {
  readonly type: "assistant"
  readonly message: {
    readonly id: string
    readonly type: "message"
    readonly role: "assistant"
    readonly model: string
    readonly content: readonly Block[]
    readonly stop_reason: null
    readonly stop_sequence: null
    readonly usage: Usage
  }
  readonly request_id?: string
  readonly error?: string
  readonly aborted?: true
  /** The host's uuids of what this turn answers, on the first message of the turn. */
  readonly user_message_uuid?: string
  readonly user_message_uuids?: readonly string[]
  readonly timestamp?: string
}

export interface SdkUser extends Envelope, FromAgent {
  readonly type: "user"
  readonly message: { readonly role: "user"; readonly content: string | readonly Block[] }
  readonly tool_use_result?: unknown
  readonly isReplay?: true
  readonly isSynthetic?: true
}

export interface SdkStreamEvent extends Envelope {
  readonly type: "stream_event"
  readonly event: Readonly<Record<string, unknown>>
  readonly parent_tool_use_id: string | null
  readonly ttft_ms?: number
  readonly user_message_uuid?: string
  readonly user_message_uuids?: readonly string[]
}

export type ResultSubtype =
  | "success"
  | "error_during_execution"
  | "error_max_turns"
  | "error_max_budget_usd"
  | "error_max_structured_output_retries"

export interface SdkResult extends Envelope {
  readonly type: "result"
  readonly subtype: ResultSubtype
  readonly is_error: boolean
  readonly duration_ms: number
  readonly duration_api_ms: number
  readonly num_turns: number
  /** With `success`. */
  readonly result?: string
  /** With every other subtype. */
  readonly errors?: readonly string[]
  readonly stop_reason: string | null
  readonly total_cost_usd: number
  readonly usage: Readonly<Record<string, unknown>>
  readonly modelUsage: Readonly<Record<string, ModelUsage>>
  readonly permission_denials: readonly {
    readonly tool_name: string
    readonly tool_use_id: string
    readonly tool_input: Readonly<Record<string, unknown>>
  }[]
  readonly terminal_reason?: string
  readonly [key: string]: unknown
}

export interface ModelUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadInputTokens: number
  readonly cacheCreationInputTokens: number
  readonly cacheCreationEphemeral5mInputTokens: number
  readonly cacheCreationEphemeral1hInputTokens: number
  readonly webSearchRequests: number
  readonly costUSD: number
  readonly contextWindow: number
  readonly maxOutputTokens: number
  readonly costBasis: "list" | "managed" | "unknown"
}

export interface SdkInit extends Envelope {
  readonly type: "system"
  readonly subtype: "init"
  readonly [key: string]: unknown
}

export interface SdkSystem extends Envelope {
  readonly type: "system"
  readonly subtype: string
  readonly [key: string]: unknown
}

export interface SdkOther extends Envelope {
  readonly type: "tool_progress" | "rate_limit_event" | "prompt_suggestion" | "conversation_reset"
  readonly [key: string]: unknown
}

/** Frames that are not messages: the SDK consumes them and yields them to nobody. */
export type ControlFrame =
  | {
      readonly type: "control_request"
      readonly request_id: string
      readonly request: Readonly<Record<string, unknown>>
    }
  | { readonly type: "control_response"; readonly response: ControlReply }
  | { readonly type: "control_cancel_request"; readonly request_id: string }
  | { readonly type: "keep_alive" }
  /** Lines that were appended to a transcript (spec/headless.md section 2.7). */
  | { readonly type: "transcript_mirror"; readonly filePath: string; readonly entries: readonly unknown[] }

export type ControlReply =
  | {
      readonly subtype: "success"
      readonly request_id: string
      readonly response?: unknown
      readonly pending_permission_requests?: readonly ControlFrame[]
      readonly pending_user_dialog_requests?: readonly ControlFrame[]
      readonly pending_elicitation_requests?: readonly ControlFrame[]
    }
  | {
      readonly subtype: "error"
      readonly request_id: string
      readonly error: string
      readonly error_code?: string
    }
