/** Removals nobody recovers from: they ask in every mode and no rule allows them. */

import type { Policy } from "../policy.ts"
import type { Execute, ShellWord } from "../shell/effects.ts"
import { components, contains, followLinks, isAbsolute, joinPath } from "./canonical.ts"

const REMOVERS = new Set(["rm", "rmdir", "unlink"])

/** The path whose removal is critical, or null. Looks past whatever starts the removal. */
export function criticalRemoval({ words, names, folders }: Execute, policy: Policy): string | null {
  const at = names.findIndex((name) => REMOVERS.has(name))
  if (at >= 0) {
    for (const word of words.slice(at + 1)) {
      if (word.text.startsWith("-") && word.kind === "literal") continue
      const hit = criticalWord(word, folders, policy)
      if (hit) return hit
    }
  }
  const move = names.indexOf("mv")
  if (move >= 0) {
    for (const word of words.slice(move + 1, -1)) {
      if (word.kind !== "literal" || word.text.startsWith("-") || /[*?[]/.test(word.text)) continue
      const hit = criticalWord(word, folders, policy)
      if (hit) return hit
    }
  }
  const find = names.indexOf("find")
  if (
    find >= 0 &&
    words.some((w) => w.text === "-delete" || (/^-(exec|ok)(dir)?$/.test(w.text) && at > find))
  ) {
    for (const word of words.slice(find + 1)) {
      if (/^[-(!]/.test(word.text)) break
      const hit = criticalWord(word, folders, policy)
      if (hit && !contains(policy.roots[0] ?? policy.cwd, hit)) return hit
    }
  }
  return null
}

function criticalWord(word: ShellWord, folders: readonly string[] | null, policy: Policy): string | null {
  const text = word.kind === "literal" || word.kind === "glob" ? word.text : word.emptied
  if (text === "") return null
  const starts = isAbsolute(text) ? ["/"] : (folders ?? [policy.cwd])
  for (const start of starts) {
    // A pattern for everything in a folder removes the folder for all purposes.
    const all = /^(.*?\/)?(\.?\*+|\.\[!?\.?\]\*|\{.*\}|\.\[\^\.\]\*)\/?$/.exec(text)
    const target = joinPath(start, all ? (all[1] ?? "") || "." : text)
    for (const path of [
      target,
      followLinks(isAbsolute(text) ? target : `${start}/${all ? (all[1] ?? ".") : text}`, policy.resolve),
    ]) {
      if (path !== null && isCritical(path, [...starts, policy.cwd], policy)) return path
    }
  }
  return null
}

function isCritical(path: string, folders: readonly string[], policy: Policy): boolean {
  const parts = components(path)
  if (parts.length <= 1) return true
  if (/^[a-z]$/.test(parts[0] ?? "") && parts.length <= 2 && process.platform === "win32") return true
  if (contains(path, policy.home)) return true
  return [...folders, ...policy.roots].some((folder) => folder !== "/" && contains(path, folder))
}
