/** A command's findings: one for each effect. */

import type { Rule } from "../model/permission.ts"
import { allowingCommandRule } from "./allowing-command.ts"
import { allow, ask, deny, type Finding, strongest, type Wish } from "./finding.ts"
import { type Context, judgeWord } from "./judge-word.ts"
import { joinPath } from "./paths/canonical.ts"
import { criticalRemoval } from "./paths/critical.ts"
import type { Policy } from "./policy.ts"
import { givesMeaning, possiblyRestricted, restrictingCommandRules } from "./restricting-command.ts"
import { ruleBook } from "./rules/compile.ts"
import type { Effect, Execute } from "./shell/effects.ts"
import { isSafeEnvironment, isScriptVariable } from "./shell/environment.ts"
import { stripWrappers } from "./shell/wrappers.ts"
import { restrictingRuleInText } from "./unreadable-text.ts"
import { type CommandView, onlyReads } from "./view-command.ts"

export function judgeCommand(
  view: CommandView,
  policy: Policy,
  options: { readonly sandboxed: boolean; readonly tool: string },
): readonly Finding[] {
  if (view.refused) return [deny(view.source, view.refused, { kind: "safetyCheck" })]
  const book = ruleBook(policy.rules)
  const out: Finding[] = []
  const bare = book.allow.tool.find((c) => c.parsed.tool === "Bash" || c.parsed.tool === options.tool)
  const whole = book.allow.command.find(
    (c) => c.parsed.tool === "Bash" && c.parsed.pattern.exact && c.parsed.pattern.text === view.source.trim(),
  )
  const context: Context = {
    policy,
    sandboxed: options.sandboxed,
    covered: bare?.rule.text ?? whole?.rule.text ?? null,
    anything: bare !== undefined,
    seen: new Map(),
    filled: [],
    settled: view.effects.every(onlyReads),
    listed: new Map(),
    restricting: book.restricting,
    restricted: book.restricting.length > 0,
  }
  if (view.doubt) out.push(ask(view.source, view.doubt, { reason: { kind: "safetyCheck" } }))
  const blind = view.doubt !== null || view.effects.some((e) => e.kind === "opaque")
  for (const behavior of ["deny", "ask"] as const) {
    const rules = book.restricting.filter((c) => c.rule.behavior === behavior)
    const rule = restrictingRuleInText(view.source, rules, blind)
    if (rule && behavior === "deny")
      out.push(deny(view.source, `the rule ${rule.text} denies it`, { kind: "rule", rule }))
    if (rule && behavior === "ask")
      out.push(
        ask(view.source, `the rule ${rule.text} asks for it`, {
          firmness: "firm",
          reason: { kind: "rule", rule },
        }),
      )
  }
  for (const effect of view.effects) out.push(judgeEffect(effect, context))
  if (out.length === 0) out.push(allow(view.source, "the command does nothing"))
  return out
}

function judgeEffect(effect: Effect, context: Context): Finding {
  const subject = effect.source
  switch (effect.kind) {
    case "execute":
      return judgeExecute(effect, context)
    case "read":
    case "write":
      if (effect.nested) return allow(subject, "the code around it is judged")
      return judgeWord({ access: effect.kind, word: effect.word }, effect.folders, subject, context)
    case "set": {
      const { name, value } = effect.assigned
      if (effect.nested || isScriptVariable(name) || isSafeEnvironment(name, value))
        return allow(subject, `${name} changes no program`)
      if (context.covered) return allow(subject, `the rule ${context.covered} allows it`, { kind: "rule" })
      return ask(subject, `setting ${name} can change what later commands do`, wishExact(subject))
    }
    case "define":
      if (effect.nested) return allow(subject, "the code around it is judged")
      if (context.covered) return allow(subject, `the rule ${context.covered} allows it`, { kind: "rule" })
      return ask(subject, `it gives the name ${effect.name} a new meaning`, {
        firmness: context.restricted ? "firm" : "ordinary",
      })
    case "unread":
      return judgeUnread(effect, context)
    case "opaque": {
      // The text of the whole command was tried already; code inside a quoted word reads differently there.
      const denied = effect.nested ? deniedInside(effect.source, context) : null
      if (denied) return deny(subject, `the rule ${denied.text} denies it`, { kind: "rule", rule: denied })
      const parseProblem = /^the (shell )?syntax|not understood/.test(effect.why)
      if (context.covered && (context.anything ? !parseProblem && !context.restricted : !parseProblem))
        return allow(subject, `the rule ${context.covered} allows it`, { kind: "rule" })
      if (effect.nested && !context.restricted) return allow(subject, "the code around it is judged")
      return ask(subject, effect.why, {
        firmness: context.restricted ? "firm" : "ordinary",
        reason: { kind: "safetyCheck" },
      })
    }
  }
}

/**
 * Code that nobody reads here may be what a deny or ask rule is about. A rule for the very command that runs it covers
 * it; a rule for every command does not, because beside it the other rules would mean nothing.
 */
function judgeUnread(effect: Extract<Effect, { kind: "unread" }>, context: Context): Finding {
  const { by, why, source, shell } = effect
  const { restricting, policy } = context
  const named = by.nested ? null : allowingCommandRule(by, ruleBook(policy.rules).allow.command)
  const [rule] = restricting
  if (!rule || named || !(shell || context.anything))
    return allow(source, "the command that runs it is judged")
  return ask(source, `${why}, and the rule ${rule.rule.text} may be about it`, {
    firmness: shell ? "firm" : "ordinary",
    reason: { kind: "safetyCheck" },
  })
}

