/** What the parts of the walk share; they call each other through `Walk.enter`, because shell code nests anywhere. */
import type { ParsedScript, WordPart } from "unbash"
import type { Effect } from "./effects.ts"
import { type State, withVariable } from "./state.ts"
import type { WordReader } from "./word-reader.ts"
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
}

/** One walk. `effects` grows; `steps` shrinks, and at zero the rest is opaque. */
export interface Walk {
  readonly effects: Effect[]
  readonly home: string
  /** Text that positions of the present script index. */
  readonly source: string
  readonly nested: boolean
  readonly depth: number
  readonly budget: { steps: number }
  readonly enter: Enter
  /** What code in texts does, by text: the same text comes again in loops and in several readings. */
  readonly texts: Map<string, readonly Effect[]>
}

export function opaque(walk: Walk, state: State, why: string, source: string): void {
  walk.effects.push({ kind: "opaque", why, source, folders: state.folders, nested: walk.nested })
}

/** A reader of words at one state; `state` moves when arithmetic in a word counts. */
export function readerAt(state: State, walk: Walk): WordReader & { state: State } {
  const reader = {
    state,
    home: walk.home,
    script(script: ParsedScript | undefined, source: string) {
      if (script) walk.enter.script(script, reader.state, walk)
      else opaque(walk, reader.state, "a substitution could not be read", source)
    },
    parts: (parts: readonly WordPart[]) => walkParts(parts, reader),
    opaque: (why: string, source: string) => opaque(walk, reader.state, why, source),
    count(name: string) {
      reader.state = withVariable(reader.state, name, { kind: "number" })
    },
  }
  return reader
}
