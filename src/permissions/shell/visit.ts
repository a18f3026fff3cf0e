/** What the parts of the walk share; they call each other through `Walk.enter`, because shell code nests anywhere. */
import type { ParsedScript, WordPart } from "unbash"
import type { Effect } from "./effects.ts"
import { type State, withVariable } from "./state.ts"
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

interface Walked {
  readonly state: State
  readonly nested: boolean
  readonly effects: readonly Effect[]
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
  /** Whether a text may name a command that some rule is about; other hints are not followed. */
  readonly concerns: (text: string) => boolean
  readonly budget: { steps: number; characters: number }
  readonly enter: Enter
  /** What code in texts does, by text: the same text comes again in loops and in several readings. */
  readonly texts: Map<string, readonly Effect[]>
  /** What a substitution did when it was last walked, by its text. */
  readonly scripts: Map<string, Walked>
}

export function opaque(walk: Walk, state: State, why: string, source: string): void {
  walk.effects.push({ kind: "opaque", why, source, folders: state.folders, nested: walk.nested })
}

/**
 * Effects of code in texts, each once: a text in a text in a text would double them every time. What the command
 * itself does stays as often as it does it, because what happened in between may count.
 */
export function once(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<Effect>()
  return effects.filter((effect) => {
    if (!effect.nested) return true
    const isNew = !seen.has(effect)
    if (isNew) seen.add(effect)
    return isNew
  })
}

/** A reader of words at one state; `state` moves when arithmetic in a word counts. */
export function readerAt(state: State, walk: Walk): WordReader & { state: State } {
  const reader = {
    state,
    home: walk.home,
    script(part: Substitution) {
      // The same code at the same state does the same; it is not parsed a second time. What stands between backticks
      // depends on the quotes around it.
      const lasting = !part.text.startsWith("`")
      const known = lasting ? walk.scripts.get(part.text) : undefined
      if (known && known.state === reader.state && known.nested === walk.nested) {
        walk.effects.push(...known.effects)
        return
      }
      const from = walk.effects.length
      const { script } = part
      if (script) walk.enter.script(script, reader.state, walk)
      else opaque(walk, reader.state, "a substitution could not be read", part.text)
      if (!lasting) return
      const effects = once(walk.effects.slice(from))
      walk.scripts.set(part.text, { state: reader.state, nested: walk.nested, effects })
    },
    parts: (parts: readonly WordPart[]) => walkParts(parts, reader),
    opaque: (why: string, source: string) => opaque(walk, reader.state, why, source),
    count(name: string) {
      reader.state = withVariable(reader.state, name, { kind: "number" })
    },
  }
  return reader
}
