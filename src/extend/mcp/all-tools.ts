import type { AnyTool } from "../../model/tool.ts"
import type { McpLimits } from "./limits.ts"
import { listResourcesTool, readResourceDirTool, readResourceTool } from "./resource-tools.ts"
import type { Server } from "./server.ts"
import { serverTool } from "./server-tool.ts"
import { type Deferral, deferTools } from "./tool-search.ts"

/** Tools of all servers, those of a server in the order of their names; the first of a name wins. */
export function allTools(
  servers: readonly Server[],
  limits: McpLimits,
  deferral: Deferral | null,
): readonly AnyTool[] {
  const byName = new Map<string, AnyTool>()
  const kept = new Set<string>()
  for (const server of servers) {
    const tools = server.tools
      .flatMap((raw) => serverTool(server, raw, limits) ?? [])
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const tool of tools) {
      if (byName.has(tool.name)) continue
      byName.set(tool.name, tool)
      if (server.entry.config.alwaysLoad === true) kept.add(tool.name)
    }
  }
  const own = [...byName.values()]
  const all = deferral === null ? own : deferTools(own, ({ name }) => kept.has(name), deferral)
  if (!servers.some(({ hasResources }) => hasResources)) return all
  const these = () => servers
  return [...all, listResourcesTool(these), readResourceDirTool(these), readResourceTool(these, limits)]
}
