import type { Usage } from "./usage.ts"

/** What a process has used, all models and causes. */
export interface Totals {
  readonly costUsd: number
  readonly apiMs: number
  readonly models: Readonly<Record<string, ModelTotals>>
}

export interface ModelTotals {
  readonly usage: Usage
  readonly costUsd: number
  readonly window: number
  readonly maxOutput: number
  readonly costBasis: "list" | "managed" | "unknown"
}
