/** Finds code that a command hands to another interpreter, for deny and ask rules to look at. */

import type { ShellWord } from "./effects.ts"

const SHELLS = new Set(["sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "busybox", "fish"])
const JOINERS = new Set(["eval", "watch", "trap", "ssh", "parallel", "script", "su", "runuser"])

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
