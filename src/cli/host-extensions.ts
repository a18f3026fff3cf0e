import { realpathSync } from "node:fs"
import { resolve } from "node:path"
import { isObject } from "../extend/json.ts"
import type { HostChannel } from "../headless/host-channel.ts"
import type { InitializeReply, InitializeRequest } from "../headless/initialize.ts"
import { applyHostServers, type Extensions } from "./extensions.ts"
import type { Prepared } from "./prepare.ts"
import type { SessionParts } from "./session-parts.ts"
import { pluginPlaces } from "./session-plugins.ts"

/** The part of a host's `initialize` that adds to the session. Rejects with one line when a field is not understood. */
export type ExtendSession = (request: InitializeRequest, channel: HostChannel) => Promise<InitializeReply>

/**
 * Plugins and servers are taken from the first `initialize` of a start that waited for it (`--await-initialize`); later
 * ones are only told whether they name the same.
 */
export function createExtendSession(
  prepared: Prepared,
  { extensions, parts }: { readonly extensions: Extensions; readonly parts: SessionParts },
): ExtendSession {
  let launching = prepared.flags.awaitInitialize === true
  let launched: string | null = null
  return async (request, channel) => {
    const { hooks, agents, mcpServers, plugins, sdkMcpServerManifests } = request
    if (agents !== undefined) extensions.setAgents(agents)
    extensions.hooks.setHost(hooks ?? {}, channel)
    const brought = launching && plugins !== undefined ? addPlugins(prepared, parts, extensions, plugins) : {}
    if (launching && mcpServers !== undefined) launched = JSON.stringify(mcpServers)
    const servers = launching ? { ...brought, ...mcpServers } : {}
    launching = false
    const { mcpServers: _, ...rest } = request
    const parked = await applyHostServers(
      extensions,
      Object.keys(servers).length === 0 ? rest : { ...rest, mcpServers: servers },
      channel,
    )
    return {
      hook_on_failure_supported: true,
      ...(hooks !== undefined && { hooks_applied: true }),
      ...(plugins !== undefined && { plugins_applied: plugins.every((one) => isLoaded(prepared, one)) }),
      ...(mcpServers !== undefined && { mcp_servers_applied: launched === JSON.stringify(mcpServers) }),
      ...(sdkMcpServerManifests !== undefined && { sdk_mcp_manifests_parked: parked }),
    }
  }
}

/** Loads them; returns the MCP servers they bring. */
export function addPlugins(
  prepared: Prepared,
  parts: SessionParts,
  extensions: Extensions,
  given: readonly unknown[],
): Readonly<Record<string, unknown>> {
  const { plugins } = prepared
  if (plugins === undefined) return {}
  const before = plugins.list.length
  plugins.add(
    given
      .filter(isObject)
      .flatMap(({ path, skipMcpDiscovery: skip }) =>
        typeof path === "string" ? [{ path, withoutServers: skip === true }] : [],
      ),
  )
  const added = plugins.list.slice(before)
  parts.skills?.addPlaces(pluginPlaces(added))
  extensions.takePlugins()
  return Object.assign({}, ...added.map(({ servers }) => servers))
}

function isLoaded({ plugins, cwd }: Prepared, given: unknown): boolean {
  if (!isObject(given) || typeof given.path !== "string") return false
  try {
    const root = realpathSync(resolve(cwd, given.path))
    return plugins?.list.some((one) => one.root === root) === true
  } catch {
    return false
  }
}
