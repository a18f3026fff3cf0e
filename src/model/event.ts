import type { ApiFailure, RequestCause } from "./api.ts"
import type { Block } from "./block.ts"
import type { Elicitation, ElicitationAnswer } from "./elicitation.ts"
import type { CommandInfo } from "./intake.ts"
import type { Decision, PermissionMode } from "./permission.ts"
import type { Report } from "./report.ts"
import type { TaskInfo, ToolView } from "./tool.ts"
import type { Totals } from "./totals.ts"
import type { Usage } from "./usage.ts"

export type { ModelTotals, Totals } from "./totals.ts"

/**
 * What the engine tells its readers: something began, it grew, it ended. Every reader (headless, terminal,
 * server) is a fold over these. Only `*.grow` may be merged while a reader is slow, so a queue of events is
 * bounded by the number of open blocks and calls, never by tokens.
 */
export type Event = Where & EventBody

export interface Where {
  /** Counts from 1 in a session; 0 outside any turn. */
  readonly turn: number
  /** Set on everything a subagent does. */
  readonly agent?: AgentRef
}

export interface AgentRef {
  readonly id: string
  readonly type: string
  /** The `Agent` call that started it. */
  readonly toolUseId: string
  readonly description: string
}

export type EventBody =
  | TurnBegin
  | TurnEnd
  | PromptAdded
  | ReplyBegin
  | ReplyEnd
  | BlockBegin
  | BlockGrow
  | BlockEnd
  | ToolBegin
  | ToolGrow
  | ToolEnd
  | AskEvent
  | AskEnd
  | ElicitEvent
  | ElicitEnd
  | Notice
  | QueueChanged
  | TaskChanged
  | SessionChanged
  | Compacted
  | Rewound
  | ReportEvent

/** The engine took up a prompt and will come to `turn.end`, whatever happens. */
export interface TurnBegin {
  readonly type: "turn.begin"
  readonly model: string
  readonly mode: PermissionMode
}

export type TurnEndReason =
  | "completed"
  | "interrupted"
  | "refused"
  | "max_turns"
  | "budget"
  | "api_error"
  | "crashed"

export interface TurnEnd {
  readonly type: "turn.end"
  readonly reason: TurnEndReason
  /** Where an interrupt hit: while streaming or while tools ran. */
  readonly during?: "reply" | "tools"
  readonly failure?: ApiFailure
  /** One line for people when the reason is not `completed`. */
  readonly message?: string
  /** The text of the last reply. */
  readonly result: string
  readonly stopReason: string | null
  readonly durationMs: number
  readonly apiMs: number
  /** Requests of the main loop in this turn. */
  readonly requests: number
  /** Of the main loop in this turn. */
  readonly usage: Usage
  readonly denials: readonly {
    readonly tool: string
    readonly toolUseId: string
    readonly input: Readonly<Record<string, unknown>>
  }[]
  /** Of this process, all models and causes. */
  readonly totals: Totals
  /** The validated answer of `--json-schema` (spec/headless.md section 9). */
  readonly structuredOutput?: unknown
  /** A hook put this call off (spec/headless.md section 10). */
  readonly deferred?: {
    readonly id: string
    readonly name: string
    readonly input: Readonly<Record<string, unknown>>
  }
  /** The built-in command that answered instead of the model. */
  readonly localCommand?: string
  /** The host's `terminal_reason` where `reason` is too coarse: `stop_hook_prevented`, `tool_deferred` and the like. */
  readonly terminal?: string
}

/** A user message entered the conversation (typed, queued, reminder or tool notification). */
export interface PromptAdded {
  readonly type: "prompt"
  readonly uuid: string
  readonly content: string | readonly Block[]
  readonly origin: "person" | "reminder" | "task" | "interrupt"
  /** From an earlier process: shown, never sent to a host. */
  readonly replay?: true
}

/** A request left for the model. */
export interface ReplyBegin {
  readonly type: "reply.begin"
  readonly reply: number
  readonly cause: RequestCause
}

export interface ReplyEnd {
  readonly type: "reply.end"
  readonly reply: number
  readonly stopReason: string | null
  readonly usage: Usage
  readonly costUsd: number
  /** Tokens now in the window, and its size. */
  readonly context: { readonly used: number; readonly window: number }
  /** The reply was void: a retry follows, or it was cut short. */
  readonly failed?: ApiFailure
}

export interface MessageRef {
  readonly id: string
  readonly model: string
  readonly usage: Usage
}

