/** Finds code that a command hands to another interpreter, for deny and ask rules to look at. */

import type { ShellWord } from "./effects.ts"

const SHELLS = new Set(["sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "busybox", "fish"])
const JOINERS = new Set([
  "eval",
  "watch",
  "trap",
  "ssh",
  "parallel",
  "script",
  "su",
  "runuser",
  "mapfile",
  "readarray",
  "complete",
  "compgen",
  "bind",
  "flock",
])

export function baseName(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1)
}

export function nestedCode(words: readonly ShellWord[]): readonly string[] {
  const out: string[] = []
  words.forEach((word, i) => {
    const name = baseName(word.text)
    if (SHELLS.has(name)) {
      const code = codeArgument(words.slice(i + 1))
      if (code !== null) out.push(code)
    }
    if (JOINERS.has(name)) {
      const rest = words.slice(i + 1)
      out.push(rest.map((w) => w.text).join(" "))
      for (const w of rest) if (/\s/.test(w.text)) out.push(w.text)
    }
    if (name === "env" && words[i + 1]?.text.startsWith("-S"))
      out.push(
        words
          .slice(i + 1)
          .map((w) => w.text.replace(/^-S/, ""))
          .join(" "),
      )
  })
  return out
}

/** Whether a shell that these words start reads its code from standard input. */
export function readsCode(words: readonly ShellWord[]): boolean {
  const at = words.findIndex((w) => SHELLS.has(baseName(w.text)))
  if (at < 0) return false
  const rest = words.slice(at + 1)
  return codeArgument(rest) === null
}

/** Code in a value of git's configuration or of a variable that names a program. */
export function codeInSettings(
  words: readonly ShellWord[],
  assigned: readonly { readonly name: string; readonly value: string | null }[],
): readonly string[] {
  const out: string[] = []
  if (baseName(words[0]?.text ?? "") === "git")
    words.forEach((word, i) => {
      if (words[i - 1]?.text === "-c" && word.text.includes("="))
        out.push(word.text.slice(word.text.indexOf("=") + 1).replace(/^\s*!/, ""))
    })
  for (const { name, value } of assigned)
    if (value !== null && /(PAGER|EDITOR|COMMAND|DIFF|VISUAL|BROWSER|ASKPASS|SSH)$/.test(name))
      out.push(value)
  return out
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
