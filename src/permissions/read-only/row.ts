/** What a table row says about one command. The tables are data; `interpret.ts` is the only code that reads them. */

import type { ShellWord } from "../shell/effects.ts"

/**
 * How a word is used. `in`: a path that is read. `out`: a path that is written. `gone`: a path that is removed.
 * `text`: only printed or compared. `revision`: a git revision or a path of the repository. `number`, `pattern`:
 * must be known. `plus`: a text that starts with `+`. `format`: of git; one that checks signatures starts a program.
 */
export type Role =
  | "in"
  | "out"
  | "gone"
  | "text"
  | "number"
  | "pattern"
  | "revision"
  | "plus"
  | "name"
  | "format"

export interface CommandRow {
  /** `git log`, `cat`: leading words that must be exactly these. Several commands with one meaning share a row. */
  readonly names: readonly string[]
  /**
   * Allowed options, blank-separated: `-x` and `--long` take nothing, `-n:number` takes the rest of the word or the
   * next word, `--long?text` takes a value only after `=`, `-#` is a number glued to the dash.
   */
  readonly options?: string
  /** The roles of operands; the last one repeats unless `exactly` is set. Missing: no operands. */
  readonly operands?: readonly Role[]
  /** At most that many operands. */
  readonly most?: number
  /** At least that many operands. */
  readonly least?: number
  /** Options that take the place of the first operand (`grep -e`). */
  readonly replacesFirst?: readonly string[]
  /** The last operand has this role instead (the target of `cp`). */
  readonly last?: Role
  /** Reads the working directory when it names no path. */
  readonly here?: true
  /**
   * Reads what lies below the folders it names: always `all`, `visible` without names that start with a dot unless an
   * option says otherwise, or when an option is given.
   */
  readonly deep?: "all" | DeepOptions
  /** Prints the content of files from the repository. */
  readonly content?: ContentOptions
  /** Has options that write or run something: a word that may turn into an option asks. */
  readonly power?: true
  /** Nothing this command does with any word can matter: words may be known at run time only. */
  readonly anyText?: true
  /** Long options may start with one dash, there are no clusters (`find`, `go`). */
  readonly singleDash?: true
  /** `edit`: changes the files it names and nothing else (mode acceptEdits). */
  readonly effect?: "edit"
  /** A last word on the whole command; false: ask. */
  readonly check?: (call: ParsedCall) => boolean
  readonly free: readonly string[]
  readonly asks: readonly string[]
}

/** A git command that prints what files hold. */
export interface ContentOptions {
  /** Only with one of these options; missing: always. */
  readonly when?: readonly string[]
  /** Not with one of these, unless one of `yet` is given as well. */
  readonly unless?: readonly string[]
  readonly yet?: readonly string[]
  /** Without a revision it is about the files that are tracked now. */
  readonly now?: true
}

export interface DeepOptions {
  /** Reads folders when one of these is given; missing: always. */
  readonly when?: readonly string[]
  /** Passes over names that start with a dot unless one of these is given. */
  readonly hiddenWhen?: readonly string[]
}

export interface ParsedCall {
  readonly options: readonly { readonly name: string; readonly value: ShellWord | null }[]
  readonly operands: readonly ShellWord[]
  /** Those operands that stand behind `--`. */
  readonly paths: readonly ShellWord[]
}
