/** Values that stand in the source although they are written as expansions. */

import type { ParsedScript, Word } from "unbash"

/** Escapes that every shell and every version decode alike. */
export function simpleAnsi(raw: string): boolean {
  return (
    /^\$'(?:[^\\']|\\[abefnrtv\\'"?]|\\[0-3][0-7]{2}|\\x[0-9A-Fa-f]{2})*'$/.test(raw) &&
    !/\\x00|\\000|\\x[89a-fA-F]|\\[23][0-7]{2}/.test(raw)
  )
}

/** What a default stands for when nothing else is known: the worst case for a removal. */
export function constantOf(word: Word | undefined): string {
  return word && !word.parts?.some((p) => !["Literal", "SingleQuoted", "DoubleQuoted"].includes(p.type))
    ? word.value
    : ""
}

/** `$(pwd)`. */
export function printsFolder(script: ParsedScript): boolean {
  const [only, more] = script.commands
  if (!only || more || only.command.type !== "Command") return false
  return only.command.name?.text === "pwd" && only.command.redirects.length === 0
}

/** `$(cat <<'X' … X)`: the usual way to pass a long text; its value is in the source. */
export function constantOutput(script: ParsedScript): string | null {
  const [only, more] = script.commands
  if (!only || more || only.background || script.errors?.length) return null
  const command = only.command
  if (command.type !== "Command" || command.name?.text !== "cat") return null
  const [body, extra] = command.redirects
  if (command.args.length || command.prefix.length || extra || body?.type !== "HereDoc" || !body.closing)
    return null
  if (!body.delimiter?.quoted && /[$`\\]/.test(body.body.text)) return null
  const text = body.operator === "<<-" ? body.body.text.replace(/^\t+/gm, "") : body.body.text
  return text.replace(/\n+$/, "")
}
