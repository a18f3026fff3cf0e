/** What is known of each model: windows, output limits, thinking, efforts and list prices (spec/api.md section 7). */
import { EFFORTS, type Effort, type ModelInfo, type Price } from "../model/model-info.ts"

export const WINDOW_1M = 1_000_000
export const WINDOW_200K = 200_000

const NO_XHIGH: readonly Effort[] = ["low", "medium", "high", "max"]

/** Dollars per million tokens. A 1-hour write is twice, a 5-minute write 1.25 times the input price. */
function price(input: number, output: number, cacheRead = input / 10): Price {
  return { input, output, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2, cacheRead }
}

const OPUS_55 = price(4, 20, 0.2)
const FABLE_5 = price(10, 50)
const FABLE_52 = price(8, 40, 0.2)
const OPUS = price(5, 25)
const OPUS_OLD = price(15, 75)
const SONNET_55 = price(2, 10, 0.1)
const SONNET_5 = price(2, 10)
const SONNET = price(3, 15)
const HAIKU_55 = price(0.1, 0.5)
const HAIKU_45 = price(1, 5)

/** Models that cost more once the prompt passes a size: tokens, and the price from there. */
export const LONG_PROMPT: Readonly<Record<string, { readonly over: number; readonly price: Price }>> = {
  "claude-haiku-5-5": { over: 100_000, price: price(0.5, 2.5) },
}

/** Models with a faster service (spec/api.md section 4: `fast-mode-2026-02-01`; which ones is own reading: Opus from 4.6 on). */
const FAST = /^claude-opus-(4-[6-9]|[5-9])/

interface Row {
  readonly name: string
  readonly price: Price
  readonly out: number
  /** `new`: adaptive thinking, all efforts, 1M; `4.6`: without xhigh; `old`: thinking by budget, no effort, 200k. */
  readonly era: "new" | "4.6" | "old"
}

const ROWS: Readonly<Record<string, Row>> = {
  "claude-fable-5-2": { name: "Fable 5.2", price: FABLE_52, out: 128_000, era: "new" },
  "claude-fable-5-1": { name: "Fable 5.1", price: FABLE_5, out: 64_000, era: "new" },
  "claude-fable-5": { name: "Fable 5", price: FABLE_5, out: 64_000, era: "new" },
  "claude-mythos-5-2": { name: "Mythos 5.2", price: FABLE_5, out: 128_000, era: "new" },
  "claude-mythos-5-1": { name: "Mythos 5.1", price: FABLE_5, out: 64_000, era: "new" },
  "claude-mythos-5": { name: "Mythos 5", price: FABLE_5, out: 64_000, era: "new" },
  "claude-opus-5-5": { name: "Opus 5.5", price: OPUS_55, out: 128_000, era: "new" },
  "claude-opus-5": { name: "Opus 5", price: OPUS, out: 64_000, era: "new" },
  "claude-opus-4-8": { name: "Opus 4.8", price: OPUS, out: 64_000, era: "new" },
  "claude-opus-4-7": { name: "Opus 4.7", price: OPUS, out: 64_000, era: "new" },
  "claude-opus-4-6": { name: "Opus 4.6", price: OPUS, out: 64_000, era: "4.6" },
  "claude-opus-4-5": { name: "Opus 4.5", price: OPUS, out: 32_000, era: "old" },
  "claude-opus-4-1": { name: "Opus 4.1", price: OPUS_OLD, out: 32_000, era: "old" },
  "claude-opus-4": { name: "Opus 4", price: OPUS_OLD, out: 32_000, era: "old" },
  "claude-sonnet-5-5": { name: "Sonnet 5.5", price: SONNET_55, out: 128_000, era: "new" },
  "claude-sonnet-5": { name: "Sonnet 5", price: SONNET_5, out: 64_000, era: "new" },
  "claude-sonnet-4-6": { name: "Sonnet 4.6", price: SONNET, out: 64_000, era: "4.6" },
  "claude-sonnet-4-5": { name: "Sonnet 4.5", price: SONNET, out: 32_000, era: "old" },
  "claude-sonnet-4": { name: "Sonnet 4", price: SONNET, out: 32_000, era: "old" },
  "claude-haiku-5-5": { name: "Haiku 5.5", price: HAIKU_55, out: 128_000, era: "new" },
  "claude-haiku-4-5": { name: "Haiku 4.5", price: HAIKU_45, out: 32_000, era: "old" },
}

/** Older ids put a date where newer ones have a minor number: `claude-opus-4-20250514`. */
const CORE = /claude-[a-z]+(?:-\d{1,2}(?!\d))*/

/** The undated, provider-free name: `us.anthropic.claude-opus-4-5-20251101-v1:0` is `claude-opus-4-5`. */
export function coreName(id: string): string {
  return CORE.exec(id.toLowerCase())?.[0] ?? id.toLowerCase()
}

/** True when two ids name the same model; an id in a form we do not know is taken to answer for itself. */
export function isSameModel(a: string, b: string): boolean {
  if (a === b || !a.includes("claude-") || !b.includes("claude-")) return true
  return coreName(a) === coreName(b)
}

/** Of an id without suffix. Unknown ids are allowed: they count as the newest Opus, at an unknown cost. */
export function modelInfo(id: string): ModelInfo {
  const row = ROWS[coreName(id)]
  if (/claude-[123]\b/.test(id))
    return { ...unknown(id), window: WINDOW_200K, maxOutput: 4096, thinking: "none", efforts: [] }
  if (!row) return unknown(id)
  return {
    id,
    window: row.era === "old" ? WINDOW_200K : WINDOW_1M,
    maxOutput: row.out,
    thinking: row.era === "old" ? "budget" : "adaptive",
    efforts: row.era === "new" ? EFFORTS : row.era === "4.6" ? NO_XHIGH : [],
    price: row.price,
    costBasis: "list",
    displayName: row.name,
    ...(FAST.test(coreName(id)) ? { fast: true as const } : {}),
  }
}

function unknown(id: string): ModelInfo {
  return {
    id,
    window: WINDOW_1M,
    maxOutput: 32_000,
    // Gateways to other vendors' models reject what they do not know.
    thinking: id.includes("claude") ? "adaptive" : "none",
    efforts: id.includes("claude") ? EFFORTS : [],
    price: OPUS_55,
    costBasis: "unknown",
    displayName: id,
  }
}
