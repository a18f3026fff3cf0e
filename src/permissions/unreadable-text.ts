/** Deny and ask rules against text that could not be parsed: every piece of it may start a command. */

import type { Rule } from "../model/permission.ts"
import type { Compiled } from "./rules/compile.ts"
import { matchCommand } from "./rules/match-command.ts"

/** The rule that some piece of the text meets; `blind`: the text was not followed to its end. */
export function restrictingRuleInText(
  source: string,
  rules: readonly Compiled<"command">[],
  blind: boolean,
): Rule | null {
  const whole = source.trim()
  const exact = rules.find(({ parsed: { pattern } }) => pattern.exact && pattern.text === whole)
  if (exact || !blind || rules.length === 0) return exact?.rule ?? null
  // A piece is a part of one of these texts: a rule whose head is in none of them meets no piece.
  const texts = textsOf(source)
  const near = rules.filter(({ parsed: { pattern } }) => texts.some((text) => text.includes(pattern.head)))
  if (near.length === 0) return null
  const pieces = piecesOf(whole, texts)
  return near.find(({ parsed: { pattern } }) => pieces.some((piece) => meets(pattern, piece)))?.rule ?? null
}

/** As written, and without what quoting and continued lines may hide. */
function textsOf(source: string): readonly string[] {
  return [...new Set([source, source.replace(/\\\n/g, ""), source.replace(/["'\\]/g, "")])]
}

interface Piece {
  readonly text: string
  readonly starts: readonly number[]
}

function meets(pattern: Compiled<"command">["parsed"]["pattern"], piece: Piece): boolean {
  return piece.starts.some((at) => matchCommand(pattern, piece.text, at))
}

/** The pieces of a text that might hold a command, whatever its quotes mean. */
function piecesOf(whole: string, texts: readonly string[]): readonly Piece[] {
  const pieces = new Set<string>()
  for (const text of texts)
    for (const piece of text.split(/[\n;&|(){}`]/)) pieces.add(piece.trim().replace(/^["']/, ""))
  return [{ text: whole, starts: [0] }, ...[...pieces].filter((p) => p !== "").map(startsIn)]
}

/** Every word of a piece may begin the command. */
function startsIn(text: string): Piece {
  const starts = [0]
  for (const blank of text.matchAll(/[ \t]+/g)) starts.push(blank.index + blank[0].length)
  return { text, starts }
}