/** The same unreadable code often stands for several effects. */
function deniedInside(source: string, context: Context): Rule | null {
  const seen = context.seen.get(source)
  if (seen !== undefined) return seen
  const rules = context.restricting.filter((c) => c.rule.behavior === "deny")
  const found = restrictingRuleInText(source, rules, true)
  context.seen.set(source, found)
  return found
}

function wishExact(source: string): { wish?: Wish } {
  return /[\n]/.test(source) ? {} : { wish: { kind: "rule", toolName: "Bash", ruleContent: source } }
}

function judgeExecute(call: Execute, context: Context): Finding {
  const { policy } = context
  const book = ruleBook(policy.rules)
  const subject = call.source
  const { deny: denied, ask: asked } = restrictingCommandRules(call, context.restricting)
  if (denied) return deny(subject, `the rule ${denied.text} denies it`, { kind: "rule", rule: denied })
  const found: Finding[] = []
  if (asked)
    found.push(
      ask(subject, `the rule ${asked.text} asks for it`, {
        firmness: "firm",
        reason: { kind: "rule", rule: asked },
      }),
    )
  const evading = possiblyRestricted(call, context.restricting)
  if (evading)
    found.push(
      ask(subject, `what stands there when it runs may be what the rule ${evading.text} is about`, {
        firmness: "firm",
        reason: { kind: "rule", rule: evading },
      }),
    )
  if (context.restricted && givesMeaning(call.words))
    found.push(
      ask(subject, "it can give other names a new meaning", {
        firmness: "firm",
        reason: { kind: "safetyCheck" },
      }),
    )
  const critical = criticalRemoval(call, policy)
  if (critical)
    found.push(
      ask(subject, `it would remove ${critical}`, {
        firmness: "firm",
        reason: { kind: "safetyCheck", path: critical },
      }),
    )
  const files = call.knowledge?.files ?? []
  const paths = files.map((use) => judgeWord(use, call.folders, subject, context))
  const strict = paths.filter(
    (p) => p.verdict === "deny" || (p.verdict === "ask" && p.firmness !== "ordinary"),
  )
  found.push(...strict)
  if (call.words[0]?.kind !== "literal") {
    const text = `the command's name is only known when it runs`
    if (context.restricted || !context.anything)
      found.push(
        ask(subject, text, {
          firmness: context.restricted ? "firm" : "ordinary",
          reason: { kind: "safetyCheck" },
        }),
      )
  }
  if (bringsLinks(call)) {
    const link = stripWrappers(call.words)[0]?.text === "ln"
    const targets = link
      ? call.words.slice(1).map((w) => w.text)
      : files.filter((f) => f.access === "write").map((f) => f.word.text)
    for (const folder of call.folders ?? [""])
      context.filled.push(...targets.map((t) => ({ place: joinPath(folder || "/", t), link })))
  }
  const worst = strongest(found)
  if (worst) return worst
  if (call.nested) return allow(subject, "the code around it is judged")
  if (context.covered) return allow(subject, `the rule ${context.covered} allows it`, { kind: "rule" })
  const rule = allowingCommandRule(call, book.allow.command)
  if (rule) return allow(subject, `the rule ${rule.text} allows it`, { kind: "rule", rule })
  return judgeKnown(call, paths, context)
}

/** Moves, and copies of whole folders, may bring links along; a plain copy brings content only. */
function bringsLinks(call: Execute): boolean {
  const words = stripWrappers(call.words)
  const name = words[0]?.text
  if (name === "mv" || name === "ln") return true
  return (
    name === "cp" &&
    words.some((w) => /^-[A-Za-z]*[rRadP]|^--(archive|recursive|no-dereference)/.test(w.text))
  )
}

/** No rule has an opinion: the tables and the mode decide. */
function judgeKnown(call: Execute, paths: readonly Finding[], context: Context): Finding {
  const { policy } = context
  const subject = call.source
  const environment = call.assigned.find((a) => !isSafeEnvironment(a.name, a.value))
  if (call.knowledge && !environment) {
    const elsewhere = call.words[0]?.text === "git" ? foreignRepository(call, policy) : null
    if (elsewhere) return ask(subject, elsewhere, { reason: { kind: "safetyCheck" }, ...wishFor(call) })
    const worst = strongest(paths)
    if (call.knowledge.effect === "read" || policy.mode === "acceptEdits") {
      if (worst && worst.verdict !== "allow") return { ...worst, subject }
      return allow(
        subject,
        call.knowledge.effect === "read"
          ? "it only reads"
          : "the mode accepts edits in the working directories",
        call.knowledge.effect === "read" ? {} : { kind: "mode" },
      )
    }
    if (worst && worst.verdict !== "allow") return { ...worst, subject, ...wishFor(call) }
  }
  const why = environment
    ? `setting ${environment.name} can change what ${call.words[0]?.text ?? "the command"} does`
    : "no rule allows it"
  return ask(subject, why, wishFor(call))
}

/** Another folder's git configuration may name programs to run. */
function foreignRepository(call: Execute, policy: Policy): string | null {
  const homes = [policy.cwd, ...policy.roots]
  if (call.folders?.every((folder) => homes.includes(policy.resolve(folder) ?? ""))) return null
  return "git runs in another folder, whose configuration may name programs to run"
}

function wishFor(call: Execute): { wish: Wish } {
  return { wish: { kind: "command", call } }
}
