import type { AgentPort } from "../model/agent.ts"
import type { ApiPort, RequestSettings, Thinking, ThinkingDisplay } from "../model/api.ts"
import type { Block } from "../model/block.ts"
import type { Command } from "../model/command.ts"
import type { ElicitationAnswer } from "../model/elicitation.ts"
import type { AgentRef, EventBody, SessionChanged, SessionState } from "../model/event.ts"
import type { FinishPort } from "../model/finish.ts"
import type { HookOwner, HookPort } from "../model/hook.ts"
import type { SideLine } from "../model/line.ts"
import type { Effort, ModelInfo } from "../model/model-info.ts"
import type { PermissionMode, PermissionUpdate } from "../model/permission.ts"
import type {
  FileMemory,
  OfferedTool,
  Place,
  ScheduledJob,
  ToolContext,
  ToolOutput,
  ToolView,
} from "../model/tool.ts"
import type { Usage } from "../model/usage.ts"
import type { Policy } from "../permissions/policy.ts"
import type { Asks } from "./asks.ts"
import type { ReadyCall } from "./call.ts"
import type { History } from "./history.ts"
import type { Ledger } from "./ledger.ts"
import type { EngineOptions, RunLimits } from "./options.ts"
import type { SystemText } from "./prompt/system-prompt.ts"
import type { Tasks } from "./tasks.ts"

/**
 * One conversation that is being driven: the person's, or a subagent's. What differs between the two is here;
 * what they share is `session`.
 */
export interface Run {
  readonly session: Session
  readonly agent?: AgentRef
  /** 0 is the person's conversation, 1 its subagents. */
  readonly depth: number
  /** Whatever would change something is refused, in every mode. */
  readonly readOnly: boolean
  /** What this run has read of files. */
  /** What its calls are judged by. */
  policy(): Policy
  readonly files: FileMemory
  readonly agents: AgentPort
  readonly history: History
  readonly api: ApiPort
  readonly ledger: Ledger
  /** Aborts everything this run waits for. */
  readonly signal: AbortSignal
  /** Tools offered to the model, in a stable order (the prompt cache depends on it). */
  tools(): readonly OfferedTool[]
  settings(): RequestSettings
  /** Another model for the rest of this turn. */
  useModel(model: ModelInfo): void
  system(): Promise<readonly SystemText[]>
  /** Notes for the model that are due before the next request. */
  reminders(): Promise<readonly string[]>
  emit(body: EventBody): void
  /** Prompts that arrived meanwhile, to go to the model at the next tool boundary. */
  steering(): readonly Steering[]
  readonly limits: RunLimits
  /** Lines (`uuid`) and blocks (`uuid:index`) that the service rejected by name; left out of every later request. */
  readonly quarantined: Set<string>
  /** Hooks may put a lone call off to a later process (spec/headless.md section 10). */
  mayDefer?: boolean
  /** A hook started it, and it fires none. */
  readonly unhooked?: true
  /** What this turn has used so far. */
  readonly meter: Meter
}

export interface Steering {
  readonly uuid: string
  readonly content: string | readonly Block[]
  readonly origin: "person" | "task" | "reminder"
  /** Composed by a host: no `@` expansion, no slash commands. */
  readonly verbatim?: true
  readonly priority?: "now" | "next" | "later"
  /** What made it, where hooks may judge it although no person wrote it (UserPromptSubmit). */
  readonly source?: "system" | "schedule_wakeup"
  /** What readers are shown where it differs from what the model reads. */
  readonly shown?: string | readonly Block[]
}

export interface Meter {
  requests: number
  /** Replies in a row that hit the output limit. */
  cutOff: number
  apiMs: number
  usage: Usage
  denials: { tool: string; toolUseId: string; input: Readonly<Record<string, unknown>> }[]
  lastText: string
  stopReason: string | null
  /** Tokens in the window after the newest reply. */
  contextUsed: number
  /** Models of the fallback chain that were used up. */
  fallbacks: number
  /** How often Stop hooks kept this turn going. */
  stopHooks: number
}

