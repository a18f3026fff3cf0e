import type { AgentKind } from "../model/agent.ts"
import type { ApiPort, Thinking } from "../model/api.ts"
import type { HookPort } from "../model/hook.ts"
import type { Line } from "../model/line.ts"
import type { Effort, ModelInfo } from "../model/model-info.ts"
import type { PermissionMode, Rule } from "../model/permission.ts"
import type { SessionLog } from "../model/session.ts"
import type { TerminalPort } from "../model/terminal.ts"
import type { AnyTool, SpawnPort } from "../model/tool.ts"
import type { Persisted } from "../permissions/updates.ts"

/** Everything an engine is made of; `cli/compose.ts` fills it from flags, settings and the environment. */
export interface EngineOptions {
  readonly api: ApiPort
  readonly tools: readonly AnyTool[]
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
  readonly agents: {
    readonly kinds: readonly AgentKind[]
    readonly maxDepth: number
    readonly maxConcurrent: number
    /** Overrides every kind's model (CLAUDE_CODE_SUBAGENT_MODEL). */
    readonly model?: string
  }
  /** `window` in tokens overrides the model's (setting autoCompactWindow). */
  readonly compaction: { readonly auto: boolean; readonly window: number | null }
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
  /** A session to go on with instead of starting an empty one. */
  readonly resume?: LoadedSession
  readonly sessionId?: string
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
  /** The task list of one session. */
  tasksDir(sessionId: string): string
  gitBranch(): string
  /** Canonical path, following links; null when it cannot be resolved. */
  resolve(path: string): string | null
}

export interface ModelChoice {
  readonly model: string
  readonly fallback: readonly string[]
  readonly effort: Effort | null
  readonly thinking: Thinking | null
  readonly maxTokens: number | null
  readonly betas: readonly string[]
  /** Alias or id to what is known of it; unknown ids are allowed. */
  resolve(name: string): ModelInfo
}

export interface PermissionStart {
  readonly mode: PermissionMode
  /** Modes that may be switched to. */
  readonly modes: readonly PermissionMode[]
  readonly rules: readonly Rule[]
  readonly sandboxed: boolean
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
  /** CLAUDE.md and its relatives, in order. */
  memory(): Promise<readonly { readonly path: string; readonly content: string }[]>
  /** How to work with git, and how commits are signed; empty for nothing of it. */
  gitRules?(modelName: string): string
  /** One paragraph on the state of the repository, empty outside one. */
  git(): Promise<string>
}

export interface RunLimits {
  /** Requests of one turn; undefined is unlimited. */
  readonly maxTurns?: number
  /** US dollars of the whole process. */
  readonly maxBudgetUsd?: number
}
