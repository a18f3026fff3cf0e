import { type Layer, lineOf, type Problem } from "../config/layers.ts"
import type { Config } from "../config/load.ts"
import { parseRule } from "../permissions/rules/parse.ts"

const BEHAVIORS = ["deny", "ask", "allow"] as const

/** `config` with a problem for every rule that does not parse: a deny rule that has no effect is never passed over in silence. */
export function withIgnoredRules(config: Config): Config {
  const ignored = config.layers.flatMap(ignoredRules)
  return ignored.length === 0 ? config : { ...config, problems: [...config.problems, ...ignored] }
}

function ignoredRules(layer: Layer): readonly Problem[] {
  return BEHAVIORS.flatMap((behavior) => {
    const key = `permissions.${behavior}`
    const texts = (layer.values.permissions as Record<string, unknown> | undefined)?.[behavior]
    if (!Array.isArray(texts)) return []
    return texts.flatMap((text): Problem[] => {
      const parsed = typeof text === "string" ? parseRule(text, behavior) : {}
      if (!("error" in parsed)) return []
      const line = lineOf(layer.text, ["permissions", behavior])
      return [
        {
          file: layer.label,
          key,
          message: `the rule ${parsed.error}; it has no effect`,
          kind: "ignored-rule",
          ...(line === null ? {} : { line }),
        },
      ]
    })
  })
}