/** What all runs of one engine share: where we are, what is allowed, who is asked, what runs in the background. */
export interface Session {
  readonly options: EngineOptions
  readonly hooks: HookPort
  readonly asks: Asks
  /** Open questions of MCP servers. */
  readonly elicitations: Asks<ElicitationAnswer>
  readonly tasks: Tasks
  readonly canAsk: boolean
  readonly maxConcurrency: number
  /** Of the person's conversation. */
  readonly files: FileMemory
  readonly runningAgents: { count: number }
  place(): Place
  policy(): Policy
  mode(): PermissionMode
  /** Whether a mode may be entered in this session. */
  offers(mode: PermissionMode): boolean
  setMode(mode: PermissionMode): string | null
  updatePermissions(updates: readonly PermissionUpdate[]): void
  /** Takes what the settings files say now. */
  reload(next: Extract<Command, { type: "reload" }>): void
  model(): ModelInfo
  /** Null: done; else one line on why not. */
  setModel(name: string | null): string | null
  /** Chosen for the session, else what is usual for the model (default: the session's). */
  effort(model?: ModelInfo): Effort | null
  setEffort(effort: Effort | null): void
  fast(): boolean
  /** Null: done; else one line on why not. */
  setFast(on: boolean): string | null
  thinking(): Thinking | null
  /** Tokens: null is the session's default, 0 is off; undefined leaves them. Display: null is the default. */
  setThinking(tokens: number | null | undefined, display?: ThinkingDisplay | null): void
  display(): ThinkingDisplay | undefined
  state(context: SessionState["context"]): SessionState
  changed(why: SessionChanged["why"]): void
  /** The system prompt is made anew for the next request: memory files, git and date are read again. */
  forgetPrompt(why?: "compact"): void
  systemPrompt(): Promise<readonly SystemText[]>
  /** A call of the person's conversation ended. */
  sawResult(tool: string, view: ToolView): void
  /** Tells InstructionsLoaded hooks what was read since the last call. */
  tellInstructions(run: Run): void
  /** What the model should know now and was not told. */
  reminders(run: Run): Promise<readonly string[]>
  /** A name for the list of sessions and the window. */
  setTitle(title: string): void
  /** Starts a new session folder: files read and the working directory are forgotten, mode and rules stay. */
  restart(sessionId: string): void
  spillDir(): string
  /** The running session memory (see compaction). */
  notesFile(): string
  /** Compactions in a row that made no room. */
  fruitlessCompactions(): number
  compacted(result: { readonly progress: boolean }): void
  toolContext(run: Run, call: ReadyCall): ToolContext
  /** What a call would do, for the dialog; undefined when the words say it all. */
  /** The result of a call that cannot be made as things are now; null for one that has to be asked about. */
  check(run: Run, call: ReadyCall): Promise<ToolOutput | null>
  preview(run: Run, call: ReadyCall): Promise<ToolView | undefined>
  /** Rules that hold until the turn ends, as texts. */
  allowForTurn(rules: readonly string[]): void
  turnEnded(): void
  /** A new, empty session begins when this turn has ended. */
  clearAfterTurn(): void
  /** Where plan mode keeps the plan. */
  planFile(): string
  /** The model reads `text` before the next prompt. */
  note(text: string): void
  /** The prompt that everything since belongs to; null before the first of this process. */
  promptId(): string | null
  sawPrompt(uuid: string): void
  /** Hooks of a skill, for the rest of the session. */
  addHooks(hooks: unknown, owner: HookOwner): void
  /** FileChanged: looks again at what is to be watched; `paths` replaces what hooks named before. */
  watch(paths?: readonly string[]): void
  endWatch(): void
  /**
   * What the next turn waits for (`model`: hooks see a switch first), the next call (`place`), or the end (`told`: hooks that
   * nobody else waits for); null mostly.
   */
  settled(what: Unsettled): Promise<unknown> | null
  settle(what: Unsettled, work: Promise<unknown>): void
  /** Why this process will end the session, once it is known. */
  leaving(): "logout" | "prompt_input_exit" | "other"
  leave(why: "logout" | "prompt_input_exit"): void
  /** Prompts at later times. */
  crons(): readonly ScheduledJob[]
  /** Gives the session a name for good; `setTitle` only shows one. */
  rename(title: string): void
  /** Calls of the main conversation that run, to what moves them to the background. */
  readonly detachable: Map<string, AbortController>
  /** Appends a bookkeeping line to the session's transcript. */
  addSide(line: SideLine): void
  /** More prompts that must be answered before the turn may end (an owed answer, Stop hooks), or that it must end. */
  beforeStop(run: Run): Promise<readonly Steering[] | { readonly stopped: string }>
  /** Something in the background has a word for the model. */
  wake(text: string): void
}

export type Unsettled = "model" | "place" | "told"

/** Only the person's conversation owes anything. */
export function finishOf(run: Run): FinishPort | undefined {
  return run.agent === undefined ? run.session.options.finish : undefined
}
