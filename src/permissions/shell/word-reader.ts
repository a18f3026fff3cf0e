import type { ParsedScript, WordPart } from "unbash"
import type { State } from "./state.ts"

/** Code in a word. Its script is parsed when it is first asked for. */
export interface Substitution {
  readonly text: string
  readonly script: ParsedScript | undefined
}

/** What a word is read with, at one state of the walk. */
export interface WordReader {
  readonly state: State
  readonly home: string
  /** Code of a substitution, run in a subshell of the present state. */
  script(part: Substitution): void
  opaque(why: string, source: string): void
  /** Parts of a word inside arithmetic: their substitutions run too. */
  parts(parts: readonly WordPart[]): void
  /** Arithmetic gave the variable an integer. */
  count(name: string): void
}

/** Variables of the shell that always hold an integer. */
export const NUMERIC_NAMES = new Set([
  "RANDOM",
  "SRANDOM",
  "SECONDS",
  "LINENO",
  "EPOCHSECONDS",
  "UID",
  "EUID",
  "PPID",
  "BASHPID",
  "SHLVL",
])
