import { commandNames } from "./command-names.ts"
import { camelCase, type FlagSpec } from "./flag-spec.ts"
import { type Flags, flagTable } from "./flags.ts"
import { splitList } from "./split-list.ts"
import { suggest } from "./suggest.ts"

/**
 * argv to flags, by the one table. Own code instead of citty's parser, because the grammar needs words that are
 * lists up to the next flag, lists with parentheses, values only after `=`, optional values and kept empty
 * strings; citty dispatches the subcommands and parses their own flags.
 */
export interface ParsedArgs {
  readonly flags: Flags
  /** A subcommand by its main name; `rest` are its arguments as given. */
  readonly command?: string
  readonly rest: readonly string[]
  readonly prompt?: string
}

export interface ArgsError {
  /** One line for stderr; the exit code is 1. */
  readonly error: string
}

interface Found {
  readonly name: string
  readonly spec: FlagSpec
  readonly negated?: true
}

/** Long and short spellings to rows of the table. */
const spellings: ReadonlyMap<string, Found> = (() => {
  const map = new Map<string, Found>()
  for (const [name, spec] of Object.entries(flagTable)) {
    map.set(`--${name}`, { name, spec })
    for (const alias of spec.aliases ?? []) map.set(`--${alias}`, { name, spec })
    if (spec.short !== undefined) map.set(`-${spec.short}`, { name, spec })
    if (spec.negatable) map.set(`--no-${name}`, { name, spec, negated: true })
  }
  return map
})()

/** `argv` without the program's own name. Never throws; every mistake is one line that names the flag. */
export function parseArgs(argv: readonly string[]): ParsedArgs | ArgsError {
  const flags: Record<string, unknown> = {}
  const words: string[] = []
  let at = 0
  while (at < argv.length) {
    const token = argv[at] ?? ""
    if (token === "--") {
      words.push(...argv.slice(at + 1))
      break
    }
    if (!looksLikeFlag(token)) {
      const command = words.length === 0 && flags.print !== true ? commandNames.get(token) : undefined
      if (command !== undefined) return { flags, command, rest: argv.slice(at + 1) }
      words.push(token)
      at++
      continue
    }
    const taken = takeFlag(argv, at, flags)
    if (typeof taken === "string") return { error: taken }
    at = taken
  }
  const mistyped = argv.includes("--") || flags.print === true ? null : nearCommand(words)
  if (mistyped !== null) return { error: `Did you mean ccts ${mistyped}?` }
  return words.length === 0 ? { flags, rest: [] } : { flags, rest: [], prompt: words.join(" ") }
}

/** A lone `-` and negative numbers are words. */
function looksLikeFlag(token: string): boolean {
  return token.length > 1 && token.startsWith("-") && !/^-\d/.test(token)
}

/** A single word that is almost a subcommand is a slip, not a prompt. */
function nearCommand(words: readonly string[]): string | null {
  const [word] = words
  if (words.length !== 1 || word === undefined || !/^[a-z-]+$/.test(word)) return null
  return suggest(word, commandNames.keys())
}

/** Reads the flag at `at` into `flags`; the next position, or what is wrong. */
function takeFlag(argv: readonly string[], at: number, flags: Record<string, unknown>): number | string {
  const token = argv[at] ?? ""
  const cut = token.startsWith("--") ? token.indexOf("=") : -1
  const spelling = cut < 0 ? token : token.slice(0, cut)
  const found = spellings.get(spelling)
  if (found === undefined) {
    return token.startsWith("--") ? unknownFlag(spelling) : takeCluster(argv, at, flags)
  }
  return takeValue({
    argv,
    next: at + 1,
    flags,
    spelling,
    found,
    attached: cut < 0 ? undefined : token.slice(cut + 1),
  })
}

/** `-pc`, `-nName` and `-d=api`: letters in one word. */
function takeCluster(argv: readonly string[], at: number, flags: Record<string, unknown>): number | string {
  const token = argv[at] ?? ""
  for (let i = 1; i < token.length; i++) {
    const spelling = `-${token[i]}`
    const found = spellings.get(spelling)
    if (found === undefined) return unknownFlag(i === 1 ? token : spelling)
    const tail = token.slice(i + 1)
    if (found.spec.arity === "switch" && !tail.startsWith("=")) {
      flags[camelCase(found.name)] = true
      continue
    }
    const attached = tail === "" ? undefined : tail.replace(/^=/, "")
    return takeValue({ argv, next: at + 1, flags, spelling, found, attached })
  }
  return at + 1
}

