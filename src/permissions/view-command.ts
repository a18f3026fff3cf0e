/** What a command does, before any rule has a say. */

import type { Compiled } from "./rules/compile.ts"
import type { Effect } from "./shell/effects.ts"
import { doubtText, refuseText } from "./shell/text.ts"
import { readCommand } from "./shell/walk.ts"

export interface CommandView {
  readonly effects: readonly Effect[]
  readonly refused: string | null
  readonly doubt: string | null
  readonly source: string
}

/**
 * What a command does, before any rule: the same view serves the verdict, the offers and the explanation. `restricting`:
 * the deny and ask rules it is for, so that texts which name none of their commands need not be read; missing: any.
 */
export function viewCommand(
  command: string,
  cwd: string,
  home: string,
  restricting?: readonly Compiled<"command">[],
): CommandView {
  const refused = refuseText(command)
  if (refused) return { effects: [], refused, doubt: null, source: command }
  return {
    effects: readCommand(command, {
      folder: cwd,
      home,
      ...(restricting ? { concerns: (text) => mayConcern(text, restricting) } : {}),
    }),
    refused: null,
    doubt: doubtText(command),
    source: command,
  }
}

/** Whether a word of the text begins like a rule's command, or is a removal. */
function mayConcern(text: string, rules: readonly Compiled<"command">[]): boolean {
  const plain = text.replace(/["'\\]/g, "")
  return /\b(rm|rmdir|unlink)\b/.test(plain) || rules.some((r) => hasWord(plain, r.parsed.pattern.start))
}

function hasWord(text: string, start: string): boolean {
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1))
    if (at === 0 || start === "" || !/[\w-]/.test(text[at - 1] ?? "")) return true
  return false
}

export function onlyReads(effect: Effect): boolean {
  if (effect.kind === "execute") return effect.knowledge?.effect === "read"
  return (
    effect.kind === "read" ||
    effect.kind === "set" ||
    (effect.kind === "write" && effect.word.text === "/dev/null")
  )
}
