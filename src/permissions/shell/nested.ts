/** Finds code that a command hands to a shell or to another interpreter, for deny and ask rules to look at. */

import type { ShellWord } from "./effects.ts"
import { runsAt } from "./launchers.ts"

const SHELLS = new Set([
  "sh",
  "bash",
  "dash",
  "zsh",
  "ksh",
  "ash",
  "mksh",
  "busybox",
  "fish",
  "rbash",
  "tcsh",
  "csh",
])

/** Programs whose words, joined, are a command line for a shell. */
const JOINERS = new Set(
  `eval watch trap ssh parallel script su runuser mapfile readarray complete compgen bind flock hyperfine at batch entr
   nodemon watchexec wsl`.split(/\s+/),
)

export function isShell(name: string): boolean {
  return SHELLS.has(name)
}

/** Whether a program of this name can make a shell read some text as code. */
export function handsOnCode(name: string): boolean {
  return SHELLS.has(name) || JOINERS.has(name) || name === "env"
}

/** Texts that a shell reads as code when the command runs. */
export function nestedCode(words: readonly ShellWord[], names: readonly string[]): readonly string[] {
  const out: string[] = []
  let joined = false
  for (const [i, name] of names.entries()) {
    if (SHELLS.has(name)) {
      const code = codeArgument(words.slice(i + 1))
      if (code !== null) out.push(code)
    } else if (JOINERS.has(name) && !joined) {
      const rest = words.slice(i + 1)
      out.push(rest.map((w) => w.text).join(" "))
      for (const w of rest) if (/\s/.test(w.text)) out.push(w.text)
      // What a later one of them joins is a part of this text and found there.
      joined = true
    } else if (name === "env") {
      const split = splitString(words.slice(i + 1))
      if (split !== null) out.push(split)
    }
  }
  return out
}

/** `env -S 'a b' c` runs `a b c`. */
function splitString(args: readonly ShellWord[]): string | null {
  const at = args.findIndex((w) => /^(-[A-Za-z0]*S|--split-string(=|$))/.test(w.text))
  if (at < 0) return null
  return args
    .slice(at)
    .map((w) => w.text.replace(/^(-[A-Za-z0]*S|--split-string=?)/, ""))
    .join(" ")
}

/** Whether a shell that these words start reads its code from standard input. */
export function readsCode(words: readonly ShellWord[], names: readonly string[]): boolean {
  const at = names.findIndex(isShell)
  if (at < 0) return names.some((name) => name === "at" || name === "batch")
  return codeArgument(words.slice(at + 1)) === null
}

/** The same, and no file stands there that it would read instead. */
export function readsOnlyInput(words: readonly ShellWord[], names: readonly string[]): boolean {
  const at = names.findIndex(isShell)
  if (!runsAt(names, at)) return false
  const rest = words.slice(at + 1)
  if (codeArgument(rest) !== null) return false
  return rest.every((w) => /^[-+]/.test(w.text)) || rest.some((w) => /^-[a-z]*s[a-z]*$/.test(w.text))
}

/** The word after an option cluster with `c`. */
function codeArgument(args: readonly ShellWord[]): string | null {
  for (let i = 0; i < args.length; i++) {
    const text = args[i]?.text ?? ""
    if (/^[-+]\w*c\w*$/.test(text)) {
      const next = args.slice(i + 1).find((a) => !/^[-+]/.test(a.text))
      return next?.text ?? null
    }
    if (!/^[-+]/.test(text) && !/^[-+]/.test(args[i - 1]?.text ?? "")) return null
  }
  return null
}
