/** One simple command: its assignments, its redirects, its words, and what the shell's own commands do to the state. */

import type { Assignment, Command } from "unbash"
import { interpret } from "../read-only/interpret.ts"
import { baseName } from "./base-name.ts"
import { type Builtin, runBuiltin } from "./builtins.ts"
import {
  assignedCommands,
  carriedCommands,
  carriedInput,
  carriesCode,
  printedCode,
  unreadCode,
} from "./carriers.ts"
import { type Assigned, type Execute, literalWord, type ShellWord } from "./effects.ts"
import { wordsTouch } from "./gaps.ts"
import { nestedCode, readsCode } from "./nested.ts"
import { redirect } from "./redirect.ts"
import { joinStates, known, MAX_OPTIONS, type State, type Value, WILD, withVariable } from "./state.ts"
import { type Flow, opaque, readerAt, type Walk } from "./visit.ts"
import type { WordReader } from "./word-reader.ts"
import { readQuoted, readWord, walkWord } from "./words.ts"
import { stripPrefixBuiltins } from "./wrappers.ts"

/** More combinations of known variable values than this are judged as unknown. */
const MAX_COMBINATIONS = 16

export function walkSimple(node: Command, state: State, walk: Walk): Flow {
  const source = walk.source.slice(node.pos, node.end)
  if (!wordsTouch([...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix], walk.source))
    opaque(walk, state, "the shell syntax between the words is not understood", source)
  const reader = readerAt(state, walk)
  const assigned: (Assigned & { readonly set: Value | null })[] = []
  for (const part of node.prefix)
    if (part.type === "Assignment") assigned.push(readAssignment(part, reader, walk))
  const lists = combineWords(node, reader, walk)
  for (const r of node.redirects) redirect(r, reader.state, walk)
  if (!node.name) return assignOnly(assigned, reader.state, walk, source)
  const input = node.redirects.length === 0 ? NO_INPUT : node.redirects.flatMap(inputOf)
  let flow: Flow | null = null
  for (const words of lists) {
    const one = execute({ words, assigned, source, input }, reader.state, walk)
    flow = flow ? { ok: joinStates(flow.ok, one.ok), fail: joinStates(flow.fail, one.fail) } : one
  }
  return flow ?? { ok: WILD, fail: WILD }
}

const NO_INPUT: readonly string[] = []

function inputOf(redirect: Command["redirects"][number]): readonly string[] {
  if (redirect.type === "HereDoc") return [redirect.body.text]
  return redirect.type === "HereString" && redirect.target ? [redirect.target.value] : NO_INPUT
}

function assignOnly(
  assigned: readonly (Assigned & { readonly set: Value | null })[],
  state: State,
  walk: Walk,
  source: string,
): Flow {
  let after = state
  for (const a of assigned) {
    walk.effects.push({ kind: "set", assigned: a, source, folders: state.folders, nested: walk.nested })
    after = withVariable(after, a.name, a.set)
  }
  for (const text of assignedCommands(assigned)) walk.enter.hint(text, walk)
  return { ok: after, fail: after }
}

export function readAssignment(
  node: Assignment,
  reader: WordReader,
  walk: Walk,
): Assigned & { readonly set: Value | null } {
  const index = node.index
  if (index && !/^\d+$/.test(index.text)) {
    walkWord(index, reader)
    opaque(walk, reader.state, "an array index that is only known at run time can run code", node.text)
  }
  if (node.value.type === "ArrayValue") {
    for (const element of node.value.elements) {
      readWord(element, reader)
      if (/^\[(?!\d+\]=)/.test(element.text))
        opaque(walk, reader.state, "an array index can run code", node.text)
    }
    return { name: node.name, raw: node.text, value: null, set: null }
  }
  const words = readQuoted(node.value.text, node.value.value, node.value.parts, reader)
  const literal = words.every((w) => w.kind === "literal")
  const [only] = words
  const simple = literal && words.length === 1 && only && !node.append && !index
  return {
    name: node.name,
    raw: node.text,
    value: simple ? only.text : null,
    set: node.append || index ? null : settledValue(words, node),
  }
}

function settledValue(words: readonly ShellWord[], node: Assignment): Value | null {
  const [only] = words
  if (only && words.length === 1 && only.kind === "literal") {
    if (/^\$/.test(only.text) && only.text === only.raw) return { kind: "number" }
    return known(only.text)
  }
  if (words.every((w) => w.kind === "literal" || w.kind === "glob"))
    return { kind: "some", options: words.map((w) => ({ text: w.text, glob: w.kind === "glob" })) }
  if (words.every((w) => w.kind !== "dynamic")) return { kind: "data" }
  return node.value.type === "Word" && node.value.parts?.every((p) => p.type === "CommandExpansion")
    ? { kind: "data" }
    : null
}

