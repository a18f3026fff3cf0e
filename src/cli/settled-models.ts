/** What is known of models, with what the settings say about them: prices, efforts, room. */
import { coreName } from "../api/model-table.ts"
import { resolveModel } from "../api/models.ts"
import { isObject } from "../config/key-type.ts"
import type { Env } from "../config/paths.ts"
import { EFFORTS, type Effort, type ModelInfo, type Price } from "../model/model-info.ts"
import type { Settings } from "../model/settings.ts"

/**
 * `settings` is asked at every call, so that a changed file counts from the next request on; `effortLevel` is the one of
 * the start (spec/settings.md section 1).
 */
export function settledModels(
  env: Env,
  settings: () => Settings,
  effortLevel: string | undefined = settings().effortLevel,
): (name: string) => ModelInfo {
  return (name) => {
    const info = resolveModel(name, env)
    const { modelPricing, modelSettings } = settings()
    const own = entryFor(modelSettings, name, info.id)
    const most = effortOf(own?.maxEffortLevel)
    const usual = effortOf(own?.effortLevel) ?? effortOf(effortLevel)
    const compactWindow = own?.autoCompactWindow
    return {
      ...info,
      ...priced(info, modelPricing, name),
      ...(most === null ? {} : { efforts: info.efforts.slice(0, info.efforts.indexOf(most) + 1) }),
      ...(usual === null ? {} : { usualEffort: usual }),
      ...(typeof compactWindow === "number" ? { compactWindow } : {}),
    }
  }
}

export function effortOf(word: unknown): Effort | null {
  return EFFORTS.find((effort) => effort === word) ?? null
}

/** By the name as given, the id, the id without date, or the family (`opus`). */
function entryFor(table: unknown, name: string, id: string): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(table)) return undefined
  const core = coreName(id)
  const family = core.split("-")[1] ?? ""
  for (const key of [name, id, core, family]) {
    const entry = Object.hasOwn(table, key) ? table[key] : undefined
    if (isObject(entry)) return entry
  }
  return undefined
}

/** Dollars per million tokens; what is not given stays as it is. A write for an hour is twice the input price. */
function priced(info: ModelInfo, pricing: unknown, name: string): Partial<ModelInfo> {
  if (!isObject(pricing)) return {}
  const { multiplier } = pricing
  const priceFactor = typeof multiplier === "number" && multiplier >= 0 ? { priceFactor: multiplier } : {}
  const own = entryFor(pricing.overrides, name, info.id)
  if (own === undefined) return priceFactor
  const number = (key: string): number | undefined =>
    typeof own[key] === "number" && own[key] >= 0 ? own[key] : undefined
  const input = number("input")
  const write = number("cacheWrite") ?? (input === undefined ? undefined : input * 1.25)
  const price: Price = {
    input: input ?? info.price.input,
    output: number("output") ?? info.price.output,
    cacheRead: number("cacheRead") ?? (input === undefined ? info.price.cacheRead : input / 10),
    cacheWrite5m: write ?? info.price.cacheWrite5m,
    cacheWrite1h: input === undefined ? info.price.cacheWrite1h : input * 2,
  }
  return { ...priceFactor, price, costBasis: "managed" }
}
