/** Commands that only run another command; each with its own option grammar, so that no option is mistaken for the command. */

import type { ShellWord } from "./effects.ts"

interface Wrapper {
  /** Options without a value, exactly as written. */
  readonly flags?: RegExp
  /** Options whose value is the next word. */
  readonly valued?: RegExp
  /** A word before the command (the duration of `timeout`). */
  readonly first?: RegExp
  /** The command gets more words than written here. */
  readonly appends?: true
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  timeout: {
    flags:
      /^(-v|--verbose|--foreground|--preserve-status|-k\d+(\.\d+)?[smhd]?|-s[A-Za-z0-9]+|--kill-after=\d+(\.\d+)?[smhd]?|--signal=[A-Za-z0-9]+)$/,
    valued: /^(-k|-s|--kill-after|--signal)$/,
    first: /^\d+(\.\d+)?[smhd]?$/,
  },
  time: { flags: /^-p$/ },
  nice: { flags: /^(-\d+|-n-?\d+|--adjustment=-?\d+)$/, valued: /^(-n|--adjustment)$/ },
  nohup: {},
  stdbuf: {
    flags: /^(-[ioe](L|\d+[KMG]?B?)|--(input|output|error)=(L|\d+[KMG]?B?))$/,
    valued: /^(-[ioe]|--(input|output|error))$/,
  },
  command: { flags: /^-p$/ },
  builtin: {},
  noglob: {},
  xargs: { appends: true },
}

/** Values that wrappers' options may have. */
const OPTION_VALUE = /^-?[A-Za-z0-9.]+$/

/** The words `xargs` adds: any number, any text. */
export const APPENDED: ShellWord = { raw: "\uffff", text: "\uffff", emptied: "", kind: "dynamic", lead: "" }

/** The command inside one wrapper, or null. */
export function stripWrapper(words: readonly ShellWord[]): readonly ShellWord[] | null {
  const [name] = words
  if (name?.kind !== "literal") return null
  const wrapper = Object.hasOwn(WRAPPERS, name.text) ? WRAPPERS[name.text] : undefined
  if (!wrapper) return null
  let i = 1
  for (; i < words.length; i++) {
    const word = words[i]
    if (word?.kind !== "literal") return null
    if (word.text === "--") {
      i++
      break
    }
    if (wrapper.flags?.test(word.text)) continue
    if (wrapper.valued?.test(word.text)) {
      const value = words[++i]
      if (value?.kind !== "literal" || !OPTION_VALUE.test(value.text)) return null
      continue
    }
    break
  }
  if (wrapper.first) {
    const word = words[i++]
    if (word?.kind !== "literal" || !wrapper.first.test(word.text)) return null
  }
  const inner = words.slice(i)
  const [command] = inner
  if (!command || command.raw.startsWith("-") || command.text.startsWith("-")) return null
  return wrapper.appends ? [...inner, APPENDED] : inner
}

/** All wrappers off: what runs in the end. */
export function stripWrappers(words: readonly ShellWord[]): readonly ShellWord[] {
  let inner = words
  for (;;) {
    const next = stripWrapper(inner)
    if (!next) return inner
    inner = next
  }
}

/** `command cd x` and `builtin cd x` run the builtin in this shell; the other wrappers start a process. */
export function stripPrefixBuiltins(words: readonly ShellWord[]): readonly ShellWord[] {
  const [name] = words
  if (name?.kind !== "literal") return words
  if (name.text === "command" || name.text === "builtin") {
    const inner = stripWrapper(words)
    return inner ? stripPrefixBuiltins(inner) : words
  }
  return words
}
