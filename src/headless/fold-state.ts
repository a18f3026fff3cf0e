import type { Event, SessionState, Totals } from "../model/event.ts"
import type { Report } from "../model/report.ts"
import type { TaskInfo } from "../model/tool.ts"
import type { HeadlessInfo } from "./info.ts"
import type { SdkMessage, SdkSystem } from "./sdk-message.ts"

export interface FoldOptions {
  readonly info: HeadlessInfo
  /** `--include-partial-messages`. */
  readonly partial: boolean
  /** `--include-hook-events`. */
  readonly hookEvents: boolean
  /** `--forward-subagent-text`; `initialize` may switch it on later. */
  readonly subagentText: boolean
  /** `--replay-user-messages`. */
  readonly replayUsers: boolean
  /** The host reads `session_state_changed`. */
  readonly sessionState: boolean
  /** Milliseconds. */
  now(): number
  newUuid(): string
}

/** Who answers permission questions. */
export type PermissionHost = "stdio" | "tool" | "none"

/** What the fold must remember; every map is bounded by what is open at one time. */
export interface FoldState {
  readonly options: FoldOptions
  host: PermissionHost
  subagentText: boolean
  session: SessionState | null
  /** Of the main conversation, after its newest reply. */
  context: SessionState["context"] | null
  /** Open blocks by number. */
  readonly blocks: Map<number, { readonly index: number; readonly kind: string; readonly key: string }>
  /** The message being streamed, by `agentKey`. */
  readonly messages: Map<string, string>
  /** Open replies that belong to a conversation, to their `agentKey`. */
  readonly replies: Map<number, string>
  readonly calls: Map<
    string,
    {
      readonly tool: string
      readonly began: number
      told: number
      /** Of an `Agent` call. */
      readonly subagent?: string
      readonly prompt?: string
    }
  >
  /** Calls whose denial was already reported. */
  readonly denied: Set<string>
  readonly tasks: Map<string, TaskInfo>
  /** Running subagents in the background, by the call that started each. */
  readonly agentTasks: Map<
    string,
    {
      readonly taskId: string
      readonly description: string
      readonly subagent?: string
      readonly began: number
      toolUses: number
      tokens: number
    }
  >
  /** The newest tasks that ended, for `get_task_output`. */
  readonly endedTasks: Map<string, TaskInfo>
  /** Who waits for a report of the engine, by its id. */
  readonly reports: Map<string, (report: Report) => void>
  /** Uuids that the host gave to messages which have not entered the conversation yet. */
  readonly given: Set<string>
  /** Those of the messages this turn answers. */
  answers: string[]
  /** Kinds of messages of this turn that have told what they answer. */
  readonly stamped: Set<"assistant" | "stream_event">
  origin: "task-notification" | null
  turnBegan: number | null
  firstToken: number | null
  /** The host asked for another model, and is told when it is there. */
  modelAsked: boolean
  /** The host can stop single tasks: an interrupt leaves them alone. */
  stopsTasks: boolean
  queued: number
  results: number
  /** The commands that the host knows of, as JSON; null before the first turn. */
  commands: string | null
  totals: Totals
}

export function newFold(options: FoldOptions): FoldState {
  return {
    options,
    host: "none",
    subagentText: options.subagentText,
    session: null,
    context: null,
    blocks: new Map(),
    messages: new Map(),
    replies: new Map(),
    calls: new Map(),
    denied: new Set(),
    tasks: new Map(),
    agentTasks: new Map(),
    endedTasks: new Map(),
    reports: new Map(),
    given: new Set(),
    answers: [],
    stamped: new Set(),
    origin: null,
    turnBegan: null,
    firstToken: null,
    modelAsked: false,
    stopsTasks: false,
    queued: 0,
    results: 0,
    commands: null,
    totals: { costUsd: 0, apiMs: 0, models: {} },
  }
}

/** Uuids of one turn that are told. */
const MAX_ANSWERS = 64

/** What the first message of its kind in a turn answers; later ones say nothing. */
export function answering(state: FoldState, kind: "assistant" | "stream_event") {
  if (state.answers.length === 0 || state.stamped.has(kind)) return {}
  state.stamped.add(kind)
  return answersOf(state)
}

/** Empty when the host gave no uuid to what is answered. */
export function answersOf({ answers }: FoldState) {
  const [first] = answers
  if (first === undefined) return {}
  return { user_message_uuid: first, user_message_uuids: answers.slice(0, MAX_ANSWERS) }
}

/** Streams of different conversations interleave; the main one is "". */
export function agentKey(event: Event): string {
  return event.agent?.id ?? ""
}

type Body<M> = M extends SdkMessage ? Omit<M, "uuid" | "session_id"> & { readonly uuid?: string } : never

/** Adds `uuid` and `session_id`, which every message carries. */
export function seal<const M extends Body<SdkMessage>>(state: FoldState, body: M): SdkMessage {
  return {
    ...body,
    uuid: body.uuid ?? state.options.newUuid(),
    session_id: state.session?.id ?? "",
  } as unknown as SdkMessage
}

export function system(
  state: FoldState,
  subtype: string,
  data: Readonly<Record<string, unknown>>,
): SdkSystem {
  return {
    type: "system",
    subtype,
    ...data,
    uuid: state.options.newUuid(),
    session_id: state.session?.id ?? "",
  }
}
