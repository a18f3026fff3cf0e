/** Command rules against one invocation. Allow looks at literal words only; deny and ask at every reading there is. */

import type { Rule } from "../model/permission.ts"
import type { Compiled, RuleBook } from "./rules/compile.ts"
import type { CommandPattern } from "./rules/parse.ts"
import { matchWildcard } from "./rules/wildcard.ts"
import { MEANING_CHANGERS } from "./shell/builtins.ts"
import type { Execute, ShellWord } from "./shell/effects.ts"
import { isSafeEnvironment } from "./shell/environment.ts"
import { baseName } from "./shell/nested.ts"
import { APPENDED, stripWrapper, stripWrappers } from "./shell/wrappers.ts"

/** Commands that run other commands in ways a prefix cannot bound; only an exact rule allows them. */
const EXACT_ONLY = new Set([...MEANING_CHANGERS, "watch", "setsid", "ionice", "flock"])

export function matchCommand(pattern: CommandPattern, text: string): boolean {
  if (pattern.boundary) {
    if (!pattern.text.includes("*")) return text === pattern.text || text.startsWith(`${pattern.text} `)
    return matchWildcard(pattern.text, text) || matchWildcard(`${pattern.text} *`, text)
  }
  return pattern.exact ? text === pattern.text : matchWildcard(pattern.text, text)
}

/** The allow rule that covers this invocation, or null. */
export function allowingCommandRule(call: Execute, rules: readonly Compiled<"command">[]): Rule | null {
  const raw = [...call.assigned.map((a) => a.raw), ...call.words.map((w) => w.raw)].join(" ")
  const exact = rules.find(
    (c) =>
      c.parsed.tool === "Bash" &&
      c.parsed.pattern.exact &&
      (c.parsed.pattern.text === raw || c.parsed.pattern.text === call.source),
  )
  if (exact && call.words[0]?.kind === "literal") return exact.rule
  if (!call.words.every(isCertain)) return null
  const candidates = allowCandidates(call)
  for (const { texts, exactOnly, appended } of candidates) {
    for (const c of rules) {
      const { pattern } = c.parsed
      if (c.parsed.tool !== "Bash" || (exactOnly && !pattern.exact) || (appended && pattern.exact)) continue
      if (texts.some((text) => matchCommand(pattern, text))) return c.rule
    }
  }
  return null
}

/** Known before running: the value itself, or the names of existing files, which stay one command's words. */
function isCertain(word: ShellWord): boolean {
  return word.kind === "literal" || word.kind === "glob"
}

interface Candidate {
  readonly texts: readonly string[]
  readonly exactOnly: boolean
  readonly appended: boolean
}

function allowCandidates(call: Execute): readonly Candidate[] {
  const out: Candidate[] = []
  const safe = call.assigned.every((a) => isSafeEnvironment(a.name, a.value))
  if (call.assigned.length > 0) {
    // A rule may spell the assignment out.
    const prefix = call.assigned.every((a) => a.value !== null)
      ? call.assigned.map((a) => a.raw).join(" ")
      : null
    if (prefix !== null)
      out.push({
        texts: spellings(call.words).map((t) => `${prefix} ${t}`),
        exactOnly: isExactOnly(call.words),
        appended: false,
      })
    if (!safe) return out
  }
  let words: readonly ShellWord[] | null = call.words
  while (words) {
    const exactOnly = isExactOnly(words) || stripWrappersChanges(words)
    out.push({ texts: spellings(words), exactOnly, appended: words.includes(APPENDED) })
    words = stripWrapper(words)
  }
  return out
}

