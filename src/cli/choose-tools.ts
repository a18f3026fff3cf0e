import { BUILT_IN_AGENTS } from "../engine/agents/kinds.ts"
import type { AnyTool } from "../model/tool.ts"
import type { Prepared } from "./prepare.ts"

/** What `--bare` leaves: a shell and the file tools (spec/cli.md section 2.1). */
const BARE_TOOLS = new Set(["Bash", "Read", "Edit", "Write"])
/** What `--restricted` takes away unless `--tools` names it. */
const RESTRICTED_TOOLS = new Set(["Bash", "PowerShell", "Monitor", "WebFetch", "Agent"])
/** Tools that make sense only where a person can answer (spec/headless.md section 6). */
const PERSON_TOOLS = new Set(["AskUserQuestion", "EnterPlanMode", "ExitPlanMode"])

/** The tools of a session, in the order the model sees them: that order is part of the cached prefix. */
export async function chooseTools({ flags }: Prepared, canAsk: boolean): Promise<readonly AnyTool[]> {
  const { LAZY_TOOLS, lazyAgentTool } = await import("../tools/lazy-tools.ts")
  const all: readonly AnyTool[] = [...LAZY_TOOLS, lazyAgentTool(BUILT_IN_AGENTS)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )
  const named = new Set((flags.tools ?? []).filter((name) => name !== "default"))
  const allowed = new Set((flags.allowedTools ?? []).map((rule) => rule.replace(/\(.*$/s, "")))
  const byDefault = flags.tools === undefined || flags.tools.includes("default")
  return all.filter(({ name, offered }) => {
    if (named.has(name) || (name === "Agent" && named.has("Task"))) return true
    if (!byDefault) return false
    if (flags.bare === true && !BARE_TOOLS.has(name)) return false
    if (flags.restricted === true && RESTRICTED_TOOLS.has(name)) return false
    if (PERSON_TOOLS.has(name) && !canAsk) return false
    return offered !== "asked" || allowed.has(name)
  })
}
