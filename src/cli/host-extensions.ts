import type { HostChannel } from "../headless/host-channel.ts"
import type { InitializeReply, InitializeRequest } from "../headless/initialize.ts"
import { applyHostServers, type Extensions } from "./extensions.ts"

/** The part of a host's `initialize` that adds to the session. Rejects with one line when a field is not understood. */
export async function extendSession(
  extensions: Extensions,
  request: InitializeRequest,
  channel: HostChannel,
): Promise<InitializeReply> {
  const { hooks, agents, mcpServers, sdkMcpServerManifests } = request
  if (agents !== undefined) extensions.setAgents(agents)
  extensions.hooks.setHost(hooks ?? {}, channel)
  const parked = await applyHostServers(extensions, request, channel)
  return {
    hook_on_failure_supported: true,
    ...(hooks !== undefined && { hooks_applied: true }),
    ...(mcpServers !== undefined && { mcp_servers_applied: true }),
    ...(sdkMcpServerManifests !== undefined && { sdk_mcp_manifests_parked: parked }),
  }
}
