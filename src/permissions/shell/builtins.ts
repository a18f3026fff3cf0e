/** The shell's own commands that change the shell: folder, variables, meaning of names. All others are programs. */

import { joinPath } from "../paths/canonical.ts"
import type { Assigned, Knowledge, ShellWord } from "./effects.ts"
import { isScriptVariable } from "./environment.ts"
import { known, type State, WILD, withVariable } from "./state.ts"
import type { Flow } from "./visit.ts"

const EVALUATES = "the shell may evaluate a name in these words as code"

/** The shell would read these words in a way that is not followed, perhaps as code. */
function givenUp(): Builtin {
  return { flow: { ok: WILD, fail: WILD }, opaque: EVALUATES }
}

export interface Builtin {
  readonly flow: Flow
  /** Missing: only a rule can allow it. */
  readonly knowledge?: Knowledge
  readonly sets?: readonly Assigned[]
  readonly opaque?: string
  readonly keepsFieldSeparator?: boolean
}

const FREE: Knowledge = { effect: "read", files: [] }

/** Builtins that change what later words or names mean in ways nobody follows; no prefix rule covers them. */
export const MEANING_CHANGERS: ReadonlySet<string> = new Set(
  "alias unalias hash enable shopt trap exec eval let bind complete compopt compgen coproc mapfile readarray getopts".split(
    " ",
  ),
)

const OTHERS = new Set(
  "source . pushd popd unset set shift declare typeset local readonly export read printf cd exit return break continue wait jobs dirs".split(
    " ",
  ),
)

/** Null: not a builtin that changes the shell. */
export function runBuiltin(argv: readonly ShellWord[], state: State, home: string): Builtin | null {
  const name = argv[0]?.text ?? ""
  const args = argv.slice(1)
  const same: Flow = { ok: state, fail: state }
  if (MEANING_CHANGERS.has(name)) return { flow: { ok: WILD, fail: WILD } }
  if (!OTHERS.has(name)) return null
  switch (name) {
    case "cd":
      return changeFolder(args, state, home)
    case "exit":
    case "return":
    case "break":
    case "continue":
    case "shift":
      return args.every((a) => a.kind === "literal" && /^(\d+|\$\?)$/.test(a.text))
        ? { flow: same, knowledge: FREE }
        : { flow: same }
    case "wait":
    case "jobs":
    case "dirs":
      return args.length === 0 ? { flow: same, knowledge: FREE } : { flow: same }
    case "set":
      return setOptions(args, same)
    case "export":
    case "readonly":
    case "declare":
    case "typeset":
    case "local":
      return declare(args, state)
    case "unset":
      return unset(args, state)
    case "read":
      return readLine(args, state)
    case "printf":
      return printFormat(args, state)
    default:
      return { flow: { ok: WILD, fail: WILD } }
  }
}

function changeFolder(args: readonly ShellWord[], state: State, home: string): Builtin {
  const lost: State = { ...state, folders: null }
  const giveUp: Builtin = { flow: { ok: lost, fail: state } }
  const rest = [...args]
  if (rest[0]?.kind === "literal" && rest[0].text === "-L") rest.shift()
  if (rest[0]?.kind === "literal" && rest[0].text === "--") rest.shift()
  const [target, more] = rest
  if (more || state.wild) return giveUp
  if (!target)
    return {
      flow: { ok: { ...state, folders: [home] }, fail: state },
      knowledge: {
        effect: "read",
        files: [
          { access: "read", word: { raw: "", text: home, emptied: home, kind: "literal", lead: home } },
        ],
      },
    }
  if (
    target.kind !== "literal" ||
    target.text.startsWith("-") ||
    target.text === "" ||
    /^\+\d/.test(target.text)
  )
    return giveUp
  const absolute = target.text.startsWith("/")
  if (!absolute && !state.folders) return giveUp
  const folders = absolute
    ? [joinPath("/", target.text)]
    : (state.folders ?? []).map((f) => joinPath(f, target.text))
  return {
    flow: { ok: { ...state, folders: [...new Set(folders)] }, fail: state },
    knowledge: { effect: "read", files: [{ access: "read", word: target }] },
  }
}

