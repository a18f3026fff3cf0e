/** Pieces of a word, and what a variable contributes to one. */

import type { ShellWord } from "./effects.ts"
import { NUMERIC_NAMES, type WordReader } from "./word-reader.ts"

export type Kind = ShellWord["kind"]
export interface Piece {
  readonly text: string
  readonly emptied: string
  readonly kind: Kind
  readonly printed?: true
}

export function literal(text: string): readonly Piece[] {
  return [{ text, emptied: text, kind: "literal" }]
}

export function unknown(source: string, kind: "data" | "dynamic"): readonly Piece[] {
  return [{ text: source, emptied: "", kind }]
}

export function number(source: string): readonly Piece[] {
  return [{ text: source, emptied: "0", kind: "literal" }]
}

export function readVariable(
  name: string,
  source: string,
  reader: WordReader,
  quoted: boolean,
): readonly Piece[] {
  if (/^[?#$!]$/.test(name)) return number(source)
  const value = reader.state.variables.get(name)
  if (value?.kind === "number") return number(source)
  if (value?.kind === "data") return unknown(source, quoted ? "data" : "dynamic")
  if (value?.kind === "some") {
    return value.options.flatMap((o) => {
      if (o.glob)
        return quoted
          ? [{ text: o.text, emptied: o.text, kind: "glob" as const }]
          : unknown(source, "dynamic")
      if (quoted || /^[^\s*?[\]\\]+$/.test(o.text)) return literal(o.text)
      return unknown(source, "dynamic")
    })
  }
  const given = reader.state.wild ? null : environmentValue(name, reader)
  if (given === null) return [{ text: source, emptied: worstOf(name, reader), kind: "dynamic" }]
  if (given === 0) return number(source)
  return quoted || /^[^\s*?[\]\\]+$/.test(given) ? literal(given) : unknown(source, "dynamic")
}

/** The folder that a variable of the shell names at worst, for a removal. */
export function worstOf(name: string, reader: WordReader): string {
  if (name === "HOME") return reader.home
  return name === "PWD" || name === "OLDPWD" ? (reader.state.folders?.[0] ?? "") : ""
}

export function environmentValue(name: string, reader: WordReader): string | 0 | null {
  if (name === "HOME") return reader.home
  if (name === "PWD" && reader.state.folders?.length === 1) return reader.state.folders[0] ?? null
  return NUMERIC_NAMES.has(name) ? 0 : null
}
