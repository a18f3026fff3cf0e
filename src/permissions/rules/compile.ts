/** Rules read once per list, grouped by what they can match. */

import type { Rule, Verdict } from "../../model/permission.ts"
import { type ParsedRule, parseRule } from "./parse.ts"
import { matchWildcard } from "./wildcard.ts"

export type Compiled<K extends ParsedRule["kind"] = ParsedRule["kind"]> = {
  readonly rule: Rule
  readonly parsed: Extract<ParsedRule, { kind: K }>
}

type Groups = { readonly [K in ParsedRule["kind"]]: readonly Compiled<K>[] }
export interface RuleBook extends Readonly<Record<Verdict, Groups>> {
  /** The deny and ask rules about commands, deny first. */
  readonly restricting: readonly Compiled<"command">[]
}

const books = new WeakMap<readonly Rule[], RuleBook>()

/** The book of a list of rules; the list must not change afterwards. */
export function ruleBook(rules: readonly Rule[]): RuleBook {
  const found = books.get(rules)
  if (found) return found
  const [ask, deny] = [group(rules, "ask"), group(rules, "deny")]
  const restricting = [...deny.command, ...ask.command].filter((c) => c.parsed.tool === "Bash")
  const book: RuleBook = { allow: group(rules, "allow"), ask, deny, restricting }
  books.set(rules, book)
  return book
}

function group(rules: readonly Rule[], behavior: Verdict): Groups {
  const tool: Compiled<"tool">[] = []
  const command: Compiled<"command">[] = []
  const path: Compiled<"path">[] = []
  const domain: Compiled<"domain">[] = []
  const agent: Compiled<"agent">[] = []
  const skill: Compiled<"skill">[] = []
  const parameter: Compiled<"parameter">[] = []
  for (const rule of rules) {
    if (rule.behavior !== behavior) continue
    const parsed = parseRule(rule.text, behavior)
    if ("error" in parsed) continue
    switch (parsed.kind) {
      case "tool":
        tool.push({ rule, parsed })
        break
      case "command":
        command.push({ rule, parsed })
        break
      case "path":
        path.push({ rule, parsed })
        break
      case "domain":
        domain.push({ rule, parsed })
        break
      case "agent":
        agent.push({ rule, parsed })
        break
      case "skill":
        skill.push({ rule, parsed })
        break
      case "parameter":
        parameter.push({ rule, parsed })
        break
    }
  }
  return { tool, command, path, domain, agent, skill, parameter }
}

/** Whether a bare name, a name pattern or `mcp__server` means `tool`. */
export function nameMatches(pattern: string, tool: string): boolean {
  if (pattern.includes("*")) return matchWildcard(pattern, tool)
  if (pattern === tool) return true
  return /^mcp__/.test(pattern) && !/^mcp__.+__/.test(pattern) && tool.startsWith(`${pattern}__`)
}

/** The tools that a deny rule removes from the model's list. */
export function toolsDeniedByName(rules: readonly Rule[]): (name: string) => boolean {
  const names = ruleBook(rules).deny.tool.map((c) => c.parsed.tool)
  return (name) => names.some((pattern) => nameMatches(pattern, name))
}
