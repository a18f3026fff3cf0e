/** Of what a hook wants written to the terminal, what may be: titles, notifications and the bell (spec/hooks.md, output). */

/** OSC 0, 1, 2, 9, 99 and 777 with printable text, ended by BEL or ST; or a BEL of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences themselves
const SAFE = /\x1b\](?:0|1|2|9|99|777);[^\x00-\x1f\x7f-\x9f]{0,1000}(?:\x07|\x1b\\)|\x07/g
/** Of one hook at once. */
const MAX_CHARS = 4_000

export function safeSequence(text: string): string {
  const parts = text.slice(0, MAX_CHARS).match(SAFE) ?? []
  return parts.join("")
}
