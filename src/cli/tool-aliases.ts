import { fillToolAlias, parseToolAlias, type ToolAlias } from "../config/tool-alias.ts"
import type { OfferedTool } from "../model/tool.ts"
import { COMMANDS } from "../tui/commands/registry.ts"
import type { AliasPort } from "../tui/ports.ts"

/** More is a configuration that became a program. */
const MAX_ALIASES = 100

export interface ToolAliases {
  readonly ports: readonly AliasPort[]
  /** One line for each that is not used. */
  readonly problems: readonly string[]
}

/** The aliases that are good for the session's `tools`. */
export function toolAliases(setting: unknown, tools: readonly OfferedTool[]): ToolAliases {
  const ports: AliasPort[] = []
  const problems: string[] = []
  const entries = Object.entries((setting ?? {}) as Readonly<Record<string, unknown>>)
  if (entries.length > MAX_ALIASES) problems.push(`toolAliases: only the first ${MAX_ALIASES} are used`)
  for (const [name, text] of entries.slice(0, MAX_ALIASES)) {
    const alias = parseToolAlias(name, String(text))
    const problem = typeof alias === "string" ? alias : unusable(alias, tools)
    if (problem !== null) problems.push(problem)
    else if (typeof alias !== "string")
      ports.push({ name, text: alias.text, fill: (typed) => fillToolAlias(alias, typed) })
  }
  return { ports, problems }
}

/** The same as long as the setting is the same object: asked at every key. */
export function liveToolAliases(setting: () => unknown, tools: readonly OfferedTool[]): () => ToolAliases {
  let read: { readonly of: unknown; readonly aliases: ToolAliases } | null = null
  return () => {
    const of = setting()
    if (read === null || read.of !== of) read = { of, aliases: toolAliases(of, tools) }
    return read.aliases
  }
}

function unusable({ name, tool, input }: ToolAlias, tools: readonly OfferedTool[]): string | null {
  if (COMMANDS.some((known) => known.name === name || known.aliases.includes(name)))
    return `toolAliases.${name}: /${name} is a command already`
  const offered = tools.find((one) => one.name === tool)
  if (offered === undefined)
    return `toolAliases.${name}: there is no tool ${tool} in this session; tools are ${tools.map((one) => one.name).join(", ")}`
  const takes = "spec" in offered ? offered.spec.input_schema.properties : undefined
  const unknown = takes && Object.keys(input).find((key) => !Object.hasOwn(takes, key))
  return unknown === undefined
    ? null
    : `toolAliases.${name}: ${tool} takes no ${unknown}; it takes ${Object.keys(takes ?? {}).join(", ")}`
}
