/** What the terminal knows of the session: folded from events, read by the views, changed by nobody else. */
import type { AskEvent, SessionState, Totals, Where } from "../model/event.ts"
import type { PermissionUpdate } from "../model/permission.ts"
import type { TaskInfo, ToolView } from "../model/tool.ts"
import type { Usage } from "../model/usage.ts"
import type { AgentActivity, ToolCell } from "./cells.ts"

/** An open question of the engine, and who asks. */
export type Ask = AskEvent & Where

export interface TuiState {
  session: SessionState | null
  turn: TurnState | null
  /** Calls that began and are not yet on the scrollback, in the order they began. */
  tools: Map<string, LiveTool>
  /** Calls whose input is still being written by the model. */
  preparing: Map<number, { readonly tool: string; characters: number }>
  asks: Ask[]
  queued: readonly { readonly uuid: string; readonly text: string }[]
  /** The command typed behind `!` that runs now. */
  shell: LiveTool | null
  totals: Totals | null
  /** Of the newest reply of the person's conversation. */
  usage: Usage | null
  /** Lines that calls changed in files. */
  edits: { linesAdded: number; linesRemoved: number }
  tasks: Map<string, TaskInfo>
  /** The newest list of TodoWrite or the Task tools. */
  todos: Todos
  /** Rules that were agreed to in this session's dialogs. */
  agreed: PermissionUpdate[]
}

export type Todos = Extract<ToolView, { kind: "todos" }>["todos"]

export interface TurnState {
  /** By the clock that `fold` was given. */
  readonly startedAt: number
  readonly number: number
  readonly verb: string
  /** Tokens of the requests so far, as reported. */
  up: number
  /** Tokens of the replies so far: reported, plus an estimate for the one that streams. */
  down: number
  streamed: number
  /** Set while no byte arrives. */
  silentMs: number | null
  retry: {
    readonly attempt: number
    readonly max: number
    readonly until: number
    readonly why: string
  } | null
  phase: string | null
  /** Hooks that run now and what they say of themselves. */
  readonly hooks: Map<string, string>
}

export interface LiveTool {
  readonly id: string
  readonly tool: string
  readonly title: string
  readonly input: string
  readonly startedAt: number
  /** False until the call runs: it waits for an answer. */
  running: boolean
  tail: string
  agent: AgentActivity | null
  /** Set when it ended while an earlier call still runs. */
  done: ToolCell | null
}

export function createState(): TuiState {
  return {
    session: null,
    turn: null,
    tools: new Map(),
    preparing: new Map(),
    asks: [],
    queued: [],
    shell: null,
    totals: null,
    usage: null,
    edits: { linesAdded: 0, linesRemoved: 0 },
    tasks: new Map(),
    todos: [],
    agreed: [],
  }
}
