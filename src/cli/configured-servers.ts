import type { ReadServers } from "../extend/mcp/read-config.ts"
import type { Prepared } from "./prepare.ts"

/** The MCP servers that flags and files name for this start. What starts by a yes is remembered with its content. */
export async function configuredServers(prepared: Prepared): Promise<ReadServers> {
  const { flags, cwd, env, paths, state, config, headless, trusted } = prepared
  const [{ readServers }, { openApprovals, recordApprovals }] = await Promise.all([
    import("../extend/mcp/read-config.ts"),
    import("../extend/mcp/approvals.ts"),
  ])
  const read = readServers({
    cwd,
    env,
    paths,
    state,
    settings: config.settings,
    flags: flags.mcpConfig ?? [],
    strict: flags.strictMcpConfig === true || flags.bare === true || flags.safeMode === true,
    sources: flags.settingSources ?? ["user", "project", "local"],
    interactive: !headless,
    trusted,
    approvals: openApprovals(paths),
  })
  if (Object.keys(read.approved).length > 0) await recordApprovals(cwd, read.approved, paths).catch(() => {})
  return read
}
