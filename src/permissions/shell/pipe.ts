/** Pipes: text that a shell runs, and names of files that another command reads. */

import { type Found, foundBy, interpretXargs, passesLines } from "../read-only/found.ts"
import { interpret } from "../read-only/interpret.ts"
import { readsForeignCode } from "./carriers.ts"
import type { Effect, Execute } from "./effects.ts"
import { readsCode, readsOnlyInput } from "./nested.ts"
import type { Walk } from "./visit.ts"

/** What comes through a pipe: the texts that are known, and whether that is all. */
export interface Piped {
  readonly texts: readonly string[]
  readonly known: boolean
  /** It is names of files. */
  readonly found: Found | null
}

export const NOTHING: Piped = { texts: [], known: true, found: null }

/** What a written text does in a pipe to a shell (its code) or to `xargs` (its last words); returns what goes on. */
export function followPipe(before: Piped, from: number, walk: Walk): Piped {
  const texts: string[] = []
  let known = true
  let found: Found | null = null
  const all = walk.effects.slice(from)
  const alone = all.filter((e) => e.kind === "execute").length === 1
  for (const [i, effect] of all.entries()) {
    if (effect.kind === "opaque") known = false
    if (effect.kind !== "execute") continue
    const { words, names } = effect
    const [name = ""] = names
    const rest = words.slice(1).filter((w) => !/^-[neE]+$/.test(w.text))
    if (name === "echo") texts.push(rest.map((w) => w.text).join(" "))
    else if (name === "printf") texts.push(...rest.map((w) => w.text.replace(/\\n/g, "\n")))
    else if ((name === "cat" || name === "tee") && (name === "tee" || rest.length === 0))
      texts.push(...before.texts)
    else known = false
    if (rest.some((w) => w.kind !== "literal" || w.text.replace(/\\n/g, "").includes("\\"))) known = false
    if (alone)
      found = foundBy(effect) ?? (before.found?.ends === "line" && passesLines(effect) ? before.found : null)
    if (alone && before.found && words[0]?.text === "xargs" && !effect.knowledge) {
      const knowledge = interpretXargs(words, before.found, (inner) => interpret(inner, null))
      walk.effects[from + i] = { ...effect, knowledge }
    }
    if (readsCode(words, names)) for (const text of before.texts) walk.enter.text(text, walk)
    const piped = before !== NOTHING && !before.known
    if ((piped && readsOnlyInput(words, names)) || (before !== NOTHING && readsForeignCode(words, names)))
      walk.effects.push(unreadInput(effect))
    if (name === "xargs") {
      const at = words.findIndex((w, i) => i > 0 && !w.text.startsWith("-"))
      const command = words.slice(at).map((w) => w.raw)
      if (at > 0) for (const text of before.texts) walk.enter.text(`${command.join(" ")} ${text}`, walk)
    }
  }
  return { texts, known: known && before.known, found }
}

function unreadInput(by: Execute): Effect {
  const { source, folders, nested } = by
  const why = `${by.words[0]?.text ?? "it"} runs what comes through the pipe`
  return { kind: "unread", why, by, shell: true, source, folders, nested }
}
