import type { AgentKind } from "../../model/agent.ts"
import type { OfferedTool } from "../../model/tool.ts"

/** The tools that a kind of agent may use, out of those that are there. */
export function toolsOfKind(kind: AgentKind, tools: readonly OfferedTool[]): readonly OfferedTool[] {
  const allowed = kind.tools === undefined || kind.tools.includes("*") ? null : names(kind.tools)
  const refused = names(kind.disallowedTools ?? [])
  return tools.filter(
    (tool) =>
      (allowed === null ? tool.offered !== "asked" : covers(allowed, tool.name)) &&
      !covers(refused, tool.name),
  )
}

/** The same for the main conversation: what the session was asked to offer stays where the kind has no list of its own. */
export function mainTools(kind: AgentKind | null, tools: readonly OfferedTool[]): readonly OfferedTool[] {
  if (kind === null) return tools
  const fits = (tool: OfferedTool) => toolsOfKind(kind, [tool]).length > 0
  return kind.tools === undefined
    ? tools.filter((tool) => !covers(names(kind.disallowedTools ?? []), tool.name))
    : tools.filter(fits)
}

function names(list: readonly string[]): ReadonlySet<string> {
  return new Set(list.map((name) => name.replace(/\(.*$/, "")))
}

function covers(set: ReadonlySet<string>, tool: string): boolean {
  return (
    set.has(tool) ||
    (tool === "Agent" && set.has("Task")) ||
    [...set].some((name) => name.startsWith("mcp__") && tool.startsWith(`${name.replace(/__\*$/, "")}__`))
  )
}
