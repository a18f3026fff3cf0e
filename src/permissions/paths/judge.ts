/**
 * The one answer about a path, for file tools, redirects and file commands alike. The path as given and the place it
 * leads to are both judged: allow needs both, deny and ask need either.
 */

import type { Rule } from "../../model/permission.ts"
import { allow, ask, deny, type Finding } from "../finding.ts"
import type { Policy } from "../policy.ts"
import { leavesOut } from "../read-only/git-content.ts"
import { type Compiled, nameMatches, ruleBook } from "../rules/compile.ts"
import { anchor, pathRuleMatches } from "../rules/path-rule.ts"
import { components, contains, followLinks, isAbsolute, joinPath } from "./canonical.ts"
import { globsMeet, protectedName } from "./protected.ts"

export interface PathUse {
  /** Absolute; `..` and doubled slashes may still be in it. */
  readonly path: string
  readonly access: "read" | "write" | "remove"
  /** The path is a pattern of the shell: it may stand for several files. */
  readonly glob?: boolean
  /** Everything below is read as well; `visible`: but for names that start with a dot. */
  readonly deep?: "all" | "visible"
  /** The tool that asks, for rules by name. */
  readonly tool: string
  /** All that could be read there, when it is known for certain. */
  readonly listing?: () => readonly string[] | null
  /** Pathspecs of git that leave files out. */
  readonly except?: readonly string[]
}

const READERS = new Set(["Read", "Grep", "Glob", "LSP"])
const WRITERS = new Set(["Edit", "Write", "NotebookEdit", "MultiEdit", "EditBatch"])
const FREE_DEVICES = new Set(["/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/zero"])

