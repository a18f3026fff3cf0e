/** The tools that reach beyond files and commands: the web, MCP servers, subagents, skills. */

import type { Access, Call } from "../model/permission.ts"
import { allow, ask, deny, type Finding } from "./finding.ts"
import type { Policy } from "./policy.ts"
import { nameMatches, ruleBook } from "./rules/compile.ts"
import { hostOf, matchDomain } from "./rules/domain.ts"
import { canonicalTool } from "./rules/parse.ts"
import { matchWildcard } from "./rules/wildcard.ts"

/** PowerShell is not parsed: rules deny and ask on its text, and only the whole tool can be allowed. */
export function judgePowerShell(command: string, policy: Policy): Finding {
  const book = ruleBook(policy.rules)
  const text = command.trim().toLowerCase()
  for (const behavior of ["deny", "ask"] as const) {
    const hit = book[behavior].command.find(
      (c) =>
        c.parsed.tool === "PowerShell" &&
        text
          .split(/[;|&\n(){}]+/)
          .some((t) => matchWildcard(`${c.parsed.pattern.text.toLowerCase()}*`, t.trim())),
    )
    if (hit && behavior === "deny")
      return deny(command, `the rule ${hit.rule.text} denies it`, { kind: "rule", rule: hit.rule })
    if (hit)
      return ask(command, `the rule ${hit.rule.text} asks for it`, {
        firmness: "firm",
        reason: { kind: "rule", rule: hit.rule },
      })
  }
  const rule = book.allow.tool.find((c) => nameMatches(c.parsed.tool, "PowerShell"))?.rule
  if (rule) return allow(command, `the rule ${rule.text} allows it`, { kind: "rule", rule })
  return ask(command, "PowerShell commands are not analysed")
}

export function judgeNet(url: string, call: Call, policy: Policy): Finding {
  const book = ruleBook(policy.rules)
  const host = hostOf(url)
  const fetches = call.tool === "WebFetch"
  if (fetches && host) {
    for (const behavior of ["deny", "ask", "allow"] as const) {
      const rule = book[behavior].domain.find((c) => matchDomain(c.parsed.pattern, host))?.rule
      if (!rule) continue
      if (behavior === "deny")
        return deny(url, `the rule ${rule.text} denies ${host}`, { kind: "rule", rule })
      if (behavior === "ask")
        return ask(url, `the rule ${rule.text} asks for ${host}`, {
          firmness: "firm",
          reason: { kind: "rule", rule },
        })
      return allow(url, `the rule ${rule.text} allows ${host}`, { kind: "rule", rule })
    }
  }
  // spec/tools.md Monitor: a WebSocket is asked about each time.
  if (call.tool === "Monitor") return ask(url, "a WebSocket is asked about each time")
  const rule = namedAllow(call, policy)
  if (rule) return allow(url, `the rule ${rule.text} allows it`, { kind: "rule", rule })
  if (fetches && host)
    return ask(url, `no rule allows fetching from ${host}`, {
      wish: { kind: "rule", toolName: "WebFetch", ruleContent: `domain:${host}` },
    })
  if (fetches) return ask(url, "the address names no web host")
  return ask(url, `no rule allows ${call.tool}`, { wish: { kind: "rule", toolName: call.tool } })
}

export function judgeMcp(access: Extract<Access, { kind: "mcp" }>, call: Call, policy: Policy): Finding {
  const book = ruleBook(policy.rules)
  const name = call.tool.startsWith("mcp__") ? call.tool : `mcp__${access.server}__${access.tool}`
  const find = (behavior: "deny" | "ask" | "allow") =>
    book[behavior].tool.find((c) => nameMatches(c.parsed.tool, name))?.rule
  const denied = find("deny")
  if (denied) return deny(name, `the rule ${denied.text} denies it`, { kind: "rule", rule: denied })
  const asked = find("ask")
  if (asked)
    return ask(name, `the rule ${asked.text} asks for it`, {
      firmness: "firm",
      reason: { kind: "rule", rule: asked },
    })
  const allowed = find("allow")
  if (allowed) return allow(name, `the rule ${allowed.text} allows it`, { kind: "rule", rule: allowed })
  return ask(name, `no rule allows ${access.tool} of the MCP server ${access.server}`, {
    wish: { kind: "rule", toolName: name },
  })
}

export function judgeNamed(
  call: Call,
  policy: Policy,
  kind: "agent" | "skill",
  name: string,
  options: { readonly free: boolean },
): Finding {
  const book = ruleBook(policy.rules)
  const find = (behavior: "deny" | "ask" | "allow") =>
    kind === "agent"
      ? book[behavior].agent.find((c) => matchWildcard(c.parsed.type, name))?.rule
      : book[behavior].skill.find((c) => skillMatches(c.parsed, name, call))?.rule
  const subject = `${call.tool} ${name}`
  const denied = find("deny")
  if (denied) return deny(subject, `the rule ${denied.text} denies it`, { kind: "rule", rule: denied })
  const asked = find("ask")
  if (asked)
    return ask(subject, `the rule ${asked.text} asks for it`, {
      firmness: "firm",
      reason: { kind: "rule", rule: asked },
    })
  const allowed = find("allow") ?? namedAllow(call, policy)
  if (allowed) return allow(subject, `the rule ${allowed.text} allows it`, { kind: "rule", rule: allowed })
  if (options.free) return allow(subject, "subagents ask for what they do themselves")
  return ask(subject, `no rule allows the skill ${name}`, {
    wish: { kind: "rule", toolName: call.tool, ruleContent: name },
  })
}

/** `Skill(name)` is the skill by its name with any arguments; `Skill(name *)` also names that begin a longer invocation. */
function skillMatches(
  rule: { readonly name: string; readonly prefix: boolean },
  name: string,
  call: Call,
): boolean {
  const plain = name.replace(/^\//, "")
  const wanted = rule.name.replace(/^\//, "")
  if (plain === wanted || (wanted.includes("*") && matchWildcard(wanted, plain))) return true
  const args = typeof call.input.args === "string" ? call.input.args : ""
  return rule.prefix && `${plain} ${args}`.startsWith(`${wanted} `)
}

function namedAllow(call: Call, policy: Policy) {
  return ruleBook(policy.rules).allow.tool.find((c) => nameMatches(c.parsed.tool, canonicalTool(call.tool)))
    ?.rule
}
