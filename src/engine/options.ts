import type { AgentKind } from "../model/agent.ts"
import type { ApiPort, Thinking, ThinkingDisplay } from "../model/api.ts"
import type { AutoMode } from "../model/auto-mode.ts"
import type { Block } from "../model/block.ts"
import type { CheckpointPort } from "../model/checkpoint.ts"
import type { Command } from "../model/command.ts"
import type { Elicitation, ElicitationAnswer } from "../model/elicitation.ts"
import type { FinishPort } from "../model/finish.ts"
import type { HookOutcome, HookPort } from "../model/hook.ts"
import type { CommandPort } from "../model/intake.ts"
import type { Line } from "../model/line.ts"
import type { Effort, ModelInfo } from "../model/model-info.ts"
import type { OutputStyle } from "../model/output-style.ts"
import type { PermissionMode, Restrictions, Rule } from "../model/permission.ts"
import type { SessionLog } from "../model/session.ts"
import type { NetworkTarget } from "../model/spawn.ts"
import type { TerminalPort } from "../model/terminal.ts"
import type { OfferedTool, SpawnPort } from "../model/tool.ts"
import type { Persisted } from "../permissions/updates.ts"

/** Everything an engine is made of; `cli/compose.ts` fills it from flags, settings and the environment. */
export interface EngineOptions {
  readonly api: ApiPort
  /**
   * May be a getter: it is read anew for every request, so servers can bring tools later. The order must be
   * stable, the prompt cache depends on it.
   */
  readonly tools: readonly OfferedTool[]
  readonly hooks: HookPort
  readonly spawn: SpawnPort
  /** A person's terminal for commands that need one. */
  readonly terminal?: TerminalPort
  readonly place: EnginePlace
  readonly models: ModelChoice
  readonly permissions: PermissionStart
  readonly store: EngineStore
  readonly prompt: PromptSource
  readonly limits: RunLimits
  /** The main conversation runs as this kind (`--agent`): its prompt and its tools. May be a getter. */
  readonly mainAgent?: AgentKind | null
  readonly agents: {
    /** May be a getter, as `tools`. */
    readonly kinds: readonly AgentKind[]
    readonly maxDepth: number
    readonly maxConcurrent: number
    /** Characters of a report that reach the parent; default 32,000. May be a getter. */
    readonly reportChars?: number
    /** Overrides every kind's model (CLAUDE_CODE_SUBAGENT_MODEL). */
    readonly model?: string
  }
  /** `share` (0 to 1) of the window at which it happens, instead of near its end. `window` in tokens overrides the model's (setting autoCompactWindow). Both may be getters. */
  readonly compaction: { readonly auto: boolean; readonly window: number | null; readonly share?: number }
  /** A reader that can put questions to a person listens; otherwise policy refuses what would ask. */
  readonly canAsk: boolean
  /** Shown by `/status` and in `init`: `ANTHROPIC_API_KEY`, `none`, … */
  readonly credential: string
  readonly version: string
  readonly entrypoint: string
  /** Calls that may run side by side (CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY). */
  readonly maxConcurrency: number
  /** Value of `metadata.user_id`. */
  readonly userId?: string
  readonly now?: () => Date
  /** The process ends once the prompt is answered and background work is done: later never comes. */
  readonly endsWithAnswer?: boolean
  /** Where scheduled tasks of the project are kept; without it they last as long as the session. */
  readonly scheduleFile?: string
  /** The first prompt of a session gets a title, made by the small model beside the conversation. */
  readonly titles?: boolean
  /** Totals begin with what the resumed conversation has cost; a fork's begin at nothing. */
  readonly restoresTotals?: boolean
  /** A session to go on with instead of starting an empty one. */
  readonly resume?: LoadedSession
  readonly sessionId?: string
  /** After a turn the model guesses the next prompt. May be a getter. */
  readonly suggestions?: boolean
  /** Waited for before the first request of a turn (servers that still connect). Must settle by itself. */
  ready?(): Promise<void> | null
  /** Called once: what the outside tells the readers of this engine. */
  attach?(port: EnginePort): void
  /** The session's first hooks wait for the command `begin`, or the first turn: a host may bring hooks of its own. */
  readonly beginsLater?: boolean
  /** The folders of the session are others now (`/add-dir`, settings); the first is the project's. */
  onRoots?(roots: readonly string[]): void
  /** `resume` is a copy that was made for this process. */
  readonly forked?: boolean
  /** Where an MCP server was configured, as hosts and hooks are told; undefined for one that is not known. */
  serverSource?(name: string): string | undefined
  /** Fires Setup hooks before the session starts. */
  readonly setup?: "init" | "maintenance"
  /** A hook may put a call off to a later process: nobody sits at this session. */
  readonly defers?: boolean
  /** What a turn owes besides text (`--json-schema`). */
  readonly finish?: FinishPort
  /** Built-in commands that need more than the engine; its own of the same name win. */
  readonly extraCommands?: readonly ExtraCommand[]
  /** Slash commands and skills from files. */
  readonly commands?: CommandPort
  /** What `@server:uri` stands for; null when it is no resource of a server. Absent where mentions stay text. */
  readResource?(
    word: string,
    turn: { readonly sessionId: string; readonly signal: AbortSignal },
  ): Promise<readonly Block[] | null>
  /** Names the model may call a tool by, to the tool that is meant; one hop. */
  readonly toolAliases?: Readonly<Record<string, string>>
  /** Replaces how plan mode tells the model to go about planning. */
  readonly planInstructions?: string | undefined
  /** False: `@path` in a prompt stays text. */
  readonly expandsMentions?: boolean
  /** Copies of files before this session changes them; absent when checkpointing is off. */
  readonly checkpoints?: CheckpointPort
}

