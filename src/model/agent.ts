import type { Effort } from "./model-info.ts"
import type { PermissionMode } from "./permission.ts"
import type { Usage } from "./usage.ts"

/** A kind of subagent: built in, from a file, or given by the host (spec/memory-skills-agents.md section 3). */
export interface AgentKind {
  readonly name: string
  /** When to use it, for the model. */
  readonly description: string
  /** Its system prompt; the environment is added. */
  readonly prompt: string
  /** Names or `mcp__server`; absent means all. */
  readonly tools?: readonly string[]
  readonly disallowedTools?: readonly string[]
  /** Alias, id, or `inherit`. */
  readonly model?: string
  readonly effort?: Effort
  /** Of its calls, where the session is in its default mode; any other mode of the session holds for it, too. */
  readonly permissionMode?: PermissionMode
  /** Names of skills whose text it starts with. */
  readonly skills?: readonly string[]
  readonly maxTurns?: number
  readonly omitMemory?: boolean
  readonly background?: boolean
  /** It only looks: whatever would change something is refused, in every mode. */
  readonly readOnly?: true
  /** A hook started it: it asks nobody, fires no hooks, and readers are not told of it. */
  readonly unattended?: true
  /** In the shape of the setting; they count while the agent runs, and only for it. */
  readonly hooks?: unknown
  readonly source: "built-in" | "user" | "project" | "policy" | "host"
}

export interface AgentRequest {
  readonly kind: AgentKind
  readonly prompt: string
  /** Three to five words, for the screen. */
  readonly description: string
  readonly model?: string
  readonly effort?: Effort
  readonly toolUseId: string
}

export interface AgentReport {
  readonly agentId: string
  /** The final text, bounded. */
  readonly text: string
  readonly isError: boolean
  readonly model: string
  readonly usage: Usage
  /** Tokens in its window at the end. */
  readonly tokens: number
  readonly toolUses: number
  readonly durationMs: number
}

/** Starts subagents for the `Agent` tool; the engine owns depth, count and their end. */
export interface AgentPort {
  readonly kinds: readonly AgentKind[]
  /** Why no further agent may start now, or null. */
  refusal(): string | null
  /** Runs to the end; yields one line of progress per call it makes. `signal` stops it. */
  run(request: AgentRequest, signal: AbortSignal): AsyncGenerator<string, AgentReport>
}