function combineWords(node: Command, reader: WordReader, walk: Walk): readonly (readonly ShellWord[])[] {
  if (!node.name) return [[]]
  let lists: ShellWord[][] = readWord(node.name, reader).map((words) => [...words])
  for (const arg of node.args) {
    const next = arg.type === "Word" ? readWord(arg, reader) : [[assignmentWord(arg, reader, walk)]]
    const [only] = next
    if (only && next.length === 1) {
      for (const list of lists) list.push(...only)
      continue
    }
    if (lists.length * next.length > MAX_COMBINATIONS || next.length > MAX_OPTIONS) {
      const raw = arg.text
      for (const list of lists) list.push({ raw, text: raw, emptied: "", kind: "dynamic", lead: "" })
    } else {
      lists = lists.flatMap((l) => next.map((n) => [...l, ...n]))
    }
  }
  return lists
}

/** `export NAME=value`: the value does not split. */
function assignmentWord(node: Assignment, reader: WordReader, walk: Walk): ShellWord {
  const value = readAssignment(node, reader, walk)
  if (value.value === null)
    return {
      raw: node.text,
      text: node.text,
      emptied: `${node.name}=`,
      kind: "dynamic",
      lead: `${node.name}=`,
    }
  return { ...literalWord(`${node.name}=${value.value}`), raw: node.text }
}

interface Invocation {
  readonly words: readonly ShellWord[]
  readonly assigned: readonly Assigned[]
  readonly source: string
  /** Here-documents and here-strings. */
  readonly input: readonly string[]
}

function execute(call: Invocation, state: State, walk: Walk): Flow {
  const same: Flow = { ok: state, fail: state }
  const [name] = call.words
  if (!name) return same
  const argv = stripPrefixBuiltins(call.words)
  const builtin: Builtin | null =
    argv[0]?.kind === "literal" ? runBuiltin(argv, state, walk.home) : { flow: unknownName(state) }
  const knowledge = builtin ? (builtin.knowledge ?? null) : interpret(argv, state.folders)
  const assigned = builtin?.keepsFieldSeparator
    ? call.assigned.filter((a) => a.name !== "IFS")
    : call.assigned
  const placed = { source: call.source, folders: state.folders, nested: walk.nested }
  const names = call.words.map((w) => baseName(w.text))
  const by: Execute = { kind: "execute", words: call.words, names, assigned, knowledge, ...placed }
  walk.effects.push(by)
  for (const set of builtin?.sets ?? []) walk.effects.push({ kind: "set", assigned: set, ...placed })
  if (builtin?.opaque) opaque(walk, state, builtin.opaque, call.source)
  if (testsComputedName(argv))
    opaque(walk, state, "testing a variable by a computed name can run code", call.source)
  for (const text of assignedCommands([...call.assigned, ...(builtin?.sets ?? [])]))
    walk.enter.hint(text, walk)
  if (names.some(carriesCode)) walkCarried(by, call.input, walk)
  return builtin?.flow ?? same
}

/** Code in the words and the input of a command, for the programs that run such. */
function walkCarried(by: Execute, inputs: readonly string[], walk: Walk): void {
  const { words, names, knowledge, source, folders, nested } = by
  for (const code of nestedCode(words, names)) walk.enter.text(code, walk)
  if (knowledge?.effect !== "read")
    for (const text of carriedCommands(words, names)) walk.enter.hint(text, walk)
  const printed = printedCode(words, names)
  const why = printed ?? (knowledge ? null : unreadCode(words, names, inputs))
  if (why !== null)
    walk.effects.push({ kind: "unread", why, by, shell: printed !== null, source, folders, nested })
  const takesCode = readsCode(words, names)
  for (const input of inputs) {
    if (takesCode) walk.enter.text(input, walk)
    for (const text of carriedInput(words, names, input)) walk.enter.hint(text, walk)
  }
}

/** `test -v 'a[$(x)]'` runs x. */
function testsComputedName(argv: readonly ShellWord[]): boolean {
  if (argv[0]?.text !== "test" && argv[0]?.text !== "[") return false
  return argv.some(
    (w, i) => /^-[vR]$/.test(argv[i - 1]?.text ?? "") && !(w.kind === "literal" && /^\w+$/.test(w.text)),
  )
}

/** A name made at run time may be any builtin. */
function unknownName(_state: State): Flow {
  const wild = WILD
  return { ok: wild, fail: wild }
}