export interface ExtraCommand {
  readonly name: string
  readonly description: string
  readonly argumentHint: string
  /** For people. */
  answer(args: string): Promise<string> | string
}

export interface EnginePort {
  send(command: Command): void
  /** Tools or agents changed. */
  changed(): void
  notice(
    level: "info" | "warning" | "error",
    code: string,
    text: string,
    data?: Readonly<Record<string, unknown>>,
  ): void
  /** The permission rules as they are now. */
  rules(): readonly Rule[]
  /** Whether a contained command may reach a host that no list decides: true, or why not. Never rejects. */
  askNetwork(target: NetworkTarget, signal: AbortSignal): Promise<true | string>
  /** Asks hooks about something that happens outside of any turn. */
  fire(
    event: string,
    input: Readonly<Record<string, unknown>>,
    extra: { readonly matcher?: string },
  ): Promise<HookOutcome>
  /** Puts a server's question to hooks and the person. Never rejects; an interrupt and a deadline cancel it. */
  elicit(about: Elicitation, signal: AbortSignal): Promise<ElicitationAnswer>
}

export interface EnginePlace {
  /** Absolute and canonical. */
  readonly cwd: string
  readonly home: string
  readonly configDir: string
  /** Further working folders, canonical. */
  readonly additionalRoots: readonly string[]
  /** For children; without this program's secrets. */
  readonly env: Readonly<Record<string, string>>
  /** Holds `tool-results/` and task output of one session. */
  sessionDir(sessionId: string): string
  /** What hooks leave for the commands of one session; it need not exist. */
  envFile?(sessionId: string): string
  /** Where plan mode keeps plans; default `plans` in the config folder. May be a getter. */
  readonly plansDir?: string
  /** The task list of one session. */
  tasksDir(sessionId: string): string
  gitBranch(): string
  /** Canonical path, following links; null when it cannot be resolved. */
  resolve(path: string): string | null
  /** All paths below a folder; null when that cannot be said. Missing: never known. */
  below?(folder: string): readonly string[] | null
  /** The files that git tracks around a folder; null when that cannot be said. Missing: never known. */
  tracked?(folder: string): readonly string[] | null
}

