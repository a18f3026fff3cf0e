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

/** Every text that a deny or ask rule may mean by this invocation. */
export function readings(call: Execute): readonly string[] {
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
  if (call.assigned.length > 0)
    out.add(`${call.assigned.map((a) => a.raw).join(" ")} ${call.words.map((w) => w.raw).join(" ")}`)
  if (call.words.some((w) => LAUNCHERS.has(baseName(w.text)))) {
    for (let i = 1; i < call.words.length; i++) add(call.words.slice(i))
  }
  return [...out]
}

/** Rules against text nobody could parse, tried on every piece of it that might start a command. */
export function restrictingRuleInText(
  pieces: readonly string[],
  rules: RuleBook["deny"]["command"],
): Rule | null {
  for (const c of rules) for (const piece of pieces) if (matchEither(c, piece)) return c.rule
  return null
}

/** The pieces of a text that might start a command, whatever its quotes mean. */
export function piecesOf(source: string): readonly string[] {
  const pieces = new Set<string>([source.trim()])
  for (const text of new Set([source, source.replace(/\\\n/g, ""), source.replace(/["'\\]/g, "")])) {
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
