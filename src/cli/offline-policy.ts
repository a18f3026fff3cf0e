import { listTracked } from "../lib/git-index.ts"
import { listBelow } from "../lib/list-below.ts"
import { resolvePath } from "../lib/resolve-path.ts"
import type { Policy } from "../permissions/policy.ts"
import type { Prepared } from "./prepare.ts"
import { restrictionsOf } from "./restrictions.ts"

/** What a session started here would be judged by, before anything in it changed. */
export function offlinePolicy(prepared: Prepared, sandboxed: boolean): Policy {
  const { config, cwd, paths } = prepared
  return {
    mode: prepared.mode,
    rules: config.rules,
    cwd,
    roots: [cwd, ...prepared.additionalRoots],
    home: paths.home,
    configDir: paths.configDir,
    ownFiles: [],
    ownFolders: [],
    resolve: resolvePath,
    below: listBelow,
    tracked: listTracked,
    sandboxed,
    ...restrictionsOf(config),
  }
}
