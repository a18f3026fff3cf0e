import { resolve } from "node:path"
import type { Config } from "../config/load.ts"
import { resolvePath } from "../lib/resolve-path.ts"
import type { Restrictions } from "../model/permission.ts"

/** The switches of the settings that close what rules and modes would open; nothing when none is on. */
export function restrictionsOf({ settings, layers, paths }: Config): {
  readonly restrictions?: Restrictions
} {
  const given = settings.permissions ?? {}
  const reads = given.blockReadsOutsideWorkingDirectories === true
  const writes = given.blockWritesOutsideWorkingDirectories === true
  const questions = given.denyInsteadOfPrompting === true
  if (!(reads || writes || questions)) return {}
  const exempt = layers.flatMap(({ base, values }) => {
    const permissions = values.permissions as Record<string, unknown> | undefined
    const texts = permissions?.blockReadsExemptPaths
    if (!Array.isArray(texts)) return []
    return texts
      .filter((text) => typeof text === "string")
      .map((text) => resolve(base, text.replace(/^~(?=\/|$)/, paths.home)))
      .map((path) => resolvePath(path) ?? path)
  })
  return { restrictions: { reads, writes, exempt, questions } }
}
