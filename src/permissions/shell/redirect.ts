/** Redirects are reads and writes of files, wherever they stand. */

import type { Command } from "unbash"
import type { ShellWord } from "./effects.ts"
import type { State } from "./state.ts"
import { opaque, readerAt, type Walk } from "./visit.ts"
import { readBody, readQuoted, readWord } from "./words.ts"

type Redirection = Command["redirects"][number]

export function redirect(node: Redirection, state: State, walk: Walk): void {
  const reader = readerAt(state, walk)
  const source = walk.source.slice(node.pos, node.end)
  const say = (why: string) => opaque(walk, state, why, source)
  if (node.descriptor?.type === "FileDescriptorVariable")
    say("a redirect into a named descriptor is not followed")
  if (node.type === "HereDoc") {
    if (!node.closing) say("the here-document has no end")
    if (!node.delimiter?.quoted) readBody(node.body.text, node.body.text, node.body.parts, reader)
    return
  }
  const target = node.target
  if (!target) {
    say("a redirect without a target")
    return
  }
  if (node.type === "HereString") {
    readQuoted(target.text, target.value, target.parts, reader)
    return
  }
  const words = readWord(target, reader).flat()
  const write = (word: ShellWord) =>
    walk.effects.push({ kind: "write", word, source, folders: state.folders, nested: walk.nested })
  const read = (word: ShellWord) =>
    walk.effects.push({ kind: "read", word, source, folders: state.folders, nested: walk.nested })
  for (const word of words) {
    if (
      (node.operator === ">&" || node.operator === "<&") &&
      word.kind === "literal" &&
      /^(\d+-?|-)$/.test(word.text)
    )
      continue
    switch (node.operator) {
      case "<":
      case "<&":
        read(word)
        break
      case "<>":
        read(word)
        write(word)
        break
      default:
        write(word)
    }
  }
  if (words.length !== 1 && target.parts?.some((p) => p.type === "BraceExpansion"))
    say("a redirect to several files")
}
