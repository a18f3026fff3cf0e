/** Deny and ask rules against one invocation: they look at every reading there is. */

import type { Rule } from "../model/permission.ts"
import type { Compiled } from "./rules/compile.ts"
import { matchCommand } from "./rules/match-command.ts"
import { baseName } from "./shell/base-name.ts"
import type { Execute, ShellWord } from "./shell/effects.ts"
import { launches, withoutLeadingOptions } from "./shell/launchers.ts"
import { doubleQuoted, needsQuotes, singleQuoted } from "./shell/spelling.ts"
import { APPENDED, stripWrappers } from "./shell/wrappers.ts"

type Rules = readonly Compiled<"command">[]

/** One way to write an invocation, with the positions where a command may begin in it. */
interface Reading {
  readonly text: string
  readonly starts: readonly number[]
}

export interface Restricted {
  readonly deny: Rule | null
  readonly ask: Rule | null
}

const FREE: Restricted = { deny: null, ask: null }

/** The first deny and the first ask rule that any of the invocation's readings meets. */
export function restrictingCommandRules(call: Execute, rules: Rules): Restricted {
  if (!mayConcern(call, rules)) return FREE
  const readings = readingsOf(call, rules)
  const first = (behavior: "deny" | "ask") =>
    rules.find(
      ({ rule, parsed: { pattern } }) =>
        rule.behavior === behavior &&
        readings.some(({ text, starts }) => starts.some((at) => matchCommand(pattern, text, at))),
    )?.rule ?? null
  return { deny: first("deny"), ask: first("ask") }
}

/** Whether the start of some rule is in the invocation at all; without it no reading meets the rule. */
function mayConcern(call: Execute, rules: Rules): boolean {
  return rules.some(({ parsed: { pattern } }) => {
    const { start } = pattern
    return (
      start === "" ||
      call.source.includes(start) ||
      call.words.some(
        (w) =>
          w.text.includes(start) ||
          (w.raw !== w.text && w.raw.includes(start)) ||
          (w.emptied !== w.text && w.emptied.includes(start)),
      ) ||
      call.assigned.some((a) => a.raw.includes(start))
    )
  })
}

function readingsOf(call: Execute, rules: Rules): readonly Reading[] {
  const { words, assigned, source } = call
  const anywhere = launches(call.names)
  const out: Reading[] = [{ text: source, starts: [0] }, ...readWords(words, anywhere)]
  if (assigned.length > 0)
    out.push({ text: [...assigned, ...words].map((w) => w.raw).join(" "), starts: [0] })
  for (let i = 0; i < (anywhere ? words.length : 1); i++) {
    if (!words[i + 1]?.text.startsWith("-") || !mayStart(words[i], rules)) continue
    for (const inner of withoutLeadingOptions(words.slice(i))) out.push(...readWords(inner, false))
  }
  return out
}

/** Whether a rule may begin with this word. */
function mayStart(word: ShellWord | undefined, rules: Rules): boolean {
  if (!word) return false
  const names = [word.text, baseName(word.text), word.raw, word.emptied]
  return rules.some(({ parsed: { pattern } }) => names.some((name) => name.startsWith(pattern.start)))
}

/** The words with and without their quotes, with their run-time pieces as written and empty. */
function readWords(words: readonly ShellWord[], anywhere: boolean): readonly Reading[] {
  if (words.length === 0) return []
  const texts = words.map((w) => w.text)
  const out = [join(texts, anywhere, true)]
  if (words.every((w) => w.kind === "literal" && w.raw === w.text)) return out
  out.push(
    join(
      words.map((w) => w.raw),
      anywhere,
    ),
  )
  if (words.some((w) => w.emptied !== w.text))
    out.push(
      join(
        words.map((w) => w.emptied).filter((t) => t !== ""),
        anywhere,
      ),
    )
  if (words.some(needsQuotes))
    out.push(join(words.map(singleQuoted), anywhere), join(words.map(doubleQuoted), anywhere))
  return out
}

/** `names`: the command may also be meant by the last part of its path. */
function join(texts: readonly string[], anywhere: boolean, names = false): Reading {
  const starts: number[] = []
  let at = 0
  for (const [i, text] of texts.entries()) {
    if (i > 0 && !anywhere) break
    starts.push(at)
    const base = names ? text.lastIndexOf("/") + 1 : 0
    if (base > 0) starts.push(at + base)
    at += text.length + 1
  }
  return { text: texts.join(" "), starts }
}

/**
 * The deny or ask rule that the invocation may meet with what its uncertain words become, or null: its certain
 * beginning is the beginning of what the rule names (`git $x` and `git push *`).
 */
export function possiblyRestricted(call: Execute, rules: Rules): Rule | null {
  if (rules.length === 0) return null
  const words = call.names.includes("xargs") ? [...call.words, APPENDED] : call.words
  const uncertain = words.findIndex((w) => w.kind !== "literal")
  if (uncertain < 1) return null
  const last = launches(call.names) ? uncertain : 1
  for (let at = 0; at < last; at++) {
    const name = call.names[at] ?? ""
    const near = rules.filter(({ parsed: { pattern } }) => pattern.head.startsWith(name))
    if (near.length === 0) continue
    const tail = words.slice(at, uncertain + 1)
    for (const list of [tail, ...withoutLeadingOptions(tail)]) {
      if (list.length < 2) continue
      const certain = list.slice(0, -1).map((w, i) => (i === 0 ? name : w.text))
      const lead = [...certain, list.at(-1)?.lead ?? ""].join(" ")
      const hit = near.find(
        ({ parsed: { pattern } }) => pattern.head.length > lead.length && pattern.head.startsWith(lead),
      )
      if (hit) return hit.rule
    }
  }
  return null
}

/** Whether it makes a name mean another program in a way that nobody follows (`hash -p`, `alias`, `enable -f`). */
export function givesMeaning(words: readonly ShellWord[]): boolean {
  const [name, ...args] = stripWrappers(words)
  if (name?.kind !== "literal" || args.length === 0) return false
  return name.text === "alias" || name.text === "hash" || name.text === "enable"
}
