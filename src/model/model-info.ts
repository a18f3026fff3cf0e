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
