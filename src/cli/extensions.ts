/**
 * What users add to a session: hooks, MCP servers and agents, from files, flags and the host. Built once for an
 * engine; servers are loaded only when there is one.
 */
import { join } from "node:path"
import { envOn } from "../config/env.ts"
import { BUILT_IN_AGENTS } from "../engine/agents/kinds.ts"
import type { EnginePort } from "../engine/options.ts"
import { mergeAgents, readAgents } from "../extend/agents/read-agents.ts"
import type { Hooks } from "../extend/hooks/create-hooks.ts"
import { toolName } from "../extend/mcp/names.ts"
import type { McpFile } from "../extend/mcp/read-config.ts"
import type { ServerProblem } from "../extend/mcp/server-config.ts"
import type { HostServers, Servers } from "../extend/mcp/servers.ts"
import { killAllGroupsNow } from "../lib/process.ts"
import type { AgentKind } from "../model/agent.ts"
import type { Engine } from "../model/engine.ts"
import type { OfferedTool } from "../model/tool.ts"
import { agentSpec } from "../tools/specs.ts"
import { readAgentFlag } from "./agent-flag.ts"
import { configuredServers } from "./configured-servers.ts"
import { folderGrants, withAgreed } from "./folder-grants.ts"
import { type Following, followServers } from "./live-servers.ts"
import type { Prepared } from "./prepare.ts"
import { ruleCovers } from "./rule-covers.ts"
import { hookSettings, sessionHooks } from "./session-hooks.ts"
import { pluginAgents } from "./session-plugins.ts"
import { toolSearchChoice } from "./tool-search-choice.ts"

export interface Extensions {
  readonly hooks: Hooks
  /** The built-in tools, with the agents of now, then those of servers. */
  tools(): readonly OfferedTool[]
  kinds(): readonly AgentKind[]
  /** Agents of the host's `initialize`. Throws one line when they are not understood. */
  setAgents(agents: unknown): void
  /** Plugins came: their agents and hooks count from now on. */
  takePlugins(): void
  /** The servers, or null while there is none. */
  servers(): Servers | null
  /** Makes the servers when there was no reason for them before. */
  openServers(): Promise<Servers>
  /** Takes over at once what the files say about servers; settles when that is done. */
  rereadServers(): Promise<void>
  /** Entries of the configuration that cannot be used. */
  problems(): readonly ServerProblem[]
  instructions(): string
  ready(): Promise<void> | null
  attach(port: EnginePort): void
  /** The engine, once there is one. */
  port(): EnginePort | null
  close(): Promise<void>
}

export interface ExtensionParts {
  /** For children. */
  readonly env: Readonly<Record<string, string>>
  readonly sessionId: string
  readonly builtInTools: readonly OfferedTool[]
}

export async function createExtensions(prepared: Prepared, parts: ExtensionParts): Promise<Extensions> {
  const { flags, env, cwd, headless } = prepared
  let port: EnginePort | null = null
  /** What there was to say before there was anyone to say it to. */
  const early: string[] = []
  const notice = (line: string) => {
    if (port === null) early.push(line)
    else port.notice("warning", "extension", line)
  }
  const hooks = sessionHooks(prepared, {
    env: parts.env,
    covers: ruleCovers(prepared),
    onProblem: notice,
    async callTool(server, tool, input, signal) {
      if (servers === null) throw new Error(`there is no MCP server ${server}`)
      return servers.call(toolName(server, tool), input, signal)
    },
  })

  const fromFiles = await agentsOfFiles(prepared, notice)
  let fromPlugins = pluginAgents(prepared.plugins?.list ?? [], notice)
  for (const { plugin, message } of prepared.plugins?.problems ?? []) notice(`plugin ${plugin}: ${message}`)
  const fromFlag = flags.agents === undefined ? [] : readAgentFlag(flags.agents, prepared)
  let fromHost: readonly AgentKind[] = []
  const merge = () => mergeAgents(builtInAgents(prepared), fromPlugins, fromFiles, fromFlag, fromHost)
  let kinds = merge()

  let servers: Servers | null = null
  const flagFiles = new Map<string, McpFile>()
  const configured = await configuredServers(prepared, flagFiles)
  let following: Following | null = null
  for (const line of configured.warnings) notice(line)
  for (const { message } of configured.problems) notice(message)

  async function openServers(): Promise<Servers> {
    if (servers !== null) return servers
    const [{ createServers }, { mcpLimits }, { authOf }] = await Promise.all([
      import("../extend/mcp/create-servers.ts"),
      import("../extend/mcp/limits.ts"),
      import("./server-login.ts"),
    ])
    servers ??= createServers({
      entries: configured.entries,
      problems: configured.problems,
      around: {
        env: parts.env,
        plainEnv: envOn(env, "CLAUDE_CODE_MCP_ALLOWLIST_ENV"),
        projectDir: cwd,
        configDir: prepared.paths.configDir,
        roots: [cwd, ...prepared.additionalRoots],
        sessionId: parts.sessionId,
      },
      limits: mcpLimits(env),
      auth: (entry) => authOf(entry, prepared),
      deferral: toolSearchChoice(env),
      onChange: () => port?.changed(),
      onNotice: notice,
      elicit: async (about, signal) => (await port?.elicit(about, signal)) ?? { action: "decline" },
      onElicited: (server, id) =>
        port?.notice(
          "info",
          "elicitation_complete",
          `${server}: what was to be done in the browser is done`,
          {
            mcp_server_name: server,
            elicitation_id: id,
          },
        ),
    })
    return servers
  }
  if (configured.entries.length > 0) (await openServers()).start()

  const nonBlocking = envOn(env, "MCP_CONNECTION_NONBLOCKING")
  let ownTools = withAgents(parts.builtInTools, kinds)
  let joined: {
    readonly of: readonly OfferedTool[]
    readonly own: readonly OfferedTool[]
    readonly all: readonly OfferedTool[]
  } | null = null

  return {
    hooks,
    tools() {
      const more = servers?.tools() ?? []
      if (more.length === 0) return ownTools
      if (joined?.of !== more || joined.own !== ownTools)
        joined = { of: more, own: ownTools, all: [...ownTools, ...more] }
      return joined.all
    },
    kinds: () => kinds,
    setAgents(agents) {
      const read = readAgents(agents, "host")
      if (read.problems.length > 0) throw new Error(`initialize: agents: ${read.problems.join("; ")}`)
      fromHost = read.kinds
      kinds = merge()
      ownTools = withAgents(parts.builtInTools, kinds)
      port?.changed()
    },
    takePlugins() {
      fromPlugins = pluginAgents(prepared.plugins?.list ?? [], notice)
      kinds = merge()
      ownTools = withAgents(parts.builtInTools, kinds)
      hooks.reload(hookSettings(prepared, prepared.config))
      port?.changed()
    },
    servers: () => servers,
    openServers,
    rereadServers: () => following?.reread() ?? Promise.resolve(),
    problems: () => servers?.problems ?? configured.problems,
    instructions: () => servers?.instructions() ?? "",
    // A person sees servers arrive; a script wants them all before it starts.
    ready: () => (headless && !nonBlocking ? (servers?.ready() ?? null) : null),
    port: () => port,
    attach(given) {
      port = given
      for (const line of early.splice(0)) given.notice("warning", "extension", line)
      // A single prompt is over before a file changes.
      if (!headless || flags.inputFormat === "stream-json")
        following = followServers(prepared, {
          first: configured,
          flagFiles,
          servers: () => servers,
          openServers,
          said: (level, text) => given.notice(level, "extension", text),
        })
    },
    async close() {
      following?.end()
      hooks.close()
      await servers?.close()
    },
  }
}

