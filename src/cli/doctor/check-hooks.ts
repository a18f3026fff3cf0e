import { existsSync } from "node:fs"
import { isObject } from "../../config/key-type.ts"
import type { Check, Finding } from "./finding.ts"

const area = "hooks"
const TYPES: ReadonlySet<unknown> = new Set(["command", "http", "prompt", "agent", "mcp_tool"])

/** Whether what is configured has the shape of a hook, and scripts named by their path exist. Nothing is run. */
export const checkHooks: Check = ({ config }) => {
  const { hooks, disableAllHooks } = config.settings
  if (!isObject(hooks) || Object.keys(hooks).length === 0)
    return [{ area, level: "ok", text: "no hooks configured" }]
  const findings: Finding[] = []
  let count = 0
  for (const [event, groups] of Object.entries(hooks)) {
    if (!Array.isArray(groups)) {
      findings.push({
        area,
        level: "warning",
        text: `${event}: must be a list`,
        fix: `[{"matcher": …, "hooks": […]}]`,
      })
      continue
    }
    for (const group of groups) {
      const list = isObject(group) ? group.hooks : null
      if (!Array.isArray(list)) {
        findings.push({
          area,
          level: "warning",
          text: `${event}: an entry has no list "hooks"`,
          fix: "correct it",
        })
        continue
      }
      for (const hook of list) {
        count++
        const problem = problemOf(hook)
        if (problem !== null)
          findings.push({
            area,
            level: "warning",
            text: `${event}: ${problem}`,
            fix: "correct it in the settings",
          })
      }
    }
  }
  const state = disableAllHooks === true ? ", all off (disableAllHooks)" : ""
  return [{ area, level: "ok", text: `${count} configured${state}` }, ...findings]
}

function problemOf(hook: unknown): string | null {
  if (!isObject(hook)) return "a hook is not an object"
  if (!TYPES.has(hook.type)) return `a hook has the unknown type ${JSON.stringify(hook.type)}`
  if (hook.type !== "command") return null
  if (typeof hook.command !== "string" || hook.command.trim() === "") return "a hook has no command"
  // Only a plain path can be looked for; anything with variables is the shell's.
  const script = /^(\/[^\s"'$`;&|<>*?]+)/.exec(hook.command.trim())?.[1]
  return script !== undefined && !existsSync(script) ? `${script} does not exist` : null
}
