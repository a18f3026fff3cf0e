/** What the parts of the walk share; they call each other through `Walk.enter`, because shell code nests anywhere. */
import type { ParsedScript, WordPart } from "unbash"
import type { Effect } from "./effects.ts"
import { type State, WILD, withVariable } from "./state.ts"
import type { Substitution, WordReader } from "./word-reader.ts"
import { walkParts } from "./words.ts"

/** The state after success and after failure; only `cd` makes them differ. */
export interface Flow {
  readonly ok: State
  readonly fail: State
}

/** The ways into nested code. */
export interface Enter {
  script(script: ParsedScript, state: State, walk: Walk): Flow
  /** Code in a text that another interpreter would run: tried against deny and ask rules only. */
  text(text: string, walk: Walk): void
  /** A text that may be a command line and may be anything else: only the commands that it plainly names count. */
  hint(text: string, walk: Walk): void
}

/** One walk. `effects` grows; the budget shrinks, and at zero the rest is opaque. */
export interface Walk {
  readonly effects: Effect[]
  readonly home: string
  /** Text that positions of the present script index. */
  readonly source: string
  readonly nested: boolean
  readonly depth: number
  /** Commands, and characters of code in texts, that may still be walked. */
  readonly budget: { steps: number; characters: number }
  readonly enter: Enter
  /** What code in texts does, by text: the same text comes again in loops and in several readings. */
  readonly texts: Map<string, readonly Effect[]>
}

export function opaque(walk: Walk, state: State, why: string, source: string): void {
  walk.effects.push({ kind: "opaque", why, source, folders: state.folders, nested: walk.nested })
}

/** What a text did, each thing once: a text in a text in a text would double it every time. */
export function remember(walk: Walk, text: string, from: number): void {
  walk.texts.set(text, [...new Set(walk.effects.slice(from))])
}

/** A reader of words at one state; `state` moves when arithmetic in a word counts. */
export function readerAt(state: State, walk: Walk): WordReader & { state: State } {
  const reader = {
    state,
    home: walk.home,
    script(part: Substitution) {
      // In code of which nothing is known the same text is always the same; it is not parsed a second time.
      const always = walk.nested && reader.state === WILD ? `$${part.text}` : null
      const known = always === null ? undefined : walk.texts.get(always)
      if (known) {
        walk.effects.push(...known)
        return
      }
      const from = walk.effects.length
      const { script } = part
      if (script) walk.enter.script(script, reader.state, walk)
      else opaque(walk, reader.state, "a substitution could not be read", part.text)
      if (always !== null) remember(walk, always, from)
    },
    parts: (parts: readonly WordPart[]) => walkParts(parts, reader),
    opaque: (why: string, source: string) => opaque(walk, reader.state, why, source),
    count(name: string) {
      reader.state = withVariable(reader.state, name, { kind: "number" })
    },
  }
  return reader
}
