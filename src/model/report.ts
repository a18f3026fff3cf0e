import type { ModelTotals } from "./totals.ts"
import type { Usage } from "./usage.ts"

/** What the engine can tell of itself on request; plain data for screens and hosts. */
export type Report =
  | { readonly report: "cost"; readonly data: CostReport }
  | { readonly report: "context"; readonly data: ContextReport }
  | { readonly report: "usage"; readonly data: UsageReport }

/** Where the money went, of this process. */
export interface CostReport {
  readonly costUsd: number
  /** Milliseconds of waiting for the model, retries included. */
  readonly apiMs: number
  readonly models: readonly (ModelTotals & { readonly model: string })[]
  /** By what the requests were made for, the dearest first. */
  readonly causes: readonly {
    readonly cause: string
    readonly requests: number
    readonly costUsd: number
    readonly usage: Usage
  }[]
  /** Of all tokens that went in, the share that the cache held; 0 to 1. */
  readonly cacheShare: number
}

export type ContextCategory =
  | "system_prompt"
  | "system_tools"
  | "mcp_tools"
  | "memory_files"
  | "messages"
  | "autocompact_buffer"
  | "free_space"

/** What fills the window. Tokens; the sum is real usage where there is one, its parts are estimates. */
export interface ContextReport {
  readonly model: string
  readonly window: number
  readonly used: number
  readonly categories: readonly {
    readonly id: ContextCategory
    readonly name: string
    readonly kind: "used" | "buffer" | "free"
    readonly tokens: number
  }[]
  readonly tools: readonly { readonly name: string; readonly tokens: number }[]
  readonly mcpTools: readonly { readonly name: string; readonly server: string; readonly tokens: number }[]
  readonly memoryFiles: readonly {
    readonly path: string
    readonly tokens: number
    /** Whose it is: `Managed`, `User`, `Project`, `Local`. */
    readonly type?: string
  }[]
  readonly agents: readonly { readonly name: string; readonly source: string; readonly tokens: number }[]
  readonly messages: {
    readonly toolCalls: number
    readonly toolResults: number
    readonly assistant: number
    readonly user: number
  }
  readonly autoCompact: boolean
  /** Tokens from which on the conversation is summarised. */
  readonly compactAt: number
}

/** What this process used and did. */
export interface UsageReport {
  readonly costUsd: number
  readonly apiMs: number
  readonly durationMs: number
  readonly linesAdded: number
  readonly linesRemoved: number
  readonly models: Readonly<Record<string, ModelTotals>>
}
