import { fillToolAlias, parseToolAlias } from "../config/tool-alias.ts"
import { COMMANDS } from "../tui/commands/registry.ts"
import type { AliasPort } from "../tui/ports.ts"

/** More is a configuration that became a program. */
const MAX_ALIASES = 100

/** The aliases that are good, and one line for each that is not. `tools` are the names of the session's tools. */
export function toolAliases(
  setting: unknown,
  tools: readonly string[],
): { readonly ports: readonly AliasPort[]; readonly problems: readonly string[] } {
  const ports: AliasPort[] = []
  const problems: string[] = []
  const entries = Object.entries((setting ?? {}) as Readonly<Record<string, unknown>>)
  if (entries.length > MAX_ALIASES) problems.push(`toolAliases: only the first ${MAX_ALIASES} are used`)
  for (const [name, text] of entries.slice(0, MAX_ALIASES)) {
    const alias = parseToolAlias(name, String(text))
    if (typeof alias === "string") problems.push(alias)
    else if (COMMANDS.some((known) => known.name === name || known.aliases.includes(name)))
      problems.push(`toolAliases.${name}: /${name} is a command already`)
    else if (!tools.includes(alias.tool))
      problems.push(
        `toolAliases.${name}: there is no tool ${alias.tool} in this session; tools are ${tools.join(", ")}`,
      )
    else ports.push({ name, text: alias.text, fill: (typed) => fillToolAlias(alias, typed) })
  }
  return { ports, problems }
}
