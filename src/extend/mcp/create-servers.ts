/**
 * All MCP servers of a session: which there are, how they are, and the tools they bring, in an order that stays the
 * same. Nothing here makes a start wait; who wants to wait asks `ready`.
 */
import type { AnyTool } from "../../model/tool.ts"
import type { HostRequest } from "../host-request.ts"
import { isObject, type Json } from "../json.ts"
import { allTools } from "./all-tools.ts"
import { createLanes } from "./lanes.ts"
import { shorten } from "./limits.ts"
import { toolName } from "./names.ts"
import { expandPrompt, listPrompts } from "./prompts.ts"
import { readResource } from "./resource-tools.ts"
import { type Manifest, readManifest } from "./sdk-transport.ts"
import { createServer, type Server } from "./server.ts"
import { readPolicies, readServer, type ServerEntry, type ServerProblem } from "./server-config.ts"
import type { FileServers, Servers, ServersOptions } from "./servers.ts"
import { statusOf } from "./status.ts"

/** Of all servers together: their words are part of every request. */
const MAX_INSTRUCTIONS_CHARS = 20_000
/** After the time to connect: servers that failed by then are named before anything goes on without them. */
const SETTLE_MS = 200
/** What servers get to end when the program does. */
const CLOSE_MS = 1_500

