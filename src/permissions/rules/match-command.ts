import type { CommandPattern } from "./parse.ts"
import { matchWildcard } from "./wildcard.ts"

/** Whether the pattern means the command that stands in `text` from `at` to its end. */
export function matchCommand(pattern: CommandPattern, text: string, at = 0): boolean {
  if (!text.startsWith(pattern.head, at)) return false
  if (pattern.exact) return text.length - at === pattern.text.length
  if (!pattern.text.includes("*")) {
    const end = at + pattern.text.length
    return end === text.length || text[end] === " "
  }
  const rest = at === 0 ? text : text.slice(at)
  if (matchWildcard(pattern.text, rest)) return true
  return pattern.boundary && matchWildcard(`${pattern.text} *`, rest)
}
