/** What the prompt cache is worth now, as hooks are told of it (spec/hooks.md, input). */
import type { ModelInfo } from "../model/model-info.ts"
import { contextTokens } from "../model/usage.ts"
import type { Run } from "./run.ts"

export interface CacheFacts {
  /** Of the newest reply; 0 before the first. */
  readonly contextTokens: number
  readonly secondsSince: number | null
  readonly ttl: "5m" | "1h"
  readonly warm: boolean
  /** US dollars to write the context into the cache of `model`. */
  readonly writeUsd: number
  readonly pricing: "configured" | "catalog" | "default"
}

const TTL_SECONDS = { "5m": 300, "1h": 3_600 } as const
const PRICING = { managed: "configured", list: "catalog", unknown: "default" } as const

export function cacheFacts(run: Run, model: ModelInfo): CacheFacts {
  const { models, now } = run.session.options
  const last = run.history.lines.findLast((line) => line.type === "assistant")
  const tokens = last?.type === "assistant" ? contextTokens(last.message.usage) : 0
  const at = last === undefined ? Number.NaN : Date.parse(last.timestamp)
  const secondsSince = Number.isFinite(at)
    ? Math.max(0, Math.round(((now?.().getTime() ?? Date.now()) - at) / 1_000))
    : null
  const choice = models.cacheTtl?.(run.session.model().id, { subagent: false }) ?? "5m"
  const ttl = choice === "off" ? "5m" : choice
  const price = ttl === "1h" ? model.price.cacheWrite1h : model.price.cacheWrite5m
  return {
    contextTokens: tokens,
    secondsSince,
    ttl,
    warm: choice !== "off" && secondsSince !== null && secondsSince < TTL_SECONDS[ttl],
    writeUsd: (tokens * price) / 1e6,
    pricing: PRICING[model.costBasis],
  }
}
