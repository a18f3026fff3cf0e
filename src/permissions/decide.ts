/**
 * The one verdict about a call: deny beats ask beats allow, over every effect it has. Pure: the same call and policy
 * always give the same answer, and a caller that applies an offer gets an answer that no longer asks.
 */

import { never } from "../lib/never.ts"
import type { Access, Call, Decision, PermissionMode } from "../model/permission.ts"
import { allow, ask, deny, type Finding, strongest } from "./finding.ts"
import { judgeCommand } from "./judge-command.ts"
import { judgeMcp, judgeNamed, judgeNet, judgePowerShell } from "./judge-tool.ts"
import { offersFor } from "./offers.ts"
import { judgePath } from "./paths/judge.ts"
import type { Policy } from "./policy.ts"
import { nameMatches, ruleBook } from "./rules/compile.ts"
import { canonicalTool } from "./rules/parse.ts"
import { matchWildcard } from "./rules/wildcard.ts"
import { applyUpdates } from "./updates.ts"
import { type CommandView, onlyReads, viewCommand } from "./view-command.ts"

/** The judged parts of a call, for the verdict and for `ccts why`. */
export interface Judgement {
  readonly verdict: Decision["verdict"]
  readonly deciding: Finding
  readonly findings: readonly Finding[]
  readonly readOnly: boolean
}

export function decide(call: Call, policy: Policy): Decision {
  const views = viewAll(call, policy)
  const judged = judge(call, policy, views)
  const offers =
    judged.verdict === "ask"
      ? offersFor(judged.findings, policy).filter((offer) => {
          const next = applyUpdates(policy.rules, policy.mode, policy.roots, offer.updates)
          return judge(call, { ...policy, ...next, roots: next.roots }, views).verdict === "allow"
        })
      : []
  const firm = judged.verdict === "ask" && judged.deciding.firmness !== "ordinary"
  return {
    verdict: judged.verdict,
    reason: judged.deciding.reason,
    offers,
    readOnly: judged.readOnly,
    ...(firm && { firm }),
  }
}

type Views = ReadonlyMap<Access, CommandView>

export function viewAll(call: Call, policy: Policy): Views {
  const views = new Map<Access, CommandView>()
  for (const access of call.access) if (access.kind === "exec") views.set(access, view(access, policy))
  return views
}

function view(access: Extract<Access, { kind: "exec" }>, policy: Policy): CommandView {
  return viewCommand(access.command, access.cwd, policy.home, ruleBook(policy.rules).restricting)
}

export function judge(call: Call, policy: Policy, views: Views): Judgement {
  const findings = [
    ...judgeTool(call, policy),
    ...call.access.flatMap((access) => judgeAccess(access, call, policy, views)),
  ]
  const settled = findings.map((f) => settle(f, policy))
  const deciding = strongest(settled) ?? allow(call.tool, `${call.tool} touches nothing outside the session`)
  return {
    verdict: deciding.verdict,
    deciding: summarize(deciding, settled),
    findings: settled,
    readOnly: isReadOnly(call, views),
  }
}

/** Rules about the tool itself, by name or by a field of its input. */
function judgeTool(call: Call, policy: Policy): readonly Finding[] {
  const book = ruleBook(policy.rules)
  const out: Finding[] = []
  for (const behavior of ["deny", "ask"] as const) {
    const contained = behavior === "ask" && sandboxes(call, policy)
    const named = book[behavior].tool.find(
      (c) => nameMatches(c.parsed.tool, canonicalTool(call.tool)) && !(contained && c.parsed.tool === "Bash"),
    )
    const field = book[behavior].parameter.find(
      (c) =>
        c.parsed.tool === canonicalTool(call.tool) &&
        fieldMatches(call.input[c.parsed.name], c.parsed.pattern),
    )
    const rule = named?.rule ?? field?.rule
    if (!rule) continue
    if (behavior === "deny")
      out.push(deny(call.tool, `the rule ${rule.text} denies ${call.tool}`, { kind: "rule", rule }))
    else
      out.push(
        ask(call.tool, `the rule ${rule.text} asks for ${call.tool}`, {
          firmness: "firm",
          reason: { kind: "rule", rule },
        }),
      )
  }
  return out
}

