/** Looks a command up in the tables. Null means: nothing is known, so only a rule can allow it. */

import { type FileUse, type Folders, HERE, type Knowledge, type ShellWord } from "../shell/effects.ts"
import { stripWrappers } from "../shell/wrappers.ts"
import { interpretAwk } from "./awk.ts"
import { interpretFind } from "./find.ts"
import { contentUses, isExclusion } from "./git-content.ts"
import type { CommandRow, ParsedCall, Role } from "./row.ts"
import { interpretSed } from "./sed.ts"
import { ROWS } from "./table.ts"
import { interpretTest } from "./test.ts"

type Options = ReadonlyMap<string, { readonly takes: "none" | "value" | "glued"; readonly role: Role }>

interface Entry {
  readonly row: CommandRow
  readonly path: readonly string[]
  readonly options: Options
}

const index = new Map<string, Entry[]>()
for (const row of ROWS) {
  const options = readOptions(row.options ?? "")
  for (const name of row.names) {
    const path = name.split(" ")
    const head = path[0] ?? ""
    index.set(head, [...(index.get(head) ?? []), { row, path, options }])
  }
}
for (const list of index.values()) list.sort((a, b) => b.path.length - a.path.length)

function readOptions(text: string): Options {
  const out = new Map<string, { takes: "none" | "value" | "glued"; role: Role }>()
  for (const token of text.split(/\s+/).filter(Boolean)) {
    const match = /^(-[^:?]+|-\?)(?:([:?])(\w+))?$/.exec(token)
    if (!match?.[1]) throw new Error(`bad option in the command table: ${token}`)
    const takes = match[2] === ":" ? "value" : match[2] === "?" ? "glued" : "none"
    out.set(match[1], { takes, role: (match[3] ?? "text") as Role })
  }
  return out
}

export function interpret(words: readonly ShellWord[], folders: Folders): Knowledge | null {
  const argv = stripWrappers(words)
  const [name] = argv
  if (name?.kind !== "literal") return null
  if (name.text === "find") return interpretFind(argv.slice(1), (inner) => interpret(inner, null))
  if (name.text === "sed") return interpretSed(argv.slice(1))
  if (/^[gmn]?awk$/.test(name.text)) return interpretAwk(argv.slice(1))
  if (name.text === "test" || name.text === "[") return interpretTest(argv)
  const plain = name.text === "git" ? plainGit(argv, folders) : argv
  if (!plain) return null
  for (const entry of index.get(name.text) ?? []) {
    if (!entry.path.every((p, i) => plain[i]?.kind === "literal" && plain[i]?.text === p)) continue
    return applyRow(entry, plain.slice(entry.path.length))
  }
  return null
}

/** Git without its harmless leading options; null when it is told to work elsewhere or differently. */
function plainGit(argv: readonly ShellWord[], folders: Folders): readonly ShellWord[] | null {
  if (!folders) return null
  let i = 1
  while (
    argv[i]?.kind === "literal" &&
    /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--no-replace-objects)$/.test(argv[i]?.text ?? "")
  )
    i++
  const [git] = argv
  return git ? [git, ...argv.slice(i)] : null
}

function applyRow(entry: Entry, args: readonly ShellWord[]): Knowledge | null {
  const { row } = entry
  const call = parseArguments(entry, args)
  if (!call) return null
  const files: FileUse[] = []
  for (const option of call.options) {
    // `--include=*.ts`: whatever it expands to begins with the same option.
    const glued =
      option.value?.kind === "glob" &&
      option.value.lead === "" &&
      !row.power &&
      (entry.options.get(option.name)?.role ?? "text") === "text"
    if (
      option.value &&
      !glued &&
      !useWord(option.value, entry.options.get(option.name)?.role ?? "text", row, files)
    )
      return null
  }
  const roles = row.operands ?? []
  const skip = call.options.some((o) => row.replacesFirst?.includes(o.name)) ? 1 : 0
  const count = call.operands.length
  if (roles.length === 0 && count > 0) return null
  if (count > (row.most ?? Number.POSITIVE_INFINITY) || count < (row.least ?? 0)) return null
  for (const [i, word] of call.operands.entries()) {
    const role =
      row.last && i === count - 1 ? row.last : (roles[Math.min(i + skip, roles.length - 1)] ?? "text")
    if (!useWord(word, role, row, files)) return null
    if (row.most !== undefined && word.kind === "glob") return null
  }
  if (row.check && !row.check(call)) return null
  if (row.last === "out" && !landInside(call, files)) return null
  if (row.here && !files.some((f) => f.access === "read")) files.push({ access: "read", word: HERE })
  const deep = depth(row.deep, call)
  const given = call.operands.length - call.paths.length
  const past =
    roles.at(-1) === "revision" &&
    (given + skip >= roles.length || call.options.some((o) => o.name === "--cached"))
  const all = deep
    ? files.map((f) => ({ ...f, deep, ...(past ? { repository: "history" as const } : {}) }))
    : files
  return {
    effect: row.effect ?? "read",
    files: row.content ? [...all, ...contentUses(row.content, call)] : all,
  }
}

/** Whether the command reads below the folders it names, and how much of what is there. */
function depth(deep: CommandRow["deep"], call: ParsedCall): FileUse["deep"] {
  if (deep === undefined || deep === "all") return deep
  const given = (names: readonly string[]) => call.options.some((o) => names.includes(o.name))
  if (deep.when && !given(deep.when)) return undefined
  return deep.hiddenWhen && !given(deep.hiddenWhen) ? "visible" : "all"
}

