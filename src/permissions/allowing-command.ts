/** Allow rules against one invocation: literal words only, and nothing that can start another program unseen. */

import type { Rule } from "../model/permission.ts"
import type { Compiled } from "./rules/compile.ts"
import { matchCommand } from "./rules/match-command.ts"
import { MEANING_CHANGERS } from "./shell/builtins.ts"
import type { Execute, ShellWord } from "./shell/effects.ts"
import { isSafeEnvironment } from "./shell/environment.ts"
import { doubleQuoted, singleQuoted } from "./shell/spelling.ts"
import { APPENDED, stripWrapper, stripWrappers } from "./shell/wrappers.ts"

/** Commands that run other commands in ways a prefix cannot bound; only an exact rule allows them. */
const EXACT_ONLY = new Set([...MEANING_CHANGERS, "watch", "setsid", "ionice", "flock"])

/** The allow rule that covers this invocation, or null. */
export function allowingCommandRule(call: Execute, rules: readonly Compiled<"command">[]): Rule | null {
  if (rules.length === 0) return null
  const whole = rules.filter(({ parsed: { tool, pattern } }) => tool === "Bash" && pattern.exact)
  const raw = whole.length > 0 ? [...call.assigned, ...call.words].map((w) => w.raw).join(" ") : ""
  const exact = whole.find(({ parsed: { pattern } }) => pattern.text === raw || pattern.text === call.source)
  if (exact && call.words[0]?.kind === "literal") return exact.rule
  if (!call.words.every(isCertain)) return null
  for (const { texts, at, exactOnly, appended } of candidates(call)) {
    for (const { rule, parsed } of rules) {
      const { tool, pattern } = parsed
      if (tool !== "Bash" || (exactOnly && !pattern.exact) || (appended && pattern.exact)) continue
      if (texts.some((text, i) => matchCommand(pattern, text, at[i]))) return rule
    }
  }
  return null
}

/** Known before running: the value itself, or the names of existing files, which stay one command's words. */
function isCertain(word: ShellWord): boolean {
  return word.kind === "literal" || word.kind === "glob"
}

interface Candidate {
  /** The command in its usual spellings; it begins at the position of the same index in `at`. */
  readonly texts: readonly string[]
  readonly at: readonly number[]
  readonly exactOnly: boolean
  /** More words come from elsewhere. */
  readonly appended: boolean
}

/** What a rule may name: with its assignments spelled out, as it is, and without each of its wrappers. */
function* candidates(call: Execute): Generator<Candidate> {
  const { words, assigned } = call
  if (assigned.length > 0) {
    if (assigned.every((a) => a.value !== null)) {
      const prefix = assigned.map((a) => a.raw).join(" ")
      const texts = spellings(words).map((t) => `${prefix} ${t}`)
      yield { texts, at: texts.map(() => 0), exactOnly: isExactOnly(words), appended: false }
    }
    if (!assigned.every((a) => isSafeEnvironment(a.name, a.value))) return
  }
  const innermost = stripWrappers(words)
  const innerExactOnly = innermost !== words && isExactOnly(innermost)
  let texts = spellings(words)
  let spelled = words
  for (let level: readonly ShellWord[] | null = words; level; level = stripWrapper(level)) {
    // The wrappers' words are the first ones, so what is left is the end of the same text.
    const appended = level.filter((w) => w === APPENDED)
    if (words.length + appended.length > spelled.length) {
      spelled = [...words, ...appended]
      texts = spellings(spelled)
    }
    const gone = spelled.length - level.length
    yield {
      texts,
      at: SPELLINGS.slice(0, texts.length).map((spell) => lengthOf(spelled.slice(0, gone), spell)),
      exactOnly: innerExactOnly || isExactOnly(level),
      appended: appended.length > 0,
    }
  }
}

const SPELLINGS = [singleQuoted, doubleQuoted]

/** The words as one text, in the two usual ways of quoting. A blank or sign inside a word never looks like one between words. */
function spellings(words: readonly ShellWord[]): readonly string[] {
  const [single = "", double = ""] = SPELLINGS.map((spell) => words.map(spell).join(" "))
  return single === double ? [single] : [single, double]
}

/** How long the words are when another word follows them. */
function lengthOf(words: readonly ShellWord[], spell: (word: ShellWord) => string): number {
  return words.reduce((sum, word) => sum + spell(word).length + 1, 0)
}

function isExactOnly(words: readonly ShellWord[]): boolean {
  const name = words[0]?.text ?? ""
  if (EXACT_ONLY.has(name)) return true
  return (
    name === "find" &&
    words.some(
      (w) =>
        w.kind !== "literal" ||
        /^-(exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls|files0-from)$/.test(w.text),
    )
  )
}
