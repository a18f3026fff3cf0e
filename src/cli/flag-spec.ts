/** What one row of the flag table says. Parser, help and completions read nothing else. */
export interface FlagSpec {
  readonly arity: Arity
  /** One letter, without the dash. */
  readonly short?: string
  /** Other long names, without the dashes. */
  readonly aliases?: readonly string[]
  /** `--no-x` sets it to false. */
  readonly negatable?: true
  /** What stands for the value in the help, e.g. `name`. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** Spellings that mean another choice. */
  readonly same?: Readonly<Record<string, string>>
  readonly number?: { readonly above: number; readonly whole?: true }
  /** Accepted but not in `--help` and completions. */
  readonly hidden?: true
  readonly complete?: "file" | "folder"
  readonly help: string
}

/**
 * - `switch`: present or not.
 * - `value`: exactly one, the last one wins.
 * - `optional`: a value may follow; alone it is `true`.
 * - `attached`: a value only in the form `--x=value`; alone it is `true`.
 * - `repeat`: one value each time, collected; never split.
 * - `csv`: one value, split at commas.
 * - `list`: all words up to the next flag, split at commas and spaces outside parentheses (permission rules).
 * - `words`: all words up to the next flag, each taken whole (paths, JSON).
 */
export type Arity = "switch" | "value" | "optional" | "attached" | "repeat" | "csv" | "list" | "words"

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S

type ValueOf<F extends FlagSpec> = F["arity"] extends "switch"
  ? boolean
  : F["arity"] extends "value"
    ? F extends { readonly number: unknown }
      ? number
      : F extends { readonly choices: readonly (infer C)[] }
        ? C
        : string
    : F["arity"] extends "optional" | "attached"
      ? string | true
      : readonly string[]

/** The parsed flags of a table: camelCase keys, all optional. */
export type FlagsOf<T extends Readonly<Record<string, FlagSpec>>> = {
  -readonly [K in keyof T & string as Camel<K>]?: ValueOf<T[K]>
}

/** `max-turns` to `maxTurns`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