/** `cp a dir` writes `dir/a`: the target may be a folder, so both places count. False: nobody can name the place. */
function landInside(call: ParsedCall, files: FileUse[]): boolean {
  const target = call.operands.at(-1)
  if (target?.kind !== "literal") return false
  for (const source of call.operands.slice(0, -1)) {
    const name = source.text.replace(/\/+$/, "").split("/").pop() ?? ""
    // The content of a folder, under names that are not written here.
    if (
      name === "" ||
      name === "." ||
      name === ".." ||
      call.options.some((o) => /^(-T|--no-target-directory)$/.test(o.name))
    )
      return false
    const text = `${target.text}/${name}`
    files.push({
      access: "write",
      word: { raw: text, text, emptied: text, kind: source.kind, lead: `${target.text}/` },
    })
  }
  return true
}

/** Whether the word can be followed in this role; collects the files it names. */
function useWord(word: ShellWord, role: Role, row: CommandRow, files: FileUse[]): boolean {
  if (row.anyText) return word.kind !== "dynamic" || word.printed === true || word.raw === "\uffff"
  if (word.kind === "dynamic") return false
  if (word.kind === "data") return role === "text" && !row.power
  if (
    word.kind === "glob" &&
    (row.power || role !== "in") &&
    !(row.effect === "edit" && word.lead !== "" && !word.lead.startsWith("-"))
  )
    return false
  switch (role) {
    case "in":
      if (word.text !== "-") files.push({ access: "read", word })
      return true
    case "out":
      files.push({ access: "write", word })
      return true
    case "gone":
      files.push({ access: "remove", word })
      return true
    case "number":
      return /^[-+]?[\d.]+[A-Za-z%]*$/.test(word.text) || word.raw.startsWith("$")
    case "plus":
      return word.text.startsWith("+")
    case "name":
      return /^[\w#./@:+~^-]*$/.test(word.text) && !word.text.includes("://")
    case "revision":
      if (isExclusion(word.text)) return true
      // It may be a path, or a path in a revision: rules about the file hold for it there too.
      files.push({ access: "read", word })
      if (word.text.includes(":"))
        files.push({ access: "read", word: part(word, word.text.indexOf(":") + 1) })
      return true
    case "format":
      return !/%[-+ ]?G|%\(\*?signature/.test(word.text)
    default:
      return true
  }
}

/** Splits words into options and operands by the row's own list; null when one is not on it. */
function parseArguments(entry: Entry, args: readonly ShellWord[]): ParsedCall | null {
  const options: { name: string; value: ShellWord | null }[] = []
  const operands: ShellWord[] = []
  const paths: ShellWord[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]
    if (!word) break
    if (entry.row.anyText && word.kind !== "literal") {
      operands.push(word)
      continue
    }
    if (word.kind === "data" && word.lead === "") return null
    if (!(word.kind === "glob" ? word.lead : word.text).startsWith("-") || word.text === "-") {
      // A pattern that starts with a wildcard may become an option of the same letters; rows without power do not mind.
      operands.push(word)
      continue
    }
    if (word.text === "--") {
      paths.push(...args.slice(i + 1))
      operands.push(...paths)
      break
    }
    const taken = takeOption(entry, word, args[i + 1])
    if (!taken) return entry.row.anyText ? { options: [], operands: args, paths } : null
    options.push(...taken.options)
    if (taken.next) i++
  }
  return { options, operands, paths }
}

type Taken = {
  readonly options: readonly { name: string; value: ShellWord | null }[]
  readonly next: boolean
}

function takeOption(entry: Entry, word: ShellWord, next: ShellWord | undefined): Taken | null {
  const text = word.text
  if (
    word.kind === "glob" &&
    !(/^--[\w-]+=/.test(word.lead) && entry.options.has(text.slice(0, text.indexOf("="))))
  )
    return null
  if (word.kind === "dynamic") return null
  const long = text.startsWith("--") || entry.row.singleDash
  const equals = text.indexOf("=")
  const name = long && equals > 0 ? text.slice(0, equals) : text
  const exact = entry.options.get(name)
  if (exact && (long || text.length === 2)) {
    if (long && equals > 0)
      return exact.takes === "none"
        ? null
        : { options: [{ name, value: part(word, equals + 1) }], next: false }
    if (exact.takes !== "value") return { options: [{ name, value: null }], next: false }
    return next ? { options: [{ name, value: next }], next: true } : null
  }
  if (long || word.kind !== "literal") return null
  if (/^-\d+$/.test(text) && entry.options.has("-#"))
    return { options: [{ name: "-#", value: null }], next: false }
  return takeCluster(entry, word, next)
}

function takeCluster(entry: Entry, word: ShellWord, next: ShellWord | undefined): Taken | null {
  const options: { name: string; value: ShellWord | null }[] = []
  for (let i = 1; i < word.text.length; i++) {
    const name = `-${word.text[i]}`
    const option = entry.options.get(name)
    if (!option) return null
    if (option.takes === "none") {
      options.push({ name, value: null })
      continue
    }
    if (i + 1 < word.text.length)
      return { options: [...options, { name, value: part(word, i + 1) }], next: false }
    if (option.takes === "glued") return { options: [...options, { name, value: null }], next: false }
    return next ? { options: [...options, { name, value: next }], next: true } : null
  }
  return { options, next: false }
}

function part(word: ShellWord, from: number): ShellWord {
  return {
    ...word,
    text: word.text.slice(from),
    emptied: word.emptied.slice(from),
    lead: word.lead.slice(from),
  }
}
