/**
 * The only reading of a command: one parser, one walk, one list of effects. Everything the walk does not know by
 * name becomes an `opaque` effect, so that silence never means harmless.
 */

import { type ParsedScript, parse, type Script } from "unbash"
import { never } from "../../lib/never.ts"
import { checkArithmetic } from "./arithmetic.ts"
import { walkSimple } from "./command.ts"
import type { Effect } from "./effects.ts"
import { isScriptVariable } from "./environment.ts"
import { findGap } from "./gaps.ts"
import { loop, loopValue } from "./loops.ts"
import { followPipe, NOTHING, type Piped } from "./pipe.ts"
import { redirect } from "./redirect.ts"
import { joinStates, type State, WILD, withVariable } from "./state.ts"
import { walkTest } from "./test-expression.ts"
import { type Flow, once, opaque, readerAt, type Walk } from "./visit.ts"
import { readQuoted, walkWord } from "./words.ts"

type Statement = Script["commands"][number]
type Node = Statement["command"]

/** Enough for any command a person could judge; a loop inside a loop is walked several times. */
const MAX_STEPS = 5_000
/** Code in texts (`bash -c '…'`): somewhat more than a command that is not asked about for its length alone. */
const MAX_TEXT_CHARACTERS = 12_000
const MAX_DEPTH = 24

export interface Start {
  /** Where it would start. */
  readonly folder: string
  readonly home: string
  /** Whether a text in it may name a command that some rule is about; missing: always. */
  readonly concerns?: (text: string) => boolean
}

/** Reads `text` as Bash; never throws. */
export function readCommand(text: string, from: Start): readonly Effect[] {
  const effects: Effect[] = []
  const state: State = { folders: [from.folder], variables: new Map(), wild: false }
  const walk: Walk = {
    effects,
    home: from.home,
    source: text,
    nested: false,
    concerns: from.concerns ?? (() => true),
    depth: 0,
    budget: { steps: MAX_STEPS, characters: MAX_TEXT_CHARACTERS },
    enter: { script: walkScript, text: walkText, hint: walkHint },
    texts: new Map(),
    scripts: new Map(),
  }
  try {
    walkScript(parseBounded(text), state, walk)
  } catch (error) {
    opaque(
      walk,
      state,
      `the shell syntax is not understood (${error instanceof Error ? error.message : "unknown error"})`,
      text,
    )
  }
  // Code in texts is found on several ways.
  return walk.texts.size > 0 ? once(effects) : effects
}

/** The parser looks at the text behind each of them again and again; nobody writes that many. */
const MAX_ARITHMETIC = 64

function parseBounded(text: string): ParsedScript {
  if (text.split("((", MAX_ARITHMETIC + 1).length > MAX_ARITHMETIC) throw new Error("too many parentheses")
  return parse(text)
}

/** Code in a text that another interpreter would run: tried against deny and ask rules only. */
function walkText(text: string, walk: Walk): void {
  const known = walk.texts.get(text)
  if (known) {
    walk.effects.push(...known)
    return
  }
  const start = walk.effects.length
  const inner: Walk = { ...walk, source: text, nested: true, depth: walk.depth + 1 }
  walk.budget.characters -= text.length
  if (walk.budget.characters < 0) opaque(inner, WILD, "there is too much code in texts to judge", text)
  else if (inner.depth > MAX_DEPTH) opaque(inner, WILD, "code is nested too deeply", text)
  else walkScript(parseBounded(text), WILD, inner)
  walk.texts.set(text, once(walk.effects.slice(start)))
}

function walkHint(text: string, walk: Walk): void {
  if (!walk.concerns(text)) return
  const effects: Effect[] = []
  walkText(text, { ...walk, effects })
  for (const effect of effects) {
    const named = effect.kind === "execute" && effect.words[0]?.kind === "literal"
    if (named || walk.budget.characters < 0) walk.effects.push(effect)
  }
}

function walkScript(script: ParsedScript, state: State, walk: Walk): Flow {
  const inner: Walk = { ...walk, source: script.source ?? walk.source, depth: walk.depth + 1 }
  if (inner.depth > MAX_DEPTH) {
    opaque(walk, state, "code is nested too deeply", "")
    return { ok: state, fail: state }
  }
  const [error] = script.errors ?? []
  if (error) opaque(inner, state, `the shell syntax has an error: ${error.message}`, inner.source)
  const gap = findGap(script.commands, script, inner.source)
  if (gap !== null) opaque(inner, state, `the shell syntax is not understood near \`${gap}\``, inner.source)
  return walkList(script.commands, state, inner)
}

function walkList(statements: readonly Statement[], state: State, walk: Walk): Flow {
  let flow: Flow = { ok: state, fail: state }
  for (const statement of statements) {
    const from = joinStates(flow.ok, flow.fail)
    const next = walkNode(statement.command, from, walk)
    flow = statement.background ? { ok: from, fail: from } : next
  }
  return flow
}