function stripWrappersChanges(words: readonly ShellWord[]): boolean {
  const inner = stripWrappers(words)
  return inner !== words && isExactOnly(inner)
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

/** The words as one text, in the two usual ways of quoting. A blank or sign inside a word never looks like one between words. */
function spellings(words: readonly ShellWord[]): readonly string[] {
  if (words.every((w) => !needsQuotes(w))) return [words.map((w) => w.text).join(" ")]
  return [
    words.map((w) => (needsQuotes(w) ? `'${w.text.replaceAll("'", "'\\''")}'` : w.text)).join(" "),
    words.map((w) => (needsQuotes(w) ? `"${w.text.replace(/["\\$`]/g, "\\$&")}"` : w.text)).join(" "),
  ]
}

function needsQuotes(word: ShellWord): boolean {
  return (
    word.text === "" || (word.kind === "literal" && /[\s'"\\`$&|;<>()]/.test(word.text) && word !== APPENDED)
  )
}

/** Whether some word of a rule's beginning is in the invocation at all; without it no reading meets the rule. */
export function mayConcern(call: Execute, rules: readonly Compiled<"command">[]): boolean {
  const starts = rules.map((c) => /^[^\s*'"\\$`]*/.exec(c.parsed.pattern.text)?.[0] ?? "")
  if (starts.includes("")) return true
  const has = (text: string) => starts.some((start) => text.includes(start))
  return (
    has(call.source) ||
    call.words.some((w) => has(w.text) || has(w.raw) || has(w.emptied)) ||
    call.assigned.some((a) => has(a.raw))
  )
}

/** The deny or ask rule that any of the invocation's readings meets, or null. */
export function restrictingCommandRule(
  texts: readonly string[],
  rules: RuleBook["deny"]["command"],
): Rule | null {
  return rules.find((c) => texts.some((text) => matchEither(c, text)))?.rule ?? null
}

function matchEither(compiled: Compiled<"command">, text: string): boolean {
  if (compiled.parsed.tool === "PowerShell") return false
  return matchCommand(compiled.parsed.pattern, text)
}

/** Commands that start the command in their arguments, wherever it begins. */
const LAUNCHERS = new Set(
  `timeout time nice nohup stdbuf command builtin noglob xargs env sudo doas exec setsid ionice flock watch chroot strace ltrace
   parallel busybox unshare nsenter chrt taskset script find fd runuser su systemd-run npx bunx pnpx ssh trap eval`.split(
    /\s+/,
  ),
)

/** Options of git before its command that take the next word. */
const GIT_VALUED = new Set(
  "-C -c --git-dir --work-tree --namespace --exec-path --super-prefix --config-env --attr-source".split(" "),
)

/** The command without the options that stand before its own command: `git -C x push` is `git push`. */
function withoutLeadingOptions(words: readonly ShellWord[]): readonly (readonly ShellWord[])[] {
  const [name, first] = words
  if (!name || !first?.text.startsWith("-")) return []
  const git = baseName(name.text) === "git"
  let i = 1
  let pairs = 1
  for (; i < words.length && words[i]?.text.startsWith("-"); i++) {
    if (git && GIT_VALUED.has(words[i]?.text ?? "")) i++
  }
  // Of other programs nobody knows here which options take a word: both readings count.
  if (git) return i < words.length ? [[name, ...words.slice(i)]] : []
  while (words[pairs]?.text.startsWith("-")) pairs += words[pairs]?.text.includes("=") ? 1 : 2
  return [i, pairs].filter((at) => at < words.length).map((at) => [name, ...words.slice(at)])
}

const readingsOf = new WeakMap<Execute, readonly string[]>()

/** Every text that a deny or ask rule may mean by this invocation. */
export function readings(call: Execute): readonly string[] {
  const known = readingsOf.get(call)
  if (known) return known
  const found = readAll(call)
  readingsOf.set(call, found)
  return found
}

function readAll(call: Execute): readonly string[] {
  const out = new Set<string>([call.source])
  const add = (words: readonly ShellWord[]) => {
    if (words.length === 0) return
    const text = words.map((w) => w.text).join(" ")
    out.add(text)
    if (!words.every((w) => w.kind === "literal" && w.raw === w.text)) {
      out.add(words.map((w) => w.raw).join(" "))
      const emptied = words.map((w) => w.emptied).filter((t) => t !== "")
      out.add(emptied.join(" "))
      for (const spelled of spellings(words)) out.add(spelled)
    }
    const name = words[0]?.text ?? ""
    const base = baseName(name)
    if (base !== name) out.add([base, ...words.slice(1).map((w) => w.text)].join(" "))
  }
  add(call.words)
  for (const words of withoutLeadingOptions(call.words)) add(words)
  if (call.assigned.length > 0)
    out.add(`${call.assigned.map((a) => a.raw).join(" ")} ${call.words.map((w) => w.raw).join(" ")}`)
  if (call.words.some((w) => LAUNCHERS.has(baseName(w.text)))) {
    for (let i = 1; i < call.words.length; i++) {
      const inner = call.words.slice(i)
      add(inner)
      for (const words of withoutLeadingOptions(inner)) add(words)
    }
  }
  return [...out]
}

/**
 * The deny or ask rule that the invocation may meet with what its uncertain words become, or null: its certain
 * beginning is the beginning of what the rule names (`git $x` and `git push *`).
 */
export function possiblyRestricted(call: Execute, rules: readonly Compiled<"command">[]): Rule | null {
  const words = call.words.some((w) => baseName(w.text) === "xargs") ? [...call.words, APPENDED] : call.words
  const uncertain = words.findIndex((w) => w.kind !== "literal")
  if (uncertain < 1) return null
  const launches = words.some((w) => LAUNCHERS.has(baseName(w.text)))
  for (let at = 0; at < (launches ? uncertain : 1); at++) {
    const tail = words.slice(at, uncertain + 1)
    for (const list of [tail, ...withoutLeadingOptions(tail)]) {
      const certain = list.slice(0, -1).map((w, i) => (i === 0 ? baseName(w.text) : w.text))
      if (certain.length === 0) continue
      const lead = [...certain, list.at(-1)?.lead ?? ""].join(" ")
      const hit = rules.find((c) => {
        const [literal = ""] = c.parsed.pattern.text.split("*", 1)
        return c.parsed.tool === "Bash" && literal.length > lead.length && literal.startsWith(lead)
      })
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

/** Rules against text nobody could parse, tried on every piece of it that might start a command. */
export function restrictingRuleInText(
  source: string,
  pieces: () => readonly string[],
  rules: RuleBook["deny"]["command"],
): Rule | null {
  if (rules.length === 0) return null
  // A piece is a part of one of these texts: a rule whose beginning is in none of them meets no piece.
  const texts = textsOf(source)
  const near = rules.filter((c) => {
    const [literal = ""] = c.parsed.pattern.text.split("*", 1)
    return texts.some((text) => text.includes(literal))
  })
  if (near.length === 0) return null
  const all = pieces()
  for (const c of near) for (const piece of all) if (matchEither(c, piece)) return c.rule
  return null
}

/** As written, and without what quoting and continued lines may hide. */
function textsOf(source: string): readonly string[] {
  return [...new Set([source, source.replace(/\\\n/g, ""), source.replace(/["'\\]/g, "")])]
}

/** The pieces of a text that might start a command, whatever its quotes mean. */
export function piecesOf(source: string): readonly string[] {
  const pieces = new Set<string>([source.trim()])
  for (const text of textsOf(source)) {
    for (const piece of text.split(/[\n;&|(){}`]/)) addSuffixes(piece.trim().replace(/^["']/, ""), pieces)
  }
  return [...pieces]
}

/** In unreadable text, how many words into a piece a command may begin. */
const MAX_SUFFIXES = 12

function addSuffixes(piece: string, out: Set<string>): void {
  let rest = piece
  for (let i = 0; i < MAX_SUFFIXES && rest !== ""; i++) {
    out.add(rest)
    const blank = rest.search(/[ \t]/)
    if (blank < 0) return
    rest = rest.slice(blank).trimStart()
  }
}
