/** Changes of permissions as values: the next policy, and what a caller has to write to which file. */

import type { PermissionMode, PermissionUpdate, Rule, RuleDestination } from "../model/permission.ts"

export interface Persisted {
  readonly destination: Exclude<RuleDestination, "session">
  readonly update: PermissionUpdate
}

export interface Updated {
  readonly rules: readonly Rule[]
  readonly mode: PermissionMode
  readonly roots: readonly string[]
  /** In order; session and command-line updates are not written. */
  readonly persist: readonly Persisted[]
}

/**
 * Applies the updates in order. New rules take the start folder (`roots[0]`) as their base, as settings of the
 * project and the session do. The start folder itself is never removed.
 */
export function applyUpdates(
  rules: readonly Rule[],
  mode: PermissionMode,
  roots: readonly string[],
  updates: readonly PermissionUpdate[],
): Updated {
  let next: Updated = { rules, mode, roots, persist: [] }
  for (const update of updates) {
    next = apply(next, update)
    if (update.destination === "session" || update.destination === "cliArg") continue
    next = { ...next, persist: [...next.persist, { destination: update.destination, update }] }
  }
  return next
}

function apply(state: Updated, update: PermissionUpdate): Updated {
  switch (update.type) {
    case "setMode":
      return { ...state, mode: update.mode }
    case "addDirectories":
      return { ...state, roots: [...new Set([...state.roots, ...update.directories])] }
    case "removeDirectories":
      return {
        ...state,
        roots: state.roots.filter((root, i) => i === 0 || !update.directories.includes(root)),
      }
    case "addRules":
    case "replaceRules":
    case "removeRules": {
      const texts = update.rules.map((r) =>
        r.ruleContent === undefined ? r.toolName : `${r.toolName}(${r.ruleContent})`,
      )
      const same = (rule: Rule) => rule.source === update.destination && rule.behavior === update.behavior
      const kept =
        update.type === "addRules"
          ? state.rules
          : state.rules.filter((r) => !same(r) || (update.type === "removeRules" && !texts.includes(r.text)))
      if (update.type === "removeRules") return { ...state, rules: kept }
      const known = new Set(kept.filter(same).map((r) => r.text))
      const added = texts
        .filter((t) => !known.has(t))
        .map(
          (text): Rule => ({
            behavior: update.behavior,
            source: update.destination,
            text,
            base: state.roots[0] ?? "/",
          }),
        )
      return { ...state, rules: [...kept, ...added] }
    }
  }
}
