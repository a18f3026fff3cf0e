/** What "always allow" could mean: the smallest change that answers all questions of a call. */

import type { Offer, PermissionUpdate } from "../model/permission.ts"
import type { Finding, Wish } from "./finding.ts"
import type { Policy } from "./policy.ts"
import type { Execute } from "./shell/effects.ts"
import { suggestCommandRule } from "./suggest.ts"

/** Rules that one answer may add (spec/settings.md section 4). */
const MAX_RULES = 5

export function offersFor(findings: readonly Finding[], policy: Policy): readonly Offer[] {
  const open = findings.filter((f) => f.verdict === "ask")
  if (open.length === 0 || open.some((f) => f.firmness === "firm" || !f.wish)) return []
  const wishes = open.flatMap((f) => (f.wish ? [f.wish] : []))
  const rules = uniqueRules(wishes)
  if (rules === null) return []
  if (wishes.some((w) => w.kind === "folder" && parentOf(w.path) === "/")) return []
  const edits = wishes.some((w) => w.kind === "edit")
  const folders = [...new Set(wishes.flatMap((w) => (w.kind === "folder" ? [parentOf(w.path)] : [])))]
  const guarded = [...new Set(wishes.flatMap((w) => (w.kind === "protected" ? [grantFor(w.path)] : [])))]
  const updates: PermissionUpdate[] = []
  const labels: string[] = []
  if (rules.length > 0) {
    updates.push({ type: "addRules", rules, behavior: "allow", destination: "localSettings" })
    labels.push(
      `${rules.map((r) => (r.ruleContent ? `${r.toolName}(${r.ruleContent})` : r.toolName)).join(", ")} in this project`,
    )
  }
  if (guarded.length > 0) {
    updates.push({
      type: "addRules",
      rules: guarded.map((ruleContent) => ({ toolName: "Edit", ruleContent })),
      behavior: "allow",
      destination: "session",
    })
    // `//` is how a rule writes an absolute path; a person reads a path.
    labels.push(`edits of ${guarded.map((path) => path.replace(/^\/\//, "/")).join(", ")} in this session`)
  }
  if (folders.length > 0) {
    updates.push({ type: "addDirectories", directories: folders, destination: "session" })
    labels.push(`${folders.join(", ")} as a working directory in this session`)
  }
  const mode: PermissionUpdate = { type: "setMode", mode: "acceptEdits", destination: "session" }
  if (edits)
    return [
      {
        label: joined([...labels, "all edits in the working directories in this session"]),
        updates: [...updates, mode],
      },
    ]
  const offers: Offer[] = [{ label: joined(labels), updates }]
  // Outside the working directories a folder alone does not make writing free.
  if (wishes.some((w) => w.kind === "folder" && w.writes) && policy.mode === "default")
    offers.push({
      label: joined([...labels, "all edits there in this session"]),
      updates: [...updates, mode],
    })
  return offers
}

function joined(labels: readonly string[]): string {
  return labels.join(", and ")
}

/** Null: some command has no rule that could allow it, or there are too many. */
function uniqueRules(wishes: readonly Wish[]): readonly RuleText[] | null {
  const out = new Map<string, RuleText>()
  for (const wish of wishes) {
    if (wish.kind !== "rule" && wish.kind !== "command") continue
    const rule = wish.kind === "rule" ? ruleText(wish) : suggestion(wish.call)
    if (rule === null) return null
    out.set(JSON.stringify(rule), rule)
    if (out.size > MAX_RULES) return null
  }
  return [...out.values()]
}

interface RuleText {
  readonly toolName: string
  readonly ruleContent?: string
}

function ruleText({ toolName, ruleContent }: Extract<Wish, { kind: "rule" }>): RuleText {
  return ruleContent === undefined ? { toolName } : { toolName, ruleContent }
}

function suggestion(call: Execute): RuleText | null {
  const ruleContent = suggestCommandRule(call)
  return ruleContent === null ? null : { toolName: "Bash", ruleContent }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/"
}

/** `.claude/` as a whole, other protected files one by one. */
function grantFor(path: string): string {
  const at = path.indexOf("/.claude/")
  return at >= 0 ? `/${path.slice(0, at)}/.claude/**` : `/${path}`
}
