import { envOn } from "../config/env.ts"
import type { Env } from "../config/paths.ts"
import type { Settings } from "../model/settings.ts"

export type CacheTtl = "5m" | "1h" | "off"

const FAMILIES = ["HAIKU", "SONNET", "OPUS", "FABLE"] as const

/** How long the prompt cache lives for a model: off by variable, then by variable, then by setting, else 5 minutes. */
export function cacheChoice(
  env: Env,
  settings: () => Settings,
): (model: string, of: { readonly subagent: boolean }) => CacheTtl {
  return (model, { subagent }) => {
    const family = FAMILIES.find((name) => model.toLowerCase().includes(name.toLowerCase()))
    const off = ["DISABLE_PROMPT_CACHING", ...(family ? [`DISABLE_PROMPT_CACHING_${family}`] : [])]
    if (off.some((name) => envOn(env, name))) return "off"
    if (envOn(env, "FORCE_PROMPT_CACHING_5M")) return "5m"
    if (envOn(env, "ENABLE_PROMPT_CACHING_1H")) return "1h"
    const { promptCacheTtl, subagentPromptCacheTtl } = settings()
    const own = subagent ? subagentPromptCacheTtl : undefined
    return (own ?? promptCacheTtl) === "1h" ? "1h" : "5m"
  }
}
