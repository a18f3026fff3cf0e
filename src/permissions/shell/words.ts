/**
 * Turns a word of the syntax tree into what a program would receive. What is not certain is never called literal;
 * code inside a word is handed back to the walk, so nothing runs unseen.
 */

import type { ParameterExpansionPart, Word, WordPart } from "unbash"
import { checkArithmetic } from "./arithmetic.ts"
import { expandBraces } from "./brace.ts"
import { constantOf, constantOutput, printsFolder, simpleAnsi } from "./constants.ts"
import type { ShellWord } from "./effects.ts"
import { type Kind, literal, number, type Piece, readVariable, unknown } from "./pieces.ts"
import { MAX_OPTIONS } from "./state.ts"
import type { WordReader } from "./word-reader.ts"

const KIND_ORDER: Readonly<Record<Kind, number>> = { literal: 0, glob: 1, data: 2, dynamic: 3 }

/** Every possible list of words that `word` becomes; more than one only when variables have several known values. */
export function readWord(word: Word, reader: WordReader): readonly (readonly ShellWord[])[] {
  const raw = word.text
  const simple = readSimple(raw, reader)
  if (simple) return simple
  checkUnquoted(raw, word.parts, reader)
  if (!word.parts) return readPlain(raw, word.value, reader)
  if (word.parts.some((p) => p.type === "BraceExpansion")) return [readBraces(word, reader)]
  const split = splitWholeVariable(word.parts, reader)
  if (split) return split
  return readParts(word.parts, reader, { quoted: false, tilde: true, raw }).map((p) => [finish(raw, p)])
}

const PLAIN = /^[\w./:=,@%+-]+$/

/** Most words are of four forms that mean the same everywhere; for them the parser need not look for parts. */
function readSimple(raw: string, reader: WordReader): readonly (readonly ShellWord[])[] | null {
  const text = literalText(raw)
  if (text !== null) return [[{ raw, text, emptied: text, kind: "literal", lead: text }]]
  const name = /^"\$([A-Za-z_]\w*)"$/.exec(raw)?.[1]
  return name ? readVariable(name, raw.slice(1, -1), reader, true).map((p) => [finish(raw, p)]) : null
}

/** The value of a word without quotes, or of a text between plain quotes; null when it may be anything else. */
export function literalText(raw: string): string | null {
  if (PLAIN.test(raw)) return raw
  return /^'[^']*'$|^"[^"$`\\]*"$/.test(raw) ? raw.slice(1, -1) : null
}

/** A word where no splitting and no file names happen: assignment values, here-strings, `[[ ]]`, `case`. */
export function readQuoted(
  raw: string,
  value: string,
  parts: readonly WordPart[] | undefined,
  reader: WordReader,
): readonly ShellWord[] {
  checkUnquoted(raw, parts, reader)
  return readBody(raw, value, parts, reader)
}

/**
 * The parser takes digits or `{name}` before `<(` for a plain word, and a shell runs what follows. A text without quotes
 * in which something would start that the parser did not see is not understood.
 */