const SAFE_SET = /^[-+](?:[eux]+|o|[eux]*o)$/
const SAFE_SET_NAMES = new Set(["errexit", "nounset", "xtrace", "pipefail"])

function setOptions(args: readonly ShellWord[], same: Flow): Builtin {
  let named = false
  for (const arg of args) {
    if (arg.kind !== "literal") return { flow: same }
    if (named) {
      if (!SAFE_SET_NAMES.has(arg.text)) return { flow: same }
      named = false
    } else if (SAFE_SET.test(arg.text)) named = arg.text.endsWith("o")
    else return givenUp()
  }
  return args.length > 0 && !named ? { flow: same, knowledge: FREE } : { flow: same }
}

function declare(args: readonly ShellWord[], state: State): Builtin {
  let after = state
  const sets: Assigned[] = []
  for (const arg of args) {
    if (/^-[xr]$/.test(arg.text) && arg.kind === "literal") continue
    const match = /^([A-Za-z_]\w*)(=([\s\S]*))?$/.exec(arg.text)
    if (!match?.[1] || (arg.kind === "dynamic" && !arg.lead.includes("=")) || arg.kind === "glob")
      return givenUp()
    const literal = arg.kind === "literal"
    const value = literal ? (match[3] ?? null) : null
    // `export NAME` without a value publishes what the script set; judged like setting it.
    sets.push({ name: match[1], raw: arg.raw, value })
    after = withVariable(after, match[1], value === null ? null : known(value))
  }
  return { flow: { ok: after, fail: after }, ...(sets.length > 0 ? { knowledge: FREE } : {}), sets }
}

function unset(args: readonly ShellWord[], state: State): Builtin {
  let after = state
  const sets: Assigned[] = []
  for (const arg of args) {
    if (arg.kind === "literal" && arg.text === "-v") continue
    if (arg.kind !== "literal" || !/^[A-Za-z_]\w*$/.test(arg.text)) return givenUp()
    sets.push({ name: arg.text, raw: arg.raw, value: null })
    after = withVariable(after, arg.text, null)
  }
  return { flow: { ok: after, fail: after }, knowledge: FREE, sets }
}

function readLine(args: readonly ShellWord[], state: State): Builtin {
  let after = state
  const sets: Assigned[] = []
  for (const arg of args) {
    if (arg.kind !== "literal") return givenUp()
    if (/^-[rs]+$/.test(arg.text)) continue
    if (!isScriptVariable(arg.text)) return givenUp()
    sets.push({ name: arg.text, raw: arg.raw, value: null })
    after = withVariable(after, arg.text, { kind: "data" })
  }
  return { flow: { ok: after, fail: after }, knowledge: FREE, sets, keepsFieldSeparator: sets.length > 0 }
}

/** `printf -v name` sets a variable and evaluates an index in its name; `%d` of a word is plain number parsing. */
function printFormat(args: readonly ShellWord[], state: State): Builtin {
  const same: Flow = { ok: state, fail: state }
  const [format] = args
  if (!format) return { flow: same }
  const option = format.kind === "literal" ? format.text : format.lead
  const rest = option === "--" ? args.slice(1) : args
  const plain = option === "--" || (option !== "" && !option.startsWith("-"))
  if (!plain) return givenUp()
  const [text] = rest
  // `%n` stores a count in the variable that the argument names, and evaluates an index in that name.
  if (text?.kind !== "literal" || /%[^%A-Za-z]*[A-Za-z]?[hlLqjzt]*n/.test(text.text)) return givenUp()
  const safe = rest.every((a) => a.kind === "literal" || a.kind === "data")
  return safe ? { flow: same, knowledge: FREE } : { flow: same }
}