/** The engine with its extensions: what it closes, closes them too. */
export function withExtensions(engine: Engine, extensions: Extensions): Engine {
  return {
    send: (command) => engine.send(command),
    events: () => engine.events(),
    async close() {
      await engine.close()
      await extensions.close()
      // What ignored its TERM does not outlive the program.
      killAllGroupsNow()
    },
  }
}

/** Applies what a host's `initialize` says about servers. */
export async function applyHostServers(
  extensions: Extensions,
  host: HostServers,
  channel: Parameters<Servers["setHost"]>[1],
): Promise<Readonly<Record<string, string>>> {
  const { sdkMcpServers, mcpServers } = host
  const any = (sdkMcpServers?.length ?? 0) > 0 || mcpServers !== undefined || extensions.servers() !== null
  if (!any) return {}
  return (await extensions.openServers()).setHost(host, channel)
}

/** Without those that the environment switches off; a host may want none of ours (spec/cli.md section 5.1). */
function builtInAgents({ env, headless }: Prepared): readonly AgentKind[] {
  if (headless && envOn(env, "CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS")) return []
  const looks = !envOn(env, "CLAUDE_CODE_DISABLE_EXPLORE_PLAN_AGENTS")
  return BUILT_IN_AGENTS.filter(({ name }) => looks || (name !== "Explore" && name !== "Plan"))
}

/** The Agent tool describes the kinds there are; which of them runs is looked up when it is called. */
function withAgents(tools: readonly OfferedTool[], kinds: readonly AgentKind[]): readonly OfferedTool[] {
  if (kinds.length === BUILT_IN_AGENTS.length && kinds.every((kind) => BUILT_IN_AGENTS.includes(kind)))
    return tools
  return tools.map((tool) =>
    tool.name === "Agent" && "spec" in tool ? { ...tool, spec: agentSpec(kinds) } : tool,
  )
}

/** The project's own only when it is trusted, or nobody is there to ask. */
async function agentsOfFiles(
  prepared: Prepared,
  notice: (line: string) => void,
): Promise<readonly AgentKind[]> {
  const { flags, paths, cwd, trusted, headless } = prepared
  if (flags.bare === true || flags.safeMode === true) return []
  const uses = (source: string) => flags.settingSources?.includes(source) ?? true
  const folders = [
    ...(uses("user") ? [{ folder: join(paths.configDir, "agents"), source: "user" as const }] : []),
    ...(uses("project") && (trusted || headless)
      ? [{ folder: join(cwd, ".claude", "agents"), source: "project" as const }]
      : []),
  ]
  const { existsSync } = await import("node:fs")
  const there = folders.filter(({ folder }) => existsSync(folder))
  if (there.length === 0) return []
  const { readAgentFiles } = await import("../extend/agents/agent-files.ts")
  return there.flatMap(({ folder, source }) => {
    const { kinds, problems } = readAgentFiles(folder, source)
    for (const problem of problems) notice(problem)
    return source === "project" ? kinds.map((kind) => withAgreed(kind, folderGrants(prepared))) : kinds
  })
}