function unknownFlag(spelling: string): string {
  const known = [...spellings].flatMap(([key, found]) => (found.spec.hidden ? [] : [key]))
  const near = suggest(spelling, known)
  return `Unknown flag ${spelling}. ${near === null ? "See ccts --help." : `Did you mean ${near}?`}`
}

interface Taking {
  readonly argv: readonly string[]
  readonly next: number
  readonly flags: Record<string, unknown>
  readonly spelling: string
  readonly found: Found
  /** What stood behind `=`. */
  readonly attached: string | undefined
}

function takeValue(taking: Taking): number | string {
  const { argv, flags, found, spelling, attached } = taking
  const { spec } = found
  const key = camelCase(found.name)
  let { next } = taking
  const following = () => {
    const word = argv[next]
    return word === undefined || isKnownFlag(word) ? undefined : word
  }
  switch (spec.arity) {
    case "switch": {
      const value = attached === undefined ? true : readBoolean(attached)
      if (value === null) return `${spelling} takes no value, got "${shorten(attached ?? "")}".`
      flags[key] = found.negated ? !value : value
      return next
    }
    case "attached":
    case "optional": {
      const word = spec.arity === "optional" ? following() : undefined
      const takes =
        word !== undefined &&
        !looksLikeFlag(word) &&
        (spec.choices === undefined || choose(spec, word) !== null)
      const raw = attached ?? (takes ? word : undefined)
      if (attached === undefined && takes) next++
      const value = raw === undefined ? true : choose(spec, raw)
      if (value === null) return badChoice(spelling, spec, raw ?? "")
      flags[key] = value
      return next
    }
    case "value":
    case "csv":
    case "repeat": {
      const raw = attached ?? following()
      if (raw === undefined) return missing(spelling, spec)
      if (attached === undefined) next++
      const value = readValue(spelling, spec, raw)
      if ("error" in value) return value.error
      const before = flags[key]
      flags[key] = spec.arity === "repeat" && Array.isArray(before) ? [...before, raw] : value.value
      return next
    }
    case "list":
    case "words": {
      const given: string[] = []
      if (attached !== undefined) given.push(attached)
      else {
        for (let word = argv[next]; word !== undefined && !looksLikeFlag(word); word = argv[next]) {
          given.push(word)
          next++
        }
        if (given.length === 0) return missing(spelling, spec)
      }
      const items = spec.arity === "list" ? given.flatMap(splitList) : given.filter((word) => word !== "")
      const before = flags[key]
      flags[key] = Array.isArray(before) ? [...before, ...items] : items
      return next
    }
  }
}

/** A value may start with a dash (a prompt does), but a flag of ours in its place is a forgotten value. */
function isKnownFlag(word: string): boolean {
  if (word === "--") return true
  const cut = word.indexOf("=")
  return spellings.has(cut < 0 ? word : word.slice(0, cut)) && word.startsWith("-")
}

function readValue(spelling: string, spec: FlagSpec, raw: string): { value: unknown } | { error: string } {
  if (spec.arity === "repeat") return { value: [raw] }
  if (spec.arity === "csv") {
    const items = raw.split(",").map((item) => item.trim())
    return { value: items.filter((item) => item !== "") }
  }
  if (spec.number !== undefined) {
    const value = raw.trim() === "" ? Number.NaN : Number(raw)
    const whole = spec.number.whole === true
    if (!Number.isFinite(value) || value <= spec.number.above || (whole && !Number.isInteger(value))) {
      const least = whole
        ? `a whole number from ${spec.number.above + 1}`
        : `a number above ${spec.number.above}`
      return { error: `${spelling} needs ${least}, got "${shorten(raw)}".` }
    }
    return { value }
  }
  const value = choose(spec, raw)
  return value === null ? { error: badChoice(spelling, spec, raw) } : { value }
}

function choose(spec: FlagSpec, raw: string): string | null {
  if (spec.choices === undefined) return raw
  const meant = spec.same?.[raw] ?? raw
  return spec.choices.includes(meant) ? meant : null
}

function badChoice(spelling: string, spec: FlagSpec, raw: string): string {
  return `${spelling} must be one of ${(spec.choices ?? []).join(", ")}, got "${shorten(raw)}".`
}

function missing(spelling: string, spec: FlagSpec): string {
  return `${spelling} needs a value: ${spelling} <${spec.value ?? "value"}>`
}

function readBoolean(raw: string): boolean | null {
  if (/^(true|1|yes|on)$/i.test(raw)) return true
  if (/^(false|0|no|off)$/i.test(raw)) return false
  return null
}

/** Messages stay one line. */
function shorten(raw: string): string {
  const line = raw.replace(/\s+/g, " ")
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
