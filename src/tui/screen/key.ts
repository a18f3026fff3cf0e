import type { Key } from "./port.ts"

/** What OpenTUI's parser and our own one tell about a key press. */
export interface RawKey {
  readonly name: string
  readonly sequence: string
  readonly ctrl: boolean
  readonly meta: boolean
  readonly shift: boolean
  readonly option?: boolean
  readonly super?: boolean
}

const renamed: Readonly<Record<string, string>> = {
  enter: "return",
  esc: "escape",
  del: "delete",
  " ": "space",
}
const control = /\p{Cc}/u

/** One shape for legacy sequences and the kitty protocol; null for what is no key (a lone modifier, an unknown code). */
export function normaliseKey(raw: RawKey): Key | null {
  const alt = raw.meta || raw.option === true
  // Ctrl+J arrives as a bare line feed from terminals without the kitty protocol.
  if (raw.name === "linefeed") return { name: "j", text: "", ctrl: true, alt, shift: false }
  if (raw.name === "") return null
  const lower = raw.name.toLowerCase()
  const name = renamed[lower] ?? lower
  const upper = raw.name !== lower
  const typed = raw.ctrl || alt || raw.super === true ? "" : textOf(name, raw.sequence)
  return { name, text: typed, ctrl: raw.ctrl, alt, shift: raw.shift || upper }
}

function textOf(name: string, sequence: string): string {
  if (name === "space") return " "
  return control.test(sequence) ? "" : sequence
}

/** Pasted text with the line ends of this program: terminals send carriage returns. */
export function normalisePaste(text: string): string {
  return text.replace(/\r\n?/g, "\n")
}
