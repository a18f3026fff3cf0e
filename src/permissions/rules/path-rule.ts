/** Path patterns with gitignore meaning and four anchors (spec/settings.md section 4). */

import ignore, { type Ignore } from "ignore"
import type { Rule, Verdict } from "../../model/permission.ts"
import { joinPath, relativeTo } from "../paths/canonical.ts"
import type { Policy } from "../policy.ts"
import type { Compiled } from "./compile.ts"

interface Anchored {
  readonly bases: readonly string[]
  readonly pattern: string
}

/** Compiled patterns, one per text and strictness; bounded because settings are small and sessions short of rules. */
const matchers = new Map<string, Ignore>()
const MAX_MATCHERS = 2_000

function matcher(pattern: string, behavior: Verdict): Ignore {
  // Deny and ask match whatever the case, because file systems may.
  const ignorecase = behavior !== "allow"
  const key = `${ignorecase}${pattern}`
  const found = matchers.get(key)
  if (found) return found
  if (matchers.size >= MAX_MATCHERS) matchers.clear()
  const made = ignore({ ignorecase }).add(pattern)
  matchers.set(key, made)
  return made
}

/** Where a pattern is anchored and what is left of it. */
export function anchor(pattern: string, rule: Rule, policy: Policy): Anchored {
  if (pattern.startsWith("//")) return { bases: ["/"], pattern: pattern.slice(1) }
  if (/^[A-Za-z]:[\\/]/.test(pattern)) return { bases: ["/"], pattern: joinPath("/", pattern) }
  if (pattern === "~") return { bases: [policy.home], pattern: "/**" }
  if (pattern.startsWith("~/")) return { bases: [policy.home], pattern: pattern.slice(1) }
  if (pattern.startsWith("/")) return { bases: [rule.base], pattern }
  const bases =
    rule.behavior === "allow" ? [policy.cwd] : [...new Set([policy.cwd, policy.roots[0] ?? policy.cwd])]
  const explicit = pattern.startsWith("./")
  const plain = explicit ? pattern.slice(2) : pattern
  if (plain === "" || plain === ".") return { bases, pattern: "/**" }
  if (plain.startsWith("../") || plain === "..") return climb(bases, plain)
  const single = /^[^/]+\/\*\*$/.test(plain)
  if (single && rule.behavior !== "allow" && !explicit) return { bases, pattern: `**/${plain}` }
  return { bases, pattern: explicit ? `/${plain}` : plain }
}

function climb(bases: readonly string[], pattern: string): Anchored {
  const up = /^(\.\.(?:\/|$))+/.exec(pattern)?.[0] ?? ""
  const rest = pattern.slice(up.length)
  return { bases: bases.map((b) => joinPath(b, up)), pattern: rest === "" ? "/**" : `/${rest}` }
}

/**
 * Whether the rule covers an absolute path. `below`: also when it covers what a folder at this path would hold,
 * which is how a rule for a folder's content denies acting on the folder as a whole.
 */
export function pathRuleMatches(
  compiled: Compiled<"path">,
  path: string,
  policy: Policy,
  options: { readonly below?: boolean } = {},
): boolean {
  const { bases, pattern } = anchor(compiled.parsed.pattern, compiled.rule, policy)
  const test = matcher(pattern, compiled.rule.behavior)
  return bases.some((base) => {
    const relative = relativeTo(base, path)
    if (relative === null) return false
    if (relative === "") return pattern === "/**" || pattern === "/" || pattern === "**"
    if (test.ignores(relative)) return true
    return options.below === true && (test.ignores(`${relative}/`) || test.ignores(`${relative}/\ufffd`))
  })
}
