import { existsSync } from "node:fs"
import { join } from "node:path"
import { isOfFolder } from "../config/folder-approvals.ts"
import type { State } from "../config/state.ts"
import type { ConfigSources, McpFile, ReadServers, WaitingServer } from "../extend/mcp/read-config.ts"
import type { Prepared } from "./prepare.ts"
import { pluginServers } from "./session-plugins.ts"

/** The MCP servers that flags and files name for this start. What starts by a yes is remembered with its content. */
export async function configuredServers(
  prepared: Prepared,
  flagFiles?: Map<string, McpFile>,
): Promise<ReadServers> {
  const { cwd, paths } = prepared
  const [{ readServers }, { openApprovals, recordApprovals }] = await Promise.all([
    import("../extend/mcp/read-config.ts"),
    import("../extend/mcp/approvals.ts"),
  ])
  const read = readServers({
    ...sourcesOf(prepared, openApprovals(paths)),
    ...(flagFiles !== undefined && { flagFiles }),
  })
  const { config, headless, trusted } = prepared
  const first = trusted && !headless && config.settings.enableAllProjectMcpServers === true
  if (first || Object.keys(read.approved).length > 0)
    await recordApprovals(cwd, read.approved, paths).catch(() => {})
  return read
}

/** Servers of the project that a person has to decide about before they start. Remembers nothing. */
export async function waitingServers(prepared: Prepared): Promise<readonly WaitingServer[]> {
  if (!prepared.trusted || !existsSync(join(prepared.cwd, ".mcp.json"))) return []
  const [{ readServers }, { openApprovals }] = await Promise.all([
    import("../extend/mcp/read-config.ts"),
    import("../extend/mcp/approvals.ts"),
  ])
  return readServers(sourcesOf(prepared, openApprovals(prepared.paths))).waiting
}

function sourcesOf(prepared: Prepared, approvals: State): ConfigSources {
  const { flags, cwd, env, paths, state, config, headless, trusted } = prepared
  return {
    cwd,
    env,
    paths,
    state,
    settings: config.settings,
    flags: [...pluginServers(prepared.plugins?.list ?? []), ...(flags.mcpConfig ?? [])],
    strict: flags.strictMcpConfig === true || flags.bare === true || flags.safeMode === true,
    sources: flags.settingSources ?? ["user", "project", "local"],
    interactive: !headless,
    trusted,
    all: config.layers.some(
      (layer) => !isOfFolder(layer) && layer.values.enableAllProjectMcpServers === true,
    ),
    approvals,
  }
}
