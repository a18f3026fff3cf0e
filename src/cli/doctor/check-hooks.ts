import { existsSync } from "node:fs"
import { type Hook, handlerText } from "../../extend/hooks/handler.ts"
import { readHooks } from "../../extend/hooks/read-hooks.ts"
import type { Check, Finding } from "./finding.ts"

const area = "hooks"
const FIX = "correct it in the settings"

/** What is configured, of which type and where, whether it can run, and whether scripts named by their path exist. Nothing is run. */
export const checkHooks: Check = ({ config }) => {
  const all: Hook[] = []
  const findings: Finding[] = []
  for (const { source, label, values } of config.layers) {
    const { hooks, problems } = readHooks(values.hooks, { source, label })
    all.push(...hooks)
    for (const problem of problems)
      findings.push({ area, level: "warning", text: `${label}: ${problem}`, fix: FIX })
    for (const hook of hooks) {
      const script = missingScript(hook)
      if (script !== null)
        findings.push({ area, level: "warning", text: `${hook.event}: ${script} does not exist`, fix: FIX })
    }
  }
  if (all.length === 0) return [{ area, level: "ok", text: "no hooks configured" }, ...findings]
  const { disableAllHooks, allowManagedHooksOnly } = config.settings
  const state =
    disableAllHooks === true
      ? ", all off (disableAllHooks)"
      : allowManagedHooksOnly === true
        ? ", only managed ones run (allowManagedHooksOnly)"
        : ""
  return [{ area, level: "ok", text: `${all.length} configured${state}` }, ...wherefrom(all), ...findings]
}

/** A line for each file: how many hooks of which type, and their events. */
function wherefrom(hooks: readonly Hook[]): readonly Finding[] {
  return [...Map.groupBy(hooks, ({ label }) => label)].map(([label, own]) => {
    const types = [...Map.groupBy(own, ({ handler }) => handler.type)].map(
      ([type, some]) => `${some.length} ${type}`,
    )
    const events = [...new Set(own.map(({ event }) => event))]
    return { area, level: "ok", text: `${label}: ${types.join(", ")} (${events.join(", ")})` }
  })
}

/** Only a plain path can be looked for; anything with variables is the shell's. */
function missingScript({ handler }: Hook): string | null {
  if (handler.type !== "command") return null
  const script = /^(\/[^\s"'$`;&|<>*?]+)/.exec(handlerText(handler).trim())?.[1]
  return script !== undefined && !existsSync(script) ? script : null
}