export function createServers(options: ServersOptions): Servers {
  const { limits } = options
  let { around } = options
  const servers = new Map<string, Server>()
  const hostProblems: ServerProblem[] = []
  let fileProblems = options.problems
  /** What the files said last; a server that a host or a person switched keeps its state until its entry changes. */
  let fromFiles = new Map(options.entries.map((entry) => [entry.name, entry]))
  const fromHost = new Set<string>()
  let closed = false
  const first = new Set<Promise<void>>()
  let channel: HostRequest | null = null
  let dynamic = new Set<string>()
  let cached: readonly AnyTool[] | null = null
  let started = false
  let startedAt = 0
  const lanes = { stdio: createLanes(limits.stdioBatch), remote: createLanes(limits.remoteBatch) }

  const changed = () => {
    cached = null
    options.onChange()
  }

  function add(entry: ServerEntry, manifest?: Manifest): Server {
    const server = createServer(entry, {
      around: () => around,
      limits,
      channel: () => channel,
      ...(manifest !== undefined && { manifest }),
      auth: options.auth?.(entry) ?? null,
      onChange: changed,
      onNotice: options.onNotice,
      elicit: options.elicit ?? (async () => ({ action: "decline" })),
      onElicited: (id) => options.onElicited?.(entry.name, id),
    })
    servers.set(entry.name, server)
    cached = null
    return server
  }

  function launch(server: Server): Promise<void> {
    const { config } = server.entry
    // A server in the host's process waits for the host.
    if (server.state !== "pending" || (config.type === "sdk" && channel === null)) return Promise.resolve()
    const lane = config.type === "stdio" ? lanes.stdio : lanes.remote
    const done = lane(() => server.start()).then(() => {
      first.delete(done)
      const { state, error, entry } = server
      if (state === "failed" || state === "needs-auth")
        options.onNotice(
          `MCP server ${entry.name} ${state === "failed" ? "failed" : "needs a sign-in"}: ${error}`,
        )
    })
    first.add(done)
    return done
  }

  for (const entry of options.entries) add(entry)

  const ordered = () =>
    [...servers.values()].sort((a, b) =>
      a.entry.name < b.entry.name ? -1 : a.entry.name > b.entry.name ? 1 : 0,
    )
  const named = (name: string): Server => {
    const server = servers.get(name)
    if (server === undefined) throw new Error(`Server not found: ${name}`)
    return server
  }

  async function setDynamic(given: Json) {
    const added: string[] = []
    const removed: string[] = []
    const errors: Record<string, string> = {}
    const wanted = new Map<string, ServerEntry>()
    for (const [name, raw] of Object.entries(given)) {
      const config = readServer(name, raw, around.env, options.onNotice)
      if ("error" in config) errors[name] = config.error
      else wanted.set(name, { name, scope: "dynamic", config })
    }
    for (const name of dynamic) {
      const next = wanted.get(name)
      const current = servers.get(name)
      if (next !== undefined && current !== undefined && Bun.deepEquals(next.config, current.entry.config)) {
        wanted.delete(name)
        continue
      }
      servers.delete(name)
      fromHost.delete(name)
      if (next === undefined) removed.push(name)
      await current?.close()
      const covered = fromFiles.get(name)
      if (next === undefined && covered !== undefined) void launch(add(covered))
    }
    dynamic = new Set(Object.keys(given).filter((name) => errors[name] === undefined))
    await Promise.all(
      [...wanted.values()].map(async (entry) => {
        await servers.get(entry.name)?.close()
        const server = add(entry)
        fromHost.add(entry.name)
        added.push(entry.name)
        await launch(server)
        if (server.state === "failed") errors[entry.name] = server.error ?? "failed"
      }),
    )
    changed()
    return { added, removed, errors }
  }

  function reload({ entries, problems, env }: FileServers) {
    const result = { added: [] as string[], removed: [] as string[], changed: [] as string[] }
    if (closed) return result
    const before = fromFiles
    fromFiles = new Map(entries.map((entry) => [entry.name, entry]))
    fileProblems = problems
    around = { ...around, env }
    for (const [name] of before) {
      if (fromHost.has(name) || fromFiles.has(name)) continue
      result.removed.push(name)
      void servers.get(name)?.close()
      servers.delete(name)
    }
    for (const [name, entry] of fromFiles) {
      const known = before.get(name)
      if (fromHost.has(name) || (known !== undefined && Bun.deepEquals(known, entry))) continue
      const old = servers.get(name)
      ;(known === undefined ? result.added : result.changed).push(name)
      const server = add(entry)
      // A port or a lock of the old one must be free before the new one starts.
      if (old === undefined) void launch(server)
      else void old.close().then(() => (servers.get(name) === server && !closed ? launch(server) : undefined))
    }
    changed()
    return result
  }

  return {
    get problems() {
      return [...fileProblems, ...hostProblems]
    },
    reload,
    signedIn() {
      for (const server of servers.values()) if (server.state === "needs-auth") void server.reconnect()
    },
    setRoots(roots) {
      if (Bun.deepEquals(roots, around.roots)) return
      around = { ...around, roots }
      for (const server of servers.values()) server.rootsChanged()
    },
    start() {
      if (started) return
      started = true
      startedAt = Date.now()
      for (const server of servers.values()) void launch(server)
    },
    tools() {
      cached ??= allTools(ordered(), limits, options.deferral ?? null)
      return cached
    },
    status: () => ordered().map(statusOf),
    entries: () => ordered().map(({ entry }) => entry),
    sourceOf(name) {
      const entry = servers.get(name)?.entry
      return entry?.config.type === "sdk" ? "sdk" : entry?.scope
    },
    instructions() {
      const parts = ordered()
        .map(({ entry, instructions, state }) => ({
          name: entry.name,
          text: state === "needs-auth" ? needsAuth(entry.name) : shorten(instructions.trim()),
        }))
        .filter(({ text }) => text !== "")
        .map(({ name, text }) => `## ${name}\n${text}`)
      return parts.join("\n\n").slice(0, MAX_INSTRUCTIONS_CHARS)
    },
    ready() {
      if (first.size === 0) return null
      const left = Math.max(0, startedAt + limits.connectMs + SETTLE_MS - Date.now())
      return Promise.race([Promise.all(first).then(() => {}), Bun.sleep(left)])
    },
    setHost(host, link) {
      channel = link
      startedAt = Date.now()
      const parked: Record<string, string> = {}
      const configs = host.sdkMcpServerConfigs ?? {}
      const manifests = host.sdkMcpServerManifests ?? {}
      for (const name of host.sdkMcpServers ?? []) {
        const known = servers.get(name)
        const raw = manifests[name]
        if (known?.entry.config.type === "sdk" && known.state === "connected") {
          if (raw !== undefined) parked[name] = "already_connected"
          continue
        }
        const manifest = raw === undefined ? undefined : readManifest(raw)
        if (manifest !== undefined) parked[name] = typeof manifest === "string" ? manifest : "parked"
        void known?.close()
        const server = add(
          { name, scope: "dynamic", config: { type: "sdk", ...commonOf(configs[name]) } },
          typeof manifest === "object" ? manifest : undefined,
        )
        fromHost.add(name)
        void launch(server)
      }
      for (const [name, raw] of Object.entries(host.mcpServers ?? {})) {
        const config = readServer(name, raw, around.env, options.onNotice)
        if ("error" in config) hostProblems.push({ name, type: "invalid", message: config.error })
        else {
          void servers.get(name)?.close()
          fromHost.add(name)
          void launch(add({ name, scope: "dynamic", config }))
        }
      }
      // Those that were configured beforehand and only now have somebody to talk to.
      for (const server of servers.values())
        if (server.entry.config.type === "sdk" && server.state === "pending") void launch(server)
      changed()
      return parked
    },
    setDynamic,
    async reconnect(name) {
      const server = named(name)
      await server.reconnect()
      if (server.state !== "connected") throw new Error(`${name}: ${server.error ?? server.state}`)
    },
    async toggle(name, enabled) {
      const server = named(name)
      if (!enabled) return await server.disable()
      const { held: _, ...entry } = server.entry
      await server.close()
      await launch(add(entry))
      changed()
    },
    prompts: () => listPrompts(ordered()),
    expandPrompt: (name, args, how) => expandPrompt(ordered(), name, args, { ...how, limits }),
    async resourceNames() {
      const offering = ordered().filter(({ hasResources }) => hasResources)
      const found = await Promise.all(
        offering.map(async (server) =>
          (await server.resources()).flatMap(({ uri }) =>
            typeof uri === "string" ? [`${server.entry.name}:${uri}`] : [],
          ),
        ),
      )
      return found.flat()
    },
    readResource: (name, uri, signal) => readResource(named(name), uri, signal),
    async call(fullName, input, signal) {
      for (const server of servers.values()) {
        const tool = server.tools.find(
          ({ name }) => typeof name === "string" && toolName(server.entry.name, name) === fullName,
        )
        if (tool === undefined) continue
        const connection = await server.connection(signal)
        const { timeoutMs = limits.callMs } = server.entry.config
        return await connection.request(
          "tools/call",
          { name: tool.name, arguments: input },
          { signal, timeoutMs },
        )
      }
      throw new Error(`MCP tool ${fullName} not found`)
    },
    async message(name, message, signal) {
      const server = named(name)
      if (server.entry.config.type !== "sdk") throw new Error(`${name} is no server of the host.`)
      const connection = await server.connection(signal)
      connection.deliver(message)
    },
    async close() {
      closed = true
      const all = Promise.all([...servers.values()].map((server) => server.close()))
      await Promise.race([all, Bun.sleep(CLOSE_MS)])
    },
  }
}

/** For the model: what it can tell the person. */
function needsAuth(name: string): string {
  return `The person must sign in to this server before its tools can be used: /mcp in the terminal, or \`ccts mcp login ${name}\`. You cannot do it for them.`
}

function commonOf(raw: unknown): {
  readonly timeoutMs?: number
  readonly policies?: NonNullable<ReturnType<typeof readPolicies>>
} {
  if (!isObject(raw)) return {}
  const policies = readPolicies(raw.tools)
  return {
    ...(typeof raw.timeout === "number" && raw.timeout > 0 && { timeoutMs: Math.max(1_000, raw.timeout) }),
    ...(policies !== null && { policies }),
  }
}
