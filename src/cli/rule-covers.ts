import { resolvePath } from "../lib/resolve-path.ts"
import type { Call } from "../model/permission.ts"
import { decide } from "../permissions/decide.ts"
import type { Policy } from "../permissions/policy.ts"
import type { Prepared } from "./prepare.ts"

/**
 * Whether the one rule `text` covers a call, as a deny rule would: any part of a command counts, past wrappers and
 * inside substitutions. What cannot be parsed counts as covered.
 */
export function ruleCovers({ cwd, paths, additionalRoots }: Prepared): (text: string, call: Call) => boolean {
  const surroundings: Omit<Policy, "rules"> = {
    mode: "default",
    cwd,
    roots: [cwd, ...additionalRoots],
    home: paths.home,
    configDir: paths.configDir,
    ownFiles: [],
    ownFolders: [],
    resolve: resolvePath,
    sandboxed: false,
  }
  return (text, call) => {
    const rule = { behavior: "deny", source: "session", text, base: cwd } as const
    const decision = decide(call, { ...surroundings, rules: [rule] })
    if (decision.verdict === "deny") return true
    const named = text.replace(/\(.*$/s, "") === call.tool
    return named && decision.verdict === "ask" && decision.reason.kind === "safetyCheck"
  }
}
