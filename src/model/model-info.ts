/** What the program must know of a model (spec/api.md section 7); the table is `api/models.ts` and settings. */
export interface ModelInfo {
  readonly id: string
  /** Tokens. */
  readonly window: number
  readonly maxOutput: number
  readonly thinking: "adaptive" | "budget" | "none"
  readonly efforts: readonly Effort[]
  /** US dollars per million tokens; null for an unknown model. */
  readonly price: Price
  readonly costBasis: "list" | "managed" | "unknown"
  readonly displayName: string
  /** There is a faster service for it, at a price of its own. */
  readonly fast?: true
  /** All costs are multiplied by it; absent is 1. */
  readonly priceFactor?: number
  /** Where neither a flag nor a person chose one. */
  readonly usualEffort?: Effort
  /** Tokens at which the conversation is summarised, where the session says nothing. */
  readonly compactWindow?: number
}

export const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const
export type Effort = (typeof EFFORTS)[number]

export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly cacheRead: number
}
