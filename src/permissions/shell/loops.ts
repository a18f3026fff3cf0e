/** Loops: what is known at their start holds in every round, and what the variable of a `for` may be. */

import { joinStates, known, type State, sameState, type Value, WILD } from "./state.ts"
import type { Flow, Walk } from "./visit.ts"
import type { WordReader } from "./word-reader.ts"
import { readWord } from "./words.ts"

const MAX_LOOP_ROUNDS = 4

/** Walks a body until what it knows no longer changes; only the last round's effects count. */
export function loop(state: State, walk: Walk, body: (from: State) => State): Flow {
  let from = state
  const start = walk.effects.length
  for (let round = 0; ; round++) {
    walk.effects.length = start
    const after = joinStates(from, body(from))
    if (sameState(after, from) || from.wild) return { ok: from, fail: from }
    from = round >= MAX_LOOP_ROUNDS ? WILD : after
  }
}

export function loopValue(
  words: Parameters<typeof readWord>[0][] | readonly Parameters<typeof readWord>[0][] | undefined,
  reader: WordReader,
): Value | null {
  if (!words) return null
  const options: { text: string; glob: boolean }[] = []
  let data = false
  let secret = false
  for (const word of words) {
    for (const w of readWord(word, reader).flat()) {
      if (w.kind === "literal") options.push({ text: w.text, glob: false })
      else if (w.kind === "glob") options.push({ text: w.text, glob: true })
      else if (w.kind === "data" || onlySubstitution(word)) data = true
      else secret = true
    }
  }
  if (secret) return null
  if (data || options.length > 32) return { kind: "data" }
  return options.length === 1 && options[0] && !options[0].glob
    ? known(options[0].text)
    : { kind: "some", options }
}

/** `$(…)` unquoted: any words, but from a command that was judged. */
function onlySubstitution(word: Parameters<typeof readWord>[0]): boolean {
  return word.parts?.length === 1 && word.parts[0]?.type === "CommandExpansion"
}
