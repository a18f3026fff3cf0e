/** From what people call a model to what is known of it, and what its tokens cost. */
import { isOn } from "../lib/is-on.ts"
import { EFFORTS, type ModelInfo } from "../model/model-info.ts"
import type { Usage } from "../model/usage.ts"
import { coreName, LONG_PROMPT, modelInfo, WINDOW_1M, WINDOW_200K } from "./model-table.ts"

export type Env = Readonly<Record<string, string | undefined>>

/** Changes to the table, by model id or name, e.g. from settings. */
export type ModelOverrides = Readonly<Record<string, Partial<Omit<ModelInfo, "id">>>>

export interface ResolveOptions {
  readonly overrides?: ModelOverrides
  /** In plan mode `opusplan` is Opus, otherwise Sonnet. */
  readonly planning?: boolean
}

const FAMILIES = {
  opus: { id: "claude-opus-5-5", env: "ANTHROPIC_DEFAULT_OPUS_MODEL" },
  fable: { id: "claude-fable-5-2", env: "ANTHROPIC_DEFAULT_FABLE_MODEL" },
  sonnet: { id: "claude-sonnet-5-5", env: "ANTHROPIC_DEFAULT_SONNET_MODEL" },
  haiku: { id: "claude-haiku-5-5", env: "ANTHROPIC_DEFAULT_HAIKU_MODEL" },
} as const
type Family = keyof typeof FAMILIES

/** Dollars per search (spec/api.md section 7). */
const WEB_SEARCH_PRICE = 0.01

function count(value: string | undefined): number | undefined {
  const number = Number(value)
  return value !== undefined && Number.isInteger(number) && number > 0 ? number : undefined
}

/** The id behind an alias; an id is returned as it is. May carry a `[1m]` suffix. */
function expand(name: string, env: Env, planning: boolean): string {
  const alias = name.toLowerCase()
  if (alias in FAMILIES) {
    const family = FAMILIES[alias as Family]
    const old = alias === "haiku" ? env.ANTHROPIC_SMALL_FAST_MODEL : undefined
    return env[family.env] || old || family.id
  }
  switch (alias) {
    case "":
    case "default": {
      const chosen = env.ANTHROPIC_DEFAULT_MODEL
      return chosen && chosen.toLowerCase() !== "default"
        ? expand(chosen, env, planning)
        : expand("opus", env, planning)
    }
    case "best":
      return expand("fable", env, planning)
    case "opusplan":
      return expand(planning ? "opus" : "sonnet", env, planning)
    default:
      return name
  }
}

const LONG_SUFFIX = /\[1m\]$/i

/**
 * Turns an alias (`opus`, `sonnet`, `haiku`, `fable`, `best`, `opusplan`, `default`), an id, or either with a `[1m]`
 * suffix into a model. Total: an unknown id is allowed. Windows and limits are in tokens.
 */
export function resolveModel(name: string, env: Env, options: ResolveOptions = {}): ModelInfo {
  const asked = name.trim()
  const expanded = expand(asked.replace(LONG_SUFFIX, ""), env, options.planning ?? false)
  const long = LONG_SUFFIX.test(asked) || LONG_SUFFIX.test(expanded)
  const id = expanded.replace(LONG_SUFFIX, "")
  const known = modelInfo(id)
  const short = isOn(env.CLAUDE_CODE_DISABLE_1M_CONTEXT)
  const window = count(env.CLAUDE_CODE_MAX_CONTEXT_TOKENS)
  const limit = count(env.CLAUDE_CODE_MAX_OUTPUT_TOKENS)
  const adaptive = !isOn(env.CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING)
  return {
    ...known,
    window: short ? Math.min(known.window, WINDOW_200K) : long ? WINDOW_1M : known.window,
    // Only models of that age can think by budget as well.
    ...(!adaptive && known.thinking === "adaptive" && /-4-6$/.test(coreName(id))
      ? { thinking: "budget" }
      : {}),
    ...capabilities(capabilityWords(asked.replace(LONG_SUFFIX, ""), id, env)),
    ...options.overrides?.[coreName(id)],
    ...options.overrides?.[id],
    ...(window === undefined ? {} : { window }),
    ...(limit === undefined
      ? {}
      : { maxOutput: known.costBasis === "list" ? Math.min(limit, 128_000) : limit }),
  }
}

