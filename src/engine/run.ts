import type { AgentPort } from "../model/agent.ts"
import type { ApiPort, RequestSettings } from "../model/api.ts"
import type { Block } from "../model/block.ts"
import type { AgentRef, EventBody } from "../model/event.ts"
import type { ModelInfo } from "../model/model-info.ts"
import type { AnyTool, FileMemory } from "../model/tool.ts"
import type { Usage } from "../model/usage.ts"
import type { History } from "./history.ts"
import type { Ledger } from "./ledger.ts"
import type { Session } from "./session.ts"

/**
 * One conversation that is being driven: the person's, or a subagent's. What differs between the two is here;
 * what they share is `session`.
 */
export interface Run {
  readonly session: Session
  readonly agent?: AgentRef
  /** 0 is the person's conversation, 1 its subagents. */
  readonly depth: number
  /** What this run has read of files. */
  readonly files: FileMemory
  readonly agents: AgentPort
  readonly history: History
  readonly api: ApiPort
  readonly ledger: Ledger
  /** Aborts everything this run waits for. */
  readonly signal: AbortSignal
  /** Tools offered to the model, in a stable order (the prompt cache depends on it). */
  tools(): readonly AnyTool[]
  settings(): RequestSettings
  /** Another model for the rest of this turn. */
  useModel(model: ModelInfo): void
  system(): Promise<readonly { readonly text: string; readonly cacheable: boolean }[]>
  emit(body: EventBody): void
  /** Prompts that arrived meanwhile, to go to the model at the next tool boundary. */
  steering(): readonly Steering[]
  readonly limits: RunLimits
  /** Lines (`uuid`) and blocks (`uuid:index`) that the service rejected by name; left out of every later request. */
  readonly quarantined: Set<string>
  /** What this turn has used so far. */
  readonly meter: Meter
}

export interface Steering {
  readonly uuid: string
  readonly content: string | readonly Block[]
  readonly origin: "person" | "task" | "reminder"
}

export interface RunLimits {
  /** Requests of one turn; undefined is unlimited. */
  readonly maxTurns?: number
  /** US dollars of the whole process. */
  readonly maxBudgetUsd?: number
}

export interface Meter {
  requests: number
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
