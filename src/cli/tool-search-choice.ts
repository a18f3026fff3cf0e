/** ENABLE_TOOL_SEARCH: unset, true, auto, auto:N or false (spec/mcp.md section 3). */
import { envBool } from "../config/env.ts"
import type { Env } from "../config/paths.ts"
import { chooseProvider } from "../config/provider.ts"
import type { Deferral } from "../extend/mcp/tool-search.ts"

const CHARS_PER_TOKEN = 4
/** Of the window, in percent, with `auto`. */
const AUTO_PERCENT = 10
/** Tokens; models of other windows are near enough for this. */
const WINDOW = 200_000

/** Null: every tool is in every request. */
export function toolSearchChoice(env: Env): Deferral | null {
  const word = env.ENABLE_TOOL_SEARCH?.trim().toLowerCase() ?? ""
  const auto = /^auto(?::(\d{1,3}))?$/.exec(word)
  if (auto !== null) {
    const percent = Math.min(100, Number(auto[1] ?? AUTO_PERCENT))
    return { minChars: Math.round((percent / 100) * WINDOW * CHARS_PER_TOKEN) }
  }
  const said = envBool(env, "ENABLE_TOOL_SEARCH")
  if (said === false) return null
  // A gateway may not know references; who knows that it does says so.
  return said === true || isFirstParty(env) ? { minChars: 0 } : null
}

function isFirstParty(env: Env): boolean {
  try {
    if (chooseProvider(env).provider !== "firstParty") return false
  } catch {
    return false
  }
  const base = env.ANTHROPIC_BASE_URL
  if (!base) return true
  return URL.canParse(base) && /(^|\.)anthropic\.com$/.test(new URL(base).hostname)
}

/** Small and early models know no references. */
export function searchesTools(id: string): boolean {
  return !/haiku|claude-(2|3|instant)/i.test(id)
}
