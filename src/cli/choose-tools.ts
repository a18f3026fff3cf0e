import { envBool, envOn } from "../config/env.ts"
import { BUILT_IN_AGENTS } from "../engine/agents/kinds.ts"
import type { AnyTool, LazyTool } from "../model/tool.ts"
import { agentSpec, BUILTINS } from "../tools/specs.ts"
import type { Prepared } from "./prepare.ts"

/** What `--bare` leaves: a shell and the file tools (spec/cli.md section 2.1). */
const BARE_TOOLS = new Set(["Bash", "Read", "Edit", "Write"])
/** What `--restricted` takes away unless `--tools` names it. */
const RESTRICTED_TOOLS = new Set(["Bash", "PowerShell", "Monitor", "WebFetch", "Agent"])
/** One way to keep a list is enough; which one is a setting of old (spec/tools.md, TodoWrite vs Task*). */
const TODO_TOOLS: ReadonlySet<string> = new Set(["TodoWrite"])
const TASK_TOOLS: ReadonlySet<string> = new Set(["TaskCreate", "TaskGet", "TaskList", "TaskUpdate"])
const CRON_TOOLS: ReadonlySet<string> = new Set(["CronCreate", "CronDelete", "CronList", "ScheduleWakeup"])
/** Tools that make sense only where a person can answer (spec/headless.md section 6). */
const PERSON_TOOLS = new Set(["AskUserQuestion", "EnterPlanMode", "ExitPlanMode"])

/** The tools of a session, in the order the model sees them: that order is part of the cached prefix. */
export function chooseTools({ flags, env, config }: Prepared, canAsk: boolean): readonly LazyTool[] {
  const all = [...BUILTINS, { spec: agentSpec(BUILT_IN_AGENTS), offered: "always" as const }]
    .map(({ spec, offered }): LazyTool => ({ name: spec.name, spec, offered, load: () => load(spec.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const named = new Set((flags.tools ?? []).filter((name) => name !== "default"))
  const allowed = new Set((flags.allowedTools ?? []).map((rule) => rule.replace(/\(.*$/s, "")))
  const offeredList = envBool(env, "CLAUDE_CODE_ENABLE_TASKS") === false ? TODO_TOOLS : TASK_TOOLS
  const otherList = offeredList === TODO_TOOLS ? TASK_TOOLS : TODO_TOOLS
  const hasLists =
    envBool(env, "CLAUDE_CODE_ENABLE_TODO_TOOLS") ?? config.settings.todoFeatureEnabled !== false
  const hasCron = !envOn(env, "CLAUDE_CODE_DISABLE_CRON")
  const byDefault = flags.tools === undefined || flags.tools.includes("default")
  return all.filter(({ name, offered }) => {
    if (named.has(name) || (name === "Agent" && named.has("Task"))) return true
    if (!byDefault) return false
    if (flags.bare === true && !BARE_TOOLS.has(name)) return false
    if (flags.restricted === true && RESTRICTED_TOOLS.has(name)) return false
    if (PERSON_TOOLS.has(name) && !canAsk) return false
    if (allowed.has(name)) return true
    if (!hasCron && CRON_TOOLS.has(name)) return false
    if (!hasLists && (TODO_TOOLS.has(name) || TASK_TOOLS.has(name))) return false
    return offered !== "asked" && !otherList.has(name)
  })
}

let loaded: Promise<ReadonlyMap<string, AnyTool>> | undefined

async function load(name: string): Promise<AnyTool> {
  loaded ??= loadAll()
  const tool = (await loaded).get(name)
  if (tool === undefined) throw new Error(`there is no tool behind the description of ${name}`)
  return tool
}

async function loadAll(): Promise<ReadonlyMap<string, AnyTool>> {
  const [{ TOOLS }, { agentTool }, { recall }] = await Promise.all([
    import("../tools/registry.ts"),
    import("../tools/agent.ts"),
    import("../tools/recall.ts"),
  ])
  return new Map([...TOOLS, agentTool(BUILT_IN_AGENTS), recall].map((tool) => [tool.name, tool]))
}