function fieldMatches(value: unknown, pattern: string): boolean {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false
  return matchWildcard(pattern, String(value))
}

function sandboxes(call: Call, policy: Policy): boolean {
  return (
    policy.sandboxed &&
    policy.mode !== "plan" &&
    call.access.every((a) => a.kind !== "exec" || a.unsandboxed !== true)
  )
}

function judgeAccess(access: Access, call: Call, policy: Policy, views: Views): readonly Finding[] {
  switch (access.kind) {
    case "read":
    case "write":
      return [judgePath({ path: access.path, access: access.kind, tool: call.tool }, policy)]
    case "exec": {
      const sandboxed = policy.sandboxed && policy.mode !== "plan" && access.unsandboxed !== true
      if (call.tool === "PowerShell") return [judgePowerShell(access.command, policy)]
      const findings = judgeCommand(views.get(access) ?? view(access, policy), policy, {
        sandboxed,
        tool: call.tool,
      })
      if (access.escapes === true)
        return [ask(access.command, "it asks to run outside the sandbox"), ...findings]
      return sandboxed ? findings.map(contain) : findings
    }
    case "net":
      return [judgeNet(access.url, call, policy)]
    case "mcp":
      return [judgeMcp(access, call, policy)]
    case "agent":
      return [judgeNamed(call, policy, "agent", access.agentType, { free: true })]
    case "skill":
      return [judgeNamed(call, policy, "skill", access.name, { free: false })]
    case "person":
      return [ask(call.tool, "the person answers this", { firmness: "firm" })]
    default:
      return never(access)
  }
}

/** A command in a sandbox needs no question of the ordinary kind: the sandbox is the boundary. */
function contain(finding: Finding): Finding {
  if (finding.verdict !== "ask" || finding.firmness !== "ordinary") return finding
  return allow(finding.subject, "it runs in the sandbox", { kind: "other" })
}

/** The mode's say over one finding. */
function settle(finding: Finding, policy: Policy): Finding {
  if (finding.verdict !== "ask") return finding
  const mode: PermissionMode = policy.mode
  if (mode === "bypassPermissions" && finding.firmness !== "firm")
    return allow(finding.subject, "the mode allows everything", { kind: "mode" })
  if (mode !== "dontAsk" && policy.restrictions?.questions !== true) return finding
  const who = mode === "dontAsk" ? "the mode asks" : "the settings ask"
  const text = `${finding.reason.text}, and ${who} nothing`
  return deny(finding.subject, text, { ...finding.reason, kind: "mode", text })
}

function summarize(deciding: Finding, all: readonly Finding[]): Finding {
  const subject =
    all.length > 1 && !deciding.reason.text.includes(deciding.subject) ? shorten(deciding.subject) : ""
  if (!subject) return deciding
  return { ...deciding, reason: { ...deciding.reason, text: `${subject}: ${deciding.reason.text}` } }
}

/** Characters of a subject in a reason. */
const SUBJECT_CHARS = 80

function shorten(text: string): string {
  // Blanks shrink; four times as many characters surely hold what is shown.
  const line = text
    .slice(0, 4 * SUBJECT_CHARS)
    .replace(/\s+/g, " ")
    .trim()
  return line.length > SUBJECT_CHARS ? `${line.slice(0, SUBJECT_CHARS - 1)}…` : line
}

function isReadOnly(call: Call, views: Views): boolean {
  return call.access.every((access) => {
    if (access.kind === "read") return true
    if (access.kind === "exec") {
      const seen = views.get(access)
      return seen !== undefined && !seen.refused && !seen.doubt && seen.effects.every(onlyReads)
    }
    return access.kind === "mcp" && access.readOnly
  })
}