export interface BlockBegin {
  readonly type: "block.begin"
  /** Unique in the process. */
  readonly block: number
  /** Position inside its message. */
  readonly index: number
  readonly message: MessageRef
  /** `text`, `thinking`, `tool_use`, or an API type we only carry. */
  readonly kind: string
  /** The block as it started (name and id of a tool call; empty text). */
  readonly start: Block
}

export interface BlockGrow {
  readonly type: "block.grow"
  readonly block: number
  /** More text, thinking, or input JSON. Two grows of one block merge by joining. */
  readonly text: string
}

export interface BlockEnd {
  readonly type: "block.end"
  readonly block: number
  /** Absent when the block was void (retry) or empty; then readers drop what they showed of it. */
  readonly content?: Block
  /** What people are shown in place of its text (MessageDisplay hooks). */
  readonly shown?: string
  /** The transcript line that holds it; already on disk. */
  readonly uuid?: string
  readonly message: MessageRef
  readonly requestId: string | null
  readonly aborted?: true
}

export interface ToolBegin {
  readonly type: "tool.begin"
  readonly id: string
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
  /** The main argument, one line. */
  readonly title: string
}

export interface ToolGrow {
  readonly type: "tool.grow"
  readonly id: string
  /** The newest tail; two grows of one call merge to the later one. */
  readonly tail: string
}

export interface ToolEnd {
  readonly type: "tool.end"
  readonly id: string
  readonly tool: string
  readonly result: Block
  readonly data: unknown
  readonly view: ToolView
  readonly isError: boolean
  /** Why it did not run. */
  readonly refused?: Decision["reason"] & { readonly by: "rule" | "person" | "policy" | "hook" }
  readonly uuid: string
  readonly durationMs: number
}

/** The engine waits for `answer` with the same id. A reader that cannot ask lets policy answer. */
export interface AskEvent {
  readonly type: "ask"
  readonly ask: string
  readonly toolUseId: string
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
  readonly title: string
  readonly decision: Decision
  /** What the call would do, for the dialog: a diff, a command, nothing. */
  readonly preview?: ToolView
}

export interface AskEnd {
  readonly type: "ask.end"
  readonly ask: string
  readonly verdict: "allow" | "deny"
}

/** An MCP server asks the person something; the engine waits for `elicited` with the same id. */
export interface ElicitEvent {
  readonly type: "elicit"
  readonly elicit: string
  readonly about: Elicitation
}

export interface ElicitEnd {
  readonly type: "elicit.end"
  readonly elicit: string
  readonly action: ElicitationAnswer["action"]
}

export interface Notice {
  readonly type: "notice"
  readonly level: "info" | "warning" | "error"
  /** One line. */
  readonly text: string
  /** Machine-readable kind, e.g. `api_retry`, `silence`, `compacting`, `mode`. */
  readonly code: string
  readonly data?: Readonly<Record<string, unknown>>
}

export interface QueueChanged {
  readonly type: "queue"
  readonly queued: readonly { readonly uuid: string; readonly text: string }[]
}

export interface TaskChanged {
  readonly type: "task"
  readonly change: "started" | "ended"
  readonly task: TaskInfo
  readonly toolUseId: string
  readonly summary?: string
}

/** Model, mode, session or folder changed; also the first event of every session. */
export interface SessionChanged {
  readonly type: "session"
  readonly session: SessionState
  readonly why: "start" | "clear" | "resume" | "mode" | "model" | "cwd" | "effort" | "tools" | "title"
}

export interface SessionState {
  readonly id: string
  readonly cwd: string
  readonly model: string
  readonly modelName: string
  readonly mode: PermissionMode
  /** Modes that Shift+Tab walks through. */
  readonly modes: readonly PermissionMode[]
  readonly effort: string | null
  /** Requests go to the faster service. */
  readonly fast?: true
  readonly tools: readonly string[]
  readonly credential: string
  /** What the session is about, once it has a name. */
  readonly title?: string
  readonly context: { readonly used: number; readonly window: number }
  /** Slash commands and skills from files. */
  readonly commands?: readonly CommandInfo[]
}

/** The answer to a `report` command. */
export type ReportEvent = { readonly type: "report"; readonly id: string } & Report

/** The conversation goes on from before the prompt `to`. */
export interface Rewound {
  readonly type: "rewound"
  readonly to: string
  /** Tokens in the window when the model last spoke before it; 0 when that is not known. */
  readonly used: number
}

export interface Compacted {
  readonly type: "compacted"
  readonly trigger: "manual" | "auto"
  readonly preTokens: number
  readonly postTokens: number
  readonly durationMs: number
}