export function judgePath(use: PathUse, policy: Policy): Finding {
  const subject = `${use.access === "read" ? "read" : use.access === "write" ? "write" : "remove"} ${use.path}`
  if (!isAbsolute(use.path))
    return ask(subject, "the path is not absolute", { reason: { kind: "workingDir", path: use.path } })
  const writes = use.access !== "read"
  const given = joinPath("/", use.path)
  if (/^\/dev\/(tcp|udp)\//.test(given))
    return ask(subject, `${given} opens a network connection`, {
      firmness: "safety",
      reason: { kind: "safetyCheck", path: given },
    })
  if (FREE_DEVICES.has(given) || (given.startsWith("/dev/fd/") && !writes))
    return allow(subject, `${given} is no file`)
  const real = followLinks(literalPart(use), policy.resolve)
  const both = real === null ? [given] : [...new Set([given, restore(use, real)])]
  const ruled = byDenyAndAsk(use, both, subject, policy)
  if (ruled) return ruled
  const pattern = byPattern(use, both, subject, policy)
  if (pattern) return pattern
  if (real === null)
    return ask(subject, `${given} leads to a place that cannot be found out`, {
      firmness: "safety",
      reason: { kind: "safetyCheck", path: given },
    })
  if (policy.ownFiles.some((own) => both.every((path) => joinPath("/", own) === path)))
    return allow(subject, `${given} belongs to this session`)
  const barred = byRestriction(use, both, subject, policy)
  if (barred) return barred
  if (writes) return judgeWrite(use, both, subject, policy)
  if (policy.ownFolders.some((own) => both.every((path) => contains(own, path))))
    return allow(subject, `${given} belongs to this session`)
  if (policy.mode === "bypassPermissions") return allow(subject, "the mode allows it", { kind: "mode" })
  const rule = allowingRule(use, both, policy)
  if (rule) return allow(subject, `the rule ${rule.rule.text} allows it`, { kind: "rule", rule: rule.rule })
  if (insideRoots(both, policy))
    return allow(subject, "it lies in the working directories", { kind: "workingDir" })
  return ask(subject, `${given} is outside the working directories`, {
    reason: { kind: "workingDir", path: outsidePath(both, policy) },
    wish: { kind: "folder", path: outsidePath(both, policy) },
  })
}

/** The settings close everything outside the working folders: rules and modes open nothing there. */
function byRestriction(
  use: PathUse,
  both: readonly string[],
  subject: string,
  policy: Policy,
): Finding | null {
  const { restrictions } = policy
  if (restrictions === undefined) return null
  const reads = use.access === "read"
  if (!(reads ? restrictions.reads : restrictions.writes)) return null
  const open = reads ? [...policy.roots, ...restrictions.exempt] : policy.roots
  const outside = both.find((path) => !open.some((root) => contains(root, path)))
  const spared = reads && policy.ownFolders.some((own) => both.every((path) => contains(own, path)))
  if (outside === undefined || spared) return null
  const key = `permissions.block${reads ? "Reads" : "Writes"}OutsideWorkingDirectories`
  return deny(subject, `${outside} is outside the working directories, which ${key} closes`, {
    kind: "workingDir",
    path: outside,
  })
}

function judgeWrite(use: PathUse, both: readonly string[], subject: string, policy: Policy): Finding {
  const given = both[0] ?? use.path
  if (policy.mode === "plan")
    return deny(subject, "plan mode changes no files but the plan", { kind: "mode", path: given })
  if (policy.mode === "bypassPermissions") return allow(subject, "the mode allows it", { kind: "mode" })
  for (const path of both) {
    const name = protectedName(path, policy.configDir, {
      glob: use.glob === true,
      removes: use.access === "remove",
    })
    if (name && !sessionGrant(use, both, name, policy)) {
      return ask(subject, `${path} is protected (${name}), because it can make programs run code`, {
        firmness: "safety",
        reason: { kind: "safetyCheck", path },
        wish: { kind: "protected", path },
      })
    }
  }
  const rule = allowingRule(use, both, policy)
  if (rule) return allow(subject, `the rule ${rule.rule.text} allows it`, { kind: "rule", rule: rule.rule })
  const inside = insideRoots(both, policy)
  const accepts = policy.mode === "acceptEdits" || (policy.mode === "auto" && WRITERS.has(use.tool))
  if (inside && accepts)
    return allow(subject, "the mode accepts edits in the working directories", { kind: "mode" })
  if (inside)
    return ask(subject, `no rule allows writing ${given}`, {
      reason: { kind: "other", path: given },
      wish: { kind: "edit", path: given },
    })
  return ask(subject, `${outsidePath(both, policy)} is outside the working directories`, {
    reason: { kind: "workingDir", path: outsidePath(both, policy) },
    wish: { kind: "folder", path: outsidePath(both, policy), writes: true },
  })
}

/** A shell pattern that may name a file which a rule denies: nobody knows before it runs. */
function byPattern(use: PathUse, both: readonly string[], subject: string, policy: Policy): Finding | null {
  if (!use.glob && !use.deep) return null
  const book = ruleBook(policy.rules)
  const hit = [...book.deny.path, ...book.ask.path].find(
    (c) =>
      appliesTo(c, use, c.rule.behavior === "ask" ? "ask" : "deny") &&
      both.some(
        (path) =>
          (use.glob && patternMayMeet(c, path, policy)) ||
          (use.deep && mayLieBelow(c, path, use.deep, policy)),
      ) &&
      !isElsewhere(c, use, policy),
  )
  if (!hit) return null
  const what = use.deep ? "it may read" : "the pattern may name"
  return ask(subject, `${what} a file that the rule ${hit.rule.text} is about`, {
    firmness: "firm",
    reason: { kind: "rule", rule: hit.rule, path: use.path },
  })
}

/** Whether everything that is there is known, and the rule is about none of it. */
function isElsewhere(compiled: Compiled<"path">, use: PathUse, policy: Policy): boolean {
  if (use.except && leavesOut(use.except, compiled.parsed.pattern)) return true
  const there = use.deep ? (use.listing?.() ?? null) : null
  return there !== null && !there.some((path) => pathRuleMatches(compiled, path, policy, { below: true }))
}

/** Whether a folder may hold, at any depth, a file that the rule is about. */
function mayLieBelow(
  compiled: Compiled<"path">,
  path: string,
  deep: "all" | "visible",
  policy: Policy,
): boolean {
  const { bases, pattern } = anchor(compiled.parsed.pattern, compiled.rule, policy)
  const segments = pattern.split("/").filter((s) => s !== "" && s !== "**")
  if (deep === "visible" && segments.some((s) => s.startsWith("."))) return false
  const wild = segments.findIndex((s) => /[*?[]/.test(s))
  const written = pattern.includes("**") && !pattern.startsWith("/") ? 0 : wild < 0 ? segments.length : wild
  const floats = segments.length === 1 && !pattern.startsWith("/")
  const start = joinPath("/", beforeGlob(path))
  return bases.some((base) => {
    const place = floats ? base : joinPath(base, segments.slice(0, written).join("/"))
    return contains(start, place) || contains(place, start)
  })
}

function patternMayMeet(compiled: Compiled<"path">, path: string, policy: Policy): boolean {
  const { bases, pattern } = anchor(compiled.parsed.pattern, compiled.rule, policy)
  const segments = pattern.split("/").filter((s) => s !== "" && s !== "**")
  const last = segments.at(-1)
  if (last === undefined) return false
  if (pattern.startsWith("/") && !/[*?[]/.test(pattern.replace(/\/\*\*$/, ""))) {
    // The rule names one place: every part of the pattern must fit the part of the place at the same depth.
    const given = components(path)
    return bases.some((base) => {
      const place = components(joinPath(base, segments.join("/")))
      return given.every((part, i) => i >= place.length || globsMeet(part, place[i] ?? ""))
    })
  }
  const folder = segments.slice(0, -1)
  const anchored = folder.length > 0 && !pattern.startsWith("**/") && !folder.some((s) => /[*?[]/.test(s))
  if (anchored) {
    const places = bases.map((base) => joinPath(base, folder.join("/")))
    if (!places.some((place) => contains(beforeGlob(path), place) || contains(place, beforeGlob(path))))
      return false
  }
  return components(path).some((part) => /[*?[]/.test(part) && globsMeet(part, last))
}

function byDenyAndAsk(
  use: PathUse,
  both: readonly string[],
  subject: string,
  policy: Policy,
): Finding | null {
  const book = ruleBook(policy.rules)
  for (const behavior of ["deny", "ask"] as const) {
    const hit = book[behavior].path.find(
      (c) =>
        appliesTo(c, use, behavior) && both.some((path) => pathRuleMatches(c, path, policy, { below: true })),
    )
    const named = book[behavior].tool.find((c) => coversTool(c.parsed.tool, use))
    const rule = hit?.rule ?? named?.rule
    if (!rule) continue
    const reason = { kind: "rule" as const, rule, path: both[0] ?? use.path }
    if (behavior === "deny") return deny(subject, `the rule ${rule.text} denies it`, reason)
    return ask(subject, `the rule ${rule.text} asks for it`, { firmness: "firm", reason })
  }
  return null
}

/** A Read deny also blocks writing; a Read ask is about reading. */
function appliesTo(compiled: Compiled<"path">, use: PathUse, behavior: "deny" | "ask"): boolean {
  const tool = compiled.parsed.tool
  if (use.access === "read") return tool === "Read"
  return tool === "Edit" || (tool === "Read" && behavior === "deny")
}

/** Whether a rule by name (`Edit`, `Read`, `Write`) covers this use. */
function coversTool(pattern: string, use: PathUse): boolean {
  if (nameMatches(pattern, use.tool)) return true
  if (use.access === "read") return pattern === "Read" && (READERS.has(use.tool) || use.tool === "Bash")
  return pattern === "Edit" && (WRITERS.has(use.tool) || use.tool === "Bash")
}

function allowingRule(use: PathUse, both: readonly string[], policy: Policy): { readonly rule: Rule } | null {
  const book = ruleBook(policy.rules).allow
  const named = book.tool.find((c) =>
    use.tool === "Bash" || use.tool === "Monitor"
      ? c.parsed.tool === (use.access === "read" ? "Read" : "Edit")
      : coversTool(c.parsed.tool, use),
  )
  if (named) return named
  const editName = use.access === "read" ? book.tool.find((c) => c.parsed.tool === "Edit") : undefined
  if (editName) return editName
  const fits = (c: Compiled<"path">) =>
    use.access === "read" ? c.parsed.tool !== "Cd" : c.parsed.tool === "Edit"
  // Each path may be allowed by another rule; a pattern of the shell is allowed when the folder before it is.
  const hits = both.map((path) => book.path.find((c) => fits(c) && allowedBy(c, use, path, policy)))
  return hits.every((h) => h !== undefined) ? (hits[0] ?? null) : null
}

function allowedBy(compiled: Compiled<"path">, use: PathUse, path: string, policy: Policy): boolean {
  if (!use.glob) return pathRuleMatches(compiled, path, policy)
  return pathRuleMatches(compiled, `${beforeGlob(path)}/\ufffd`, policy)
}

/** A grant for protected files lasts for the session and names them. */
function sessionGrant(use: PathUse, both: readonly string[], name: string, policy: Policy): boolean {
  return ruleBook(policy.rules).allow.path.some(
    (c) =>
      c.rule.source === "session" &&
      c.parsed.tool === "Edit" &&
      c.parsed.pattern.toLowerCase().includes(name.toLowerCase().slice(name.lastIndexOf("/") + 1)) &&
      both.every((path) => allowedBy(c, use, path, policy)),
  )
}

export function insideRoots(paths: readonly string[], policy: Policy): boolean {
  return paths.every((path) => policy.roots.some((root) => contains(root, path)))
}

function outsidePath(both: readonly string[], policy: Policy): string {
  return both.find((path) => !insideRoots([path], policy)) ?? both[0] ?? "/"
}

function literalPart(use: PathUse): string {
  return use.glob ? beforeGlob(use.path) : use.path
}

/** The folder before the first component with a wildcard. */
export function beforeGlob(path: string): string {
  const at = path.search(/[*?[]/)
  return at < 0 ? path : path.slice(0, path.lastIndexOf("/", at)) || "/"
}

/** The resolved folder with the pattern's rest. */
function restore(use: PathUse, real: string): string {
  if (!use.glob) return real
  return joinPath(real, `./${use.path.slice(beforeGlob(use.path).length)}`)
}
