/** A word's value written so that a shell would read it back, in the two usual ways of quoting. */

import type { ShellWord } from "./effects.ts"
import { APPENDED } from "./wrappers.ts"

export function singleQuoted(word: ShellWord): string {
  return needsQuotes(word) ? `'${word.text.replaceAll("'", "'\\''")}'` : word.text
}

export function doubleQuoted(word: ShellWord): string {
  return needsQuotes(word) ? `"${word.text.replace(/["\\$`]/g, "\\$&")}"` : word.text
}

export function needsQuotes(word: ShellWord): boolean {
  return (
    word.text === "" || (word.kind === "literal" && /[\s'"\\`$&|;<>()]/.test(word.text) && word !== APPENDED)
  )
}
