/** Commands that get the names of files which another command finds: `find -exec`, and `xargs` behind a pipe. */

import { type FileUse, HERE, type Knowledge, type ShellWord } from "../shell/effects.ts"

/** Files at or below these places, as words that name them. */
export interface Found {
  readonly starts: readonly ShellWord[]
  /** What stands between the names: nothing else can be in a name that ends with NUL. */
  readonly ends: "nul" | "line"
  /** The names begin with the place as it is written, so none looks like an option. */
  readonly prefixed: boolean
}

type Interpret = (words: readonly ShellWord[]) => Knowledge | null

/** A pattern for what may be found at one place. */
function foundAt(start: ShellWord): ShellWord {
  const text = `${start.text.replace(/\/+$/, "")}/*`
  return { raw: "{}", text, emptied: text, kind: "glob", lead: start.text }
}

/** What the command does with the names where `place` stands in it; null when it does more than read them. */
export function interpretFound(
  command: readonly ShellWord[],
  place: string,
  found: Found,
  more: { readonly interpret: Interpret; readonly names?: FileUse["names"] },
): Knowledge | null {
  const names = found.starts.map(foundAt)
  const words: ShellWord[] = []
  for (const word of command) {
    if (word.text === place) words.push(...names)
    else if (word.kind !== "literal" || word.text.includes(place)) return null
    else words.push(word)
  }
  const known =
    words[0]?.kind === "literal" && words.some((w) => w.raw === "{}") ? more.interpret(words) : null
  if (known?.effect !== "read") return null
  const files = known.files.map((use) =>
    use.word.raw === "{}"
      ? { ...use, deep: "all" as const, ...(more.names ? { names: more.names } : {}) }
      : use,
  )
  return { effect: "read", files }
}

/** What a command that only reads prints, when that is names of files. */
export function foundBy({
  words,
  knowledge,
}: {
  words: readonly ShellWord[]
  knowledge: Knowledge | null
}): Found | null {
  const [name, ...args] = words
  if (!name || knowledge?.effect !== "read" || !words.every((w) => w.kind === "literal")) return null
  const has = (...options: readonly string[]) => args.some((a) => options.includes(a.text))
  const starts = knowledge.files.map((f) => f.word)
  switch (name.text) {
    case "find": {
      if (args.some((a) => /^-(printf|ls|exec)$/.test(a.text)) || (has("-print") && has("-print0")))
        return null
      const first = args.findIndex((a) => /^[-(!,]/.test(a.text) && !/^-[HP]$/.test(a.text))
      const written = args.slice(0, first < 0 ? args.length : first).filter((a) => !a.text.startsWith("-"))
      const ends = has("-print0") ? "nul" : "line"
      return { starts: written.length > 0 ? written : [HERE], ends, prefixed: true }
    }
    case "git":
      if (args[0]?.text !== "ls-files" || args.slice(1).some((a) => /^-/.test(a.text) && a.text !== "-z"))
        return null
      return { starts: [HERE], ends: has("-z") ? "nul" : "line", prefixed: false }
    case "rg":
      if (!has("-l", "--files", "--files-with-matches")) return null
      return { starts, ends: has("-0", "--null") ? "nul" : "line", prefixed: false }
    case "grep":
      if (!args.some((a) => /^-[A-Za-z]*l[A-Za-z]*$|^--files-with-matches$/.test(a.text))) return null
      return {
        starts,
        ends: args.some((a) => /^-[A-Za-z]*Z|^--null$/.test(a.text)) ? "nul" : "line",
        prefixed: false,
      }
    default:
      return null
  }
}

/** Whether the command lets lines through or holds them back, and changes none. */
export function passesLines({
  words,
  knowledge,
}: {
  words: readonly ShellWord[]
  knowledge: Knowledge | null
}): boolean {
  if (knowledge?.effect !== "read" || knowledge.files.some((f) => f.word.text !== ".")) return false
  const [name, ...args] = words.map((w) => w.text)
  const options = args.filter((a) => a.startsWith("-"))
  switch (name) {
    case "head":
    case "tail":
      return options.every((o) => /^-(n?\d*)$/.test(o))
    case "sort":
      return options.every((o) => /^-[bdfghinruVR]+$/.test(o))
    case "uniq":
      return options.length === 0
    case "grep":
      return options.every((o) => /^-[EFGPivwx]+$/.test(o))
    default:
      return false
  }
}

const XARGS_FLAG =
  /^(-0|--null|-r|--no-run-if-empty|-t|--verbose|-x|--exit|-[nPLI]\S+|--max-(args|procs|lines)=\d+)$/
const XARGS_VALUED = /^-[nPLId]$/

/** What `xargs` with these words does with the names that it reads. */
export function interpretXargs(
  words: readonly ShellWord[],
  found: Found,
  interpret: Interpret,
): Knowledge | null {
  let i = 1
  let place: string | null = null
  let nul = false
  for (; i < words.length; i++) {
    const text = words[i]?.text ?? ""
    if (words[i]?.kind !== "literal" || !text.startsWith("-")) break
    if (text === "-0" || text === "--null" || text === "-r0" || text === "-0r") nul = true
    else if (XARGS_VALUED.test(text)) {
      const value = words[++i]?.text ?? ""
      if (text === "-I") place = value
      else if (text === "-d" ? value !== "\\n" : !/^\d+$/.test(value)) return null
    } else if (!XARGS_FLAG.test(text)) return null
    else if (text.startsWith("-I")) place = text.slice(2)
    else if (/^-[nPL]/.test(text) && !/^-[nPL]\d+$/.test(text)) return null
  }
  if (place === "" || (found.ends === "nul") !== nul) return null
  const command = words.slice(i)
  const whole = place === null ? [...command, { ...HERE, text: APPENDED_NAMES }] : command
  // Names with blanks, quotes or a leading dash would become other words.
  const names = found.ends === "nul" && found.prefixed ? undefined : ("plain" as const)
  return interpretFound(whole, place ?? APPENDED_NAMES, found, { interpret, ...(names ? { names } : {}) })
}

const APPENDED_NAMES = "\ufffe"