/** What the person says the model behind an alias, or the extra row of the picker, can do. */
function capabilityWords(asked: string, id: string, env: Env): string | undefined {
  const family = FAMILIES[asked.toLowerCase() as Family] ?? null
  if (family !== null && env[family.env]) return env[`${family.env}_SUPPORTED_CAPABILITIES`]
  if (id === env.ANTHROPIC_CUSTOM_MODEL_OPTION)
    return env.ANTHROPIC_CUSTOM_MODEL_OPTION_SUPPORTED_CAPABILITIES
  const behind = Object.values(FAMILIES).find(({ env: name }) => env[name] === id)
  return behind === undefined ? undefined : env[`${behind.env}_SUPPORTED_CAPABILITIES`]
}

/** Words with commas: effort, xhigh_effort, max_effort, thinking, adaptive_thinking. A list that is given is all there is. */
function capabilities(words: string | undefined): Partial<ModelInfo> {
  if (words === undefined) return {}
  const has = new Set(words.split(",").map((word) => word.trim().toLowerCase()))
  const efforts = EFFORTS.filter((effort) => {
    if (effort === "xhigh") return has.has("xhigh_effort")
    return effort === "max" ? has.has("max_effort") : has.has("effort")
  })
  const thinking = has.has("adaptive_thinking") ? "adaptive" : has.has("thinking") ? "budget" : "none"
  return { efforts, thinking }
}

/** The model for titles and summaries. */
export function resolveSmallModel(env: Env, options: ResolveOptions = {}): ModelInfo {
  return resolveModel("haiku", env, options)
}

export interface ModelChoice {
  /** What `--model` and the `model` setting take. */
  readonly value: string
  readonly label: string
  readonly description: string
  readonly info: ModelInfo
}

const DESCRIPTIONS: Readonly<Record<Family, string>> = {
  opus: "for complex work",
  fable: "the most capable",
  sonnet: "for everyday tasks",
  haiku: "fast answers at the lowest price",
}

/** The rows of the model picker, in the order of spec/api.md section 7. */
export function listModels(env: Env, options: ResolveOptions = {}): readonly ModelChoice[] {
  const fallback = resolveModel("default", env, options)
  const families = (Object.keys(FAMILIES) as Family[]).map((value): ModelChoice => {
    const info = resolveModel(value, env, options)
    const { env: key } = FAMILIES[value]
    return {
      value,
      label: env[`${key}_NAME`] || info.displayName,
      description: env[`${key}_DESCRIPTION`] || DESCRIPTIONS[value],
      info,
    }
  })
  const custom = env.ANTHROPIC_CUSTOM_MODEL_OPTION
  return [
    { value: "default", label: "Default", description: fallback.displayName, info: fallback },
    ...families,
    ...(custom
      ? [
          {
            value: custom,
            label: env.ANTHROPIC_CUSTOM_MODEL_OPTION_NAME || custom,
            description: env.ANTHROPIC_CUSTOM_MODEL_OPTION_DESCRIPTION || "custom model",
            info: resolveModel(custom, env, options),
          },
        ]
      : []),
  ]
}

/** US dollars of one request's usage. Sums of several requests come out right only where the price has no steps. */
export function costOf(usage: Usage, info: ModelInfo): number {
  const prompt = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  const step = LONG_PROMPT[coreName(info.id)]
  const price = step && info.costBasis === "list" && prompt > step.over ? step.price : info.price
  const hour = usage.cache_creation.ephemeral_1h_input_tokens
  const tokens =
    usage.input_tokens * price.input +
    usage.output_tokens * price.output +
    usage.cache_read_input_tokens * price.cacheRead +
    hour * price.cacheWrite1h +
    Math.max(0, usage.cache_creation_input_tokens - hour) * price.cacheWrite5m
  const dollars = tokens / 1_000_000 + usage.server_tool_use.web_search_requests * WEB_SEARCH_PRICE
  return dollars * (info.priceFactor ?? 1)
}

/** Betas without which the service would not give the model what `info` promises. */
export function betasOf(info: ModelInfo): readonly string[] {
  const native = modelInfo(info.id)
  if (native.costBasis === "unknown") return []
  return [
    ...(info.thinking === "budget" ? ["interleaved-thinking-2025-05-14"] : []),
    ...(info.window > native.window ? ["context-1m-2025-08-07"] : []),
  ]
}
