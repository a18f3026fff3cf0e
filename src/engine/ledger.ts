import { costOf } from "../api/models.ts"
import type { RequestCause } from "../model/api.ts"
import type { ModelTotals, Totals } from "../model/event.ts"
import type { ModelInfo } from "../model/model-info.ts"
import { addUsage, NO_USAGE, type Usage } from "../model/usage.ts"

/** One request that was paid for, and why it was made. */
export interface LedgerEntry {
  readonly at: number
  readonly cause: RequestCause
  readonly model: string
  readonly agent?: string
  readonly usage: Usage
  readonly costUsd: number
  readonly apiMs: number
  /** True when the reply was void and a retry followed. */
  readonly wasted: boolean
}

/** Where the tokens went: totals for ever, single entries for the newest requests. */
export interface Ledger {
  add(entry: Omit<LedgerEntry, "at" | "costUsd">, model: ModelInfo): LedgerEntry
  totals(): Totals
  /** US dollars since the process began: `clear` does not give a budget back. */
  spentUsd(): number
  entries(): readonly LedgerEntry[]
  /** Totals per cause, for `/cost`. */
  byCause(): Readonly<
    Record<string, { readonly requests: number; readonly costUsd: number; readonly usage: Usage }>
  >
  /** What was paid by an earlier process: part of the totals, not of what this one spends. */
  restore(name: string, usage: Usage, model: ModelInfo): void
  /** Another conversation begins: its totals start at nothing. */
  clear(): void
}

/** Entries kept one by one; enough to explain an afternoon, about 400 KB at most. */
const KEPT_ENTRIES = 1_000

export function createLedger(now: () => number = Date.now): Ledger {
  let entries: LedgerEntry[] = []
  let models: Record<string, ModelTotals> = {}
  let causes: Record<string, { requests: number; costUsd: number; usage: Usage }> = {}
  let costUsd = 0
  let spentUsd = 0
  let apiMs = 0

  const count = (name: string, usage: Usage, cost: number, model: ModelInfo) => {
    costUsd += cost
    const before = models[name]
    models[name] = {
      usage: addUsage(before?.usage ?? NO_USAGE, usage),
      costUsd: (before?.costUsd ?? 0) + cost,
      window: model.window,
      maxOutput: model.maxOutput,
      costBasis: model.costBasis,
    }
  }

  return {
    restore: (name, usage, model) => count(name, usage, costOf(usage, model), model),
    add(input, model) {
      const entry: LedgerEntry = { ...input, at: now(), costUsd: costOf(input.usage, model) }
      entries.push(entry)
      if (entries.length > KEPT_ENTRIES) entries = entries.slice(-KEPT_ENTRIES / 2)
      count(entry.model, entry.usage, entry.costUsd, model)
      spentUsd += entry.costUsd
      apiMs += entry.apiMs
      // What a retry made void was paid for as well, and for nothing.
      const why = entry.wasted ? "retry" : entry.cause
      const cause = causes[why]
      causes[why] = {
        requests: (cause?.requests ?? 0) + 1,
        costUsd: (cause?.costUsd ?? 0) + entry.costUsd,
        usage: addUsage(cause?.usage ?? NO_USAGE, entry.usage),
      }
      return entry
    },
    totals: () => ({ costUsd, apiMs, models: { ...models } }),
    spentUsd: () => spentUsd,
    entries: () => entries,
    byCause: () => causes,
    clear() {
      entries = []
      models = {}
      causes = {}
      costUsd = 0
      apiMs = 0
    },
  }
}