export interface ModelChoice {
  readonly model: string
  readonly fallback: readonly string[]
  readonly effort: Effort | null
  readonly thinking: Thinking | null
  readonly maxTokens: number | null
  readonly betas: readonly string[]
  /** How long the prompt cache lives; default 5 minutes. */
  cacheTtl?(model: string, of: { readonly subagent: boolean }): "5m" | "1h" | "off"
  /** The fast one for titles, questions about pages and the like; default the alias `haiku`. */
  small?(): ModelInfo
  readonly display?: ThinkingDisplay
  /** Whether the model of this id knows references to tools; default no. */
  searchesTools?(id: string): boolean
  /** How a session begins; undefined where the service has no faster one. */
  readonly fast?: boolean
  /** Tokens the model is told it may use. */
  readonly taskBudget?: number
  /** Alias or id to what is known of it; unknown ids are allowed. */
  resolve(name: string): ModelInfo
  /** False: a refusal is the answer. Else the next model of `fallback` is asked. May be a getter. */
  readonly switchesOnRefusal?: boolean
  /** Why a model may not be used here, in one line; null when it may. */
  refuse?(name: string): string | null
}

export interface PermissionStart {
  readonly mode: PermissionMode
  /** Modes that may be switched to. */
  readonly modes: readonly PermissionMode[]
  readonly rules: readonly Rule[]
  readonly sandboxed: boolean
  /** Only managed settings may allow: nothing a person or a host answers adds an allow rule. */
  readonly managedRulesOnly?: true
  readonly restrictions?: Restrictions
  /** Reviews in auto mode; absent where there are none. */
  readonly auto?: AutoMode
  /** Writes what outlives the session; failures come back as one line. */
  persist(updates: readonly Persisted[]): Promise<string | null>
}

export interface EngineStore {
  openLog(sessionId: string): SessionLog
  /** Null when there is no such session. */
  load(sessionId: string): Promise<LoadedSession | null>
  /** A child's transcript, beside the parent's. */
  openChildLog(sessionId: string, agentId: string): SessionLog
}

export interface LoadedSession {
  readonly id: string
  readonly lines: readonly Line[]
  readonly leaf: string | null
}

export interface PromptSource {
  /** Replaces the default prompt; elements after the dynamic boundary are not cached. */
  readonly custom?: readonly string[] | undefined
  readonly append?: string | undefined
  /** How to work and talk, in place of or beside the default (setting `outputStyle`); for the main conversation. */
  readonly style?: OutputStyle | undefined
  /** Language of the replies, as the user wrote it. */
  readonly language?: string | undefined
  /** Goes behind every subagent's prompt. */
  readonly appendSubagent?: string
  /** Made anew for every request instead of once (`--system-prompt-snapshot off`). */
  readonly fresh?: boolean
  /** Folder, environment and git state go into the first message: the prompt is the same for everybody. */
  readonly excludeDynamic?: boolean
  /** CLAUDE.md and its relatives, in order. */
  memory(): Promise<readonly Instructions[]>
  /** What the MCP servers of this session say about themselves; empty when they say nothing. */
  servers?(): string
  /** How to work with git, and how commits are signed; empty for nothing of it. */
  gitRules?(modelName: string): string
  /** One paragraph on the state of the repository, empty outside one. */
  git(): Promise<string>
  /** Makes a finder of instructions that become relevant when a file (absolute) is touched; it gives each once. */
  nested?(): (path: string) => Promise<readonly Instructions[]>
}

/** An instruction file; all but the first two are for hooks. */
export interface Instructions {
  readonly path: string
  readonly content: string
  readonly type?: string
  readonly importedBy?: string
  readonly globs?: readonly string[]
}

export interface RunLimits {
  /** Requests of one turn; undefined is unlimited. */
  readonly maxTurns?: number
  /** US dollars of the whole process. */
  readonly maxBudgetUsd?: number
}