function checkUnquoted(raw: string, parts: readonly WordPart[] | undefined, reader: WordReader): void {
  const texts = parts ? parts.flatMap((part) => (part.type === "Literal" ? [part.text] : [])) : [raw]
  for (const text of texts)
    if (/[<>]\(|`|\$[({]/.test(text.replace(/\\[\s\S]/g, "")))
      reader.opaque(`the shell syntax is not understood near \`${text}\``, raw)
}

/** The text of a here-document: quotes and signs are only text there. */
export function readBody(
  raw: string,
  value: string,
  parts: readonly WordPart[] | undefined,
  reader: WordReader,
): readonly ShellWord[] {
  if (!parts) return readPlain(raw, value, reader).flat()
  return readParts(parts, reader, { quoted: true, tilde: true, raw }).map((p) => finish(raw, p))
}

function readPlain(raw: string, value: string, reader: WordReader): readonly (readonly ShellWord[])[] {
  if (!raw.includes("~")) return [[{ raw, text: value, emptied: value, kind: "literal", lead: value }]]
  if (raw.startsWith("~")) return [[readTilde(raw, value, reader)]]
  const hiddenTilde = /^[A-Za-z_]\w*\+?=(.*:)?~/.test(raw) || /^\w*:~/.test(raw)
  const kind = hiddenTilde ? "dynamic" : "literal"
  return [[finish(raw, { text: value, emptied: value, kind })]]
}

function readTilde(raw: string, value: string, reader: WordReader): ShellWord {
  const user = value.slice(1).split("/")[0]
  if (user) return finish(raw, { text: value, emptied: folderOfUser(value, user, reader), kind: "dynamic" })
  if (reader.state.wild)
    return finish(raw, { text: value, emptied: reader.home + value.slice(1), kind: "dynamic" })
  const text = reader.home + value.slice(1)
  return finish(raw, { text, emptied: text, kind: "literal" })
}

/** `~name`, `~+`, `~-`: which folder that is at worst, for a removal. */
function folderOfUser(value: string, user: string, reader: WordReader): string {
  const here = reader.state.folders?.[0] ?? "/"
  return `${user === "+" || user === "-" ? here : reader.home}${value.slice(1 + user.length)}`
}

function readBraces(word: Word, reader: WordReader): readonly ShellWord[] {
  const words = expandBraces(word.text)
  if (words) {
    return words
      .filter((w) => w !== "")
      .map((w) => finish(w, { text: w, emptied: w, kind: /[*?]/.test(w) ? "glob" : "literal" }))
  }
  walkParts(word.parts ?? [], reader)
  const spread = word.value.replace(/[{},]/g, " ")
  return [finish(word.text, { text: spread, emptied: word.value, kind: "dynamic" })]
}

/** `$x` alone and unquoted, with known values of several words. */
function splitWholeVariable(
  parts: readonly WordPart[],
  reader: WordReader,
): readonly (readonly ShellWord[])[] | null {
  const [part] = parts
  if (parts.length !== 1 || part?.type !== "SimpleExpansion") return null
  const value = reader.state.variables.get(part.text.slice(1))
  if (value?.kind !== "some" || value.options.some((o) => o.glob || /[*?[\]\\]/.test(o.text))) return null
  return value.options.map((o) =>
    o.text
      .split(/[ \t\n]+/)
      .filter(Boolean)
      .map((t) => finish(part.text, { text: t, emptied: t, kind: "literal" })),
  )
}

function finish(raw: string, piece: Piece): ShellWord {
  const { text, emptied, kind } = piece
  const word: ShellWord = { raw, text, emptied, kind, lead: kind === "literal" ? text : leadOf(piece) }
  return piece.printed ? { ...word, printed: true } : word
}

/** What comes before the first uncertain character. Pieces mark that place with NUL, which no source contains. */
function leadOf(piece: Piece): string {
  if (piece.kind === "glob") return piece.text.split(/[*?[]/, 1)[0] ?? ""
  let i = 0
  while (i < piece.text.length && piece.text[i] === piece.emptied[i] && !"$`".includes(piece.text[i] ?? ""))
    i++
  return piece.text.slice(0, i)
}

const EMPTY: readonly Piece[] = [{ text: "", emptied: "", kind: "literal" }]

function readParts(
  parts: readonly WordPart[],
  reader: WordReader,
  how: { quoted: boolean; tilde: boolean; raw: string },
): readonly Piece[] {
  let pieces: readonly Piece[] = EMPTY
  for (const [i, part] of parts.entries()) {
    const next = readPart(part, reader, { quoted: how.quoted, tilde: how.tilde && i === 0 })
    pieces = i === 0 && next.length <= MAX_OPTIONS ? next : combine(pieces, next, how.raw)
  }
  return pieces
}

function combine(left: readonly Piece[], right: readonly Piece[], raw: string): readonly Piece[] {
  if (left.length * right.length > MAX_OPTIONS) return [{ text: raw, emptied: "", kind: "dynamic" }]
  const out: Piece[] = []
  for (const a of left)
    for (const b of right) {
      const piece: Piece = {
        text: a.text + b.text,
        emptied: a.emptied + b.emptied,
        kind: worse(a.kind, b.kind),
      }
      out.push(isPrinted(a) && isPrinted(b) && piece.kind === "dynamic" ? { ...piece, printed: true } : piece)
    }
  return out
}

function isPrinted(piece: Piece): boolean {
  return piece.printed === true || piece.kind === "literal" || piece.kind === "data"
}

function worse(a: Kind, b: Kind): Kind {
  return KIND_ORDER[a] >= KIND_ORDER[b] ? a : b
}

function readPart(
  part: WordPart,
  reader: WordReader,
  at: { quoted: boolean; tilde: boolean },
): readonly Piece[] {
  switch (part.type) {
    case "Literal":
      return readLiteral(part.text, part.value, reader, at)
    case "SingleQuoted":
      return literal(part.value)
    case "AnsiCQuoted":
      return simpleAnsi(part.text)
        ? literal(part.value)
        : [{ text: part.value, emptied: part.value, kind: "dynamic" }]
    case "DoubleQuoted":
      return readParts(part.parts, reader, { quoted: true, tilde: false, raw: part.text })
    case "LocaleString":
      walkParts(part.parts, reader)
      return unknown(part.text, "dynamic")
    case "Glob":
      if (part.kind === "bracket" && part.parts.some((p) => p.type !== "Literal")) {
        walkParts(part.parts, reader)
        return unknown(part.text, "dynamic")
      }
      return at.quoted ? literal(part.value) : [{ text: part.text, emptied: part.text, kind: "glob" }]
    case "ExtendedGlob":
      walkParts(part.parts ?? [], reader)
      reader.opaque("extended patterns depend on shell options", part.text)
      return unknown(part.text, "dynamic")
    case "BraceExpansion":
      walkParts(part.parts ?? [], reader)
      return at.quoted ? literal(part.text) : unknown(part.text, "dynamic")
    case "SimpleExpansion":
      return readVariable(part.text.slice(1), part.text, reader, at.quoted)
    case "ParameterExpansion":
      return readParameter(part, reader, at.quoted)
    case "CommandExpansion": {
      reader.script(part)
      const text = part.script ? constantOutput(part.script) : null
      if (text !== null && at.quoted) return literal(text)
      const emptied = part.script && printsFolder(part.script) ? (reader.state.folders?.[0] ?? "") : ""
      return [
        at.quoted
          ? { text: part.text, emptied, kind: "data" }
          : { text: part.text, emptied, kind: "dynamic", printed: true },
      ]
    }
    case "ArithmeticExpansion":
      if (checkArithmetic(part.expression, reader)) return number(part.text)
      reader.opaque("arithmetic on text that is only known at run time can run code", part.text)
      return unknown(part.text, "dynamic")
    case "ProcessSubstitution":
      reader.script(part)
      return literal("/dev/fd/63")
    default:
      reader.opaque("the shell syntax is not known", "")
      return unknown("", "dynamic")
  }
}

function readLiteral(
  raw: string,
  value: string,
  reader: WordReader,
  at: { quoted: boolean; tilde: boolean },
): readonly Piece[] {
  if (at.tilde && raw.startsWith("~")) {
    const user = value.slice(1).split("/")[0]
    if (raw === "~" || user || reader.state.wild) return [{ text: value, emptied: value, kind: "dynamic" }]
    return literal(reader.home + value.slice(1))
  }
  if (!at.quoted && /[=:]~/.test(raw)) return [{ text: value, emptied: value, kind: "dynamic" }]
  return literal(value)
}

function readParameter(part: ParameterExpansionPart, reader: WordReader, quoted: boolean): readonly Piece[] {
  const { operation, parameter, prefix, index } = part
  if (index && !/^(\d+|[@*])$/.test(index.text)) {
    walkWord(index, reader)
    reader.opaque("an array index that is only known at run time can run code", part.text)
  }
  if (prefix === "!") reader.opaque("indirect expansion names its variable at run time", part.text)
  if (prefix === "#") return number(part.text)
  if (prefix || index) return unknown(part.text, "dynamic")
  if (!operation) return readVariable(parameter, part.text, reader, quoted)
  const own = reader.state.variables.has(parameter) && quoted ? "data" : "dynamic"
  switch (operation.type) {
    case "Default":
      if (operation.operator.endsWith("=") && !operation.operator.endsWith("-"))
        reader.opaque("the expansion sets a variable", part.text)
      walkWord(operation.operand, reader)
      return [
        {
          text: part.text,
          emptied: operation.operator.endsWith("+") ? "" : constantOf(operation.operand),
          kind: own,
        },
      ]
    case "Remove":
      walkWord(operation.operand, reader)
      return unknown(part.text, own)
    case "Replace":
      walkWord(operation.pattern, reader)
      walkWord(operation.replacement, reader)
      return unknown(part.text, own)
    case "CaseModification":
      if (operation.operand) walkWord(operation.operand, reader)
      return unknown(part.text, own)
    case "Slice":
      for (const w of [operation.offset, operation.length]) {
        if (!w || /^\s*-?\d+\s*$/.test(w.text)) continue
        walkWord(w, reader)
        reader.opaque("a slice that is only known at run time can run code", part.text)
      }
      return unknown(part.text, own)
    case "Transform":
      walkWord(operation.operand, reader)
      reader.opaque("a prompt or quoting transformation can run code", part.text)
      return unknown(part.text, "dynamic")
    case "Names":
    case "Unknown":
      reader.opaque("the expansion is not understood", part.text)
      return unknown(part.text, "dynamic")
    default:
      reader.opaque("the expansion is not known", part.text)
      return unknown(part.text, "dynamic")
  }
}

/** Looks for code in a word whose value does not matter. */
export function walkWord(word: Word, reader: WordReader): void {
  checkUnquoted(word.text, word.parts, reader)
  if (word.parts) walkParts(word.parts, reader)
}

export function walkParts(parts: readonly WordPart[], reader: WordReader): void {
  for (const part of parts) readPart(part, reader, { quoted: true, tilde: false })
}