function walkNode(node: Node, state: State, walk: Walk): Flow {
  const same: Flow = { ok: state, fail: state }
  if (--walk.budget.steps < 0) {
    if (walk.budget.steps === -1) opaque(walk, state, "the command is too large to judge", "")
    return same
  }
  switch (node.type) {
    case "AndOr":
      return walkAndOr(node, state, walk)
    case "Pipeline": {
      const [first, second] = node.commands
      if (first && !second) {
        const flow = walkNode(first, state, walk)
        return node.prefixes.some((p) => p.type === "Negation") ? { ok: flow.fail, fail: flow.ok } : flow
      }
      let before: Piped = NOTHING
      for (const part of node.commands) {
        const from = walk.effects.length
        walkNode(part, state, walk)
        before = followPipe(before, from, walk)
      }
      return same
    }
    case "Command":
      return walkSimple(node, state, walk)
    case "Redirected": {
      for (const r of node.redirects) redirect(r, state, walk)
      return walkNode(node.command, state, walk)
    }
    case "Subshell":
      walkBody(node.body, state, walk)
      return same
    case "BraceGroup":
      return walkBody(node.body, state, walk)
    case "If": {
      let flow = walkBody(node.clause, state, walk)
      let end = join(walkBody(node.then, flow.ok, walk))
      for (const branch of node.elif) {
        flow = walkBody(branch.clause, flow.fail, walk)
        end = joinStates(end, join(walkBody(branch.then, flow.ok, walk)))
      }
      end = joinStates(end, node.else ? join(walkBody(node.else, flow.fail, walk)) : flow.fail)
      return { ok: end, fail: end }
    }
    case "While":
      return loop(state, walk, (from) => {
        const flow = walkBody(node.clause, from, walk)
        return joinStates(
          join(flow),
          join(walkBody(node.body, node.kind === "while" ? flow.ok : flow.fail, walk)),
        )
      })
    case "For": {
      const name = node.name.text
      const reader = readerAt(state, walk)
      const value = loopValue(node.wordlist, reader)
      if (!isScriptVariable(name)) {
        walk.effects.push({
          kind: "set",
          assigned: { name, raw: `for ${name}`, value: null },
          source: `for ${name}`,
          folders: state.folders,
          nested: walk.nested,
        })
      }
      return loop(reader.state, walk, (from) =>
        join(walkBody(node.body, withVariable(from, name, value), walk)),
      )
    }
    case "ArithmeticFor": {
      const start = arithmetic([node.initialize], state, walk)
      return loop(start, walk, (from) => {
        const inside = arithmetic([node.test], from, walk)
        return arithmetic([node.update], join(walkBody(node.body, inside, walk)), walk)
      })
    }
    case "ArithmeticCommand": {
      const after = arithmetic([node.expression], state, walk)
      return { ok: after, fail: after }
    }
    case "Case": {
      const reader = readerAt(state, walk)
      readQuoted(node.word.text, node.word.value, node.word.parts, reader)
      for (const item of node.items) for (const pattern of item.pattern) walkWord(pattern, reader)
      let end = reader.state
      for (const item of node.items) end = joinStates(end, join(walkBody(item.body, end, walk)))
      return { ok: end, fail: end }
    }
    case "TestCommand": {
      const reader = readerAt(state, walk)
      walkTest(node.expression, reader, walk)
      return { ok: reader.state, fail: reader.state }
    }
    case "Function": {
      const source = walk.source.slice(node.pos, node.end)
      walk.effects.push({
        kind: "define",
        name: node.name.text,
        source,
        folders: state.folders,
        nested: walk.nested,
      })
      walkAny(node.body, WILD, walk)
      return { ok: WILD, fail: WILD }
    }
    case "Select":
    case "Coproc":
      opaque(
        walk,
        state,
        `\`${node.type.toLowerCase()}\` is not followed`,
        walk.source.slice(node.pos, node.end),
      )
      walkAny(node.body, WILD, walk)
      return { ok: WILD, fail: WILD }
    default:
      return never(node)
  }
}

type Body = {
  readonly type: "CompoundList"
  readonly pos: number
  readonly end: number
  readonly commands: readonly Statement[]
}

function walkAny(node: Body | Node, state: State, walk: Walk): void {
  if (node.type === "CompoundList") walkBody(node, state, walk)
  else walkNode(node, state, walk)
}

function walkBody(body: Body, state: State, walk: Walk): Flow {
  const gap = findGap(body.commands, body, walk.source)
  if (gap !== null) opaque(walk, state, `the shell syntax is not understood near \`${gap}\``, walk.source)
  return walkList(body.commands, state, walk)
}

function join(flow: Flow): State {
  return joinStates(flow.ok, flow.fail)
}

function walkAndOr(node: Extract<Node, { type: "AndOr" }>, state: State, walk: Walk): Flow {
  const [first, ...rest] = node.commands
  if (!first) return { ok: state, fail: state }
  let flow = walkNode(first, state, walk)
  rest.forEach((next, i) => {
    if (node.operators[i] === "&&") {
      const right = walkNode(next, flow.ok, walk)
      flow = { ok: right.ok, fail: joinStates(flow.fail, right.fail) }
    } else {
      const right = walkNode(next, flow.fail, walk)
      flow = { ok: joinStates(flow.ok, right.ok), fail: right.fail }
    }
  })
  return flow
}

function arithmetic(list: readonly Parameters<typeof checkArithmetic>[0][], state: State, walk: Walk): State {
  const reader = readerAt(state, walk)
  for (const expression of list) {
    if (expression && !checkArithmetic(expression, reader))
      opaque(
        walk,
        state,
        "arithmetic on text that is only known at run time can run code",
        walk.source.slice(expression.pos, expression.end),
      )
  }
  return reader.state
}
