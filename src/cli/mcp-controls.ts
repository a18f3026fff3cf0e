/** Control requests about MCP servers (spec/headless.md sections 2.4 and 7). */
import { isObject, type Json } from "../extend/json.ts"
import { plainName } from "../extend/mcp/names.ts"
import type { Controls } from "../headless/controls.ts"
import { NoPromptTool, type PromptTool } from "../headless/permission-host.ts"
import type { Engine } from "../model/engine.ts"
import type { Extensions } from "./extensions.ts"

/** The default of the protocol for a call without a timeout of its own. */
const CALL_MS = 120_000

/** A result beyond this is too much for a host, too (the protocol's limit for `result_not_for_model`). */
const MAX_RESULT_CHARS = 10_485_760
/** Bounds of `timeout_ms`. */
const MIN_CALL_MS = 1_000
const MAX_CALL_MS = 600_000
/** Servers that a host may put under a mode of their own. */
const MAX_OVERRIDES = 500

export function mcpControls(extensions: Extensions, engine: Pick<Engine, "send">): Controls {
  const overridden = new Set<string>()
  const name = ({ serverName }: Json): string => {
    if (typeof serverName !== "string") throw new Error("serverName must be a string.")
    return serverName
  }
  const open = () => {
    const servers = extensions.servers()
    if (servers === null) throw new Error("There are no MCP servers in this session.")
    return servers
  }
  return {
    mcp_status: () => ({ mcpServers: extensions.servers()?.status() ?? [] }),
    async mcp_set_servers({ servers: given }) {
      if (!isObject(given)) throw new Error("servers must be an object.")
      return await (await extensions.openServers()).setDynamic(given)
    },
    async mcp_reconnect(request) {
      await open().reconnect(name(request))
      return {}
    },
    async mcp_toggle(request) {
      if (typeof request.enabled !== "boolean") throw new Error("enabled must be true or false.")
      await open().toggle(name(request), request.enabled)
      return {}
    },
    async mcp_read_resource(request, signal) {
      const { uri } = request
      if (typeof uri !== "string" || !uri.startsWith("ui://"))
        throw new Error("mcp_read_resource: uri must use the ui:// scheme")
      return { contents: await open().readResource(name(request), uri, signal) }
    },
    async mcp_call(request, signal) {
      const { tool, arguments: input = {}, check_permissions: checked } = request
      if (typeof tool !== "string" || !isObject(input))
        throw new Error("mcp_call needs tool, a string, and arguments, an object.")
      if (checked !== undefined && checked !== false)
        throw new Error("The tool did not run: mcp_call with check_permissions is not supported here.")
      const staged = ["expires_at", "timeout_ms", "input_files", "output_files"].filter(
        (key) => request[key] !== undefined,
      )
      if (staged.some((key) => key.endsWith("_files")))
        throw new Error(`The tool did not run: mcp_call with ${staged.join(", ")} is not supported here.`)
      if (request.expires_at !== undefined && !(Date.parse(String(request.expires_at)) > Date.now()))
        throw new Error("The tool did not run: expires_at is over.")
      const servers = open()
      const owner = serverOf(extensions, tool)
      if (owner?.source === "sdk")
        throw new Error(`The tool did not run: ${owner.name} is a server of the host; call it there.`)
      const ms = clamp(request.timeout_ms)
      const result = await servers.call(tool, input, AbortSignal.any([signal, AbortSignal.timeout(ms)]))
      if (JSON.stringify(result).length > MAX_RESULT_CHARS)
        throw new Error(`The tool ran, but its result is larger than ${MAX_RESULT_CHARS} characters.`)
      return result
    },
    set_mcp_permission_mode_override(request) {
      const server = name(request)
      const { mode } = request
      // Without the classifier that `auto` asks, a person is asked.
      if (mode !== "default" && mode !== "auto" && mode !== null)
        throw new Error("mode must be default, auto or null.")
      if (mode === null) overridden.delete(server)
      else if (overridden.size >= MAX_OVERRIDES && !overridden.has(server))
        throw new Error(`More than ${MAX_OVERRIDES} servers have a mode of their own.`)
      else overridden.add(server)
      engine.send({ type: "asks-always", rule: `mcp__${plainName(server)}`, asks: mode !== null })
      const known = extensions.servers()?.status() ?? []
      if (mode === null || known.some((one) => one.name === server)) return {}
      return { warning: `There is no MCP server ${server} now; the mode holds once there is.` }
    },
    async mcp_message({ server_name, message }, signal) {
      if (typeof server_name !== "string" || !isObject(message))
        throw new Error("mcp_message needs server_name and message.")
      await open().message(server_name, message, signal)
      return {}
    },
  }
}

/** The server whose tool has that full name; where it is from is what hosts put their trust in. */
export function serverOf(extensions: Extensions, tool: string) {
  const servers = extensions.servers()?.status() ?? []
  return servers.find(({ name }) => tool.startsWith(`mcp__${plainName(name)}__`))
}

function clamp(ms: unknown): number {
  if (ms === undefined) return CALL_MS
  if (typeof ms !== "number" || Number.isNaN(ms)) throw new Error("timeout_ms must be a number.")
  return Math.min(MAX_CALL_MS, Math.max(MIN_CALL_MS, ms))
}

/** Permission questions put to an MCP tool: its text result is the answer as JSON. */
export function mcpPromptTool(extensions: Extensions): PromptTool {
  return async (tool, question, signal) => {
    const servers = extensions.servers()
    const known = (servers?.tools() ?? []).map(({ name }) => name).filter((name) => name.startsWith("mcp__"))
    if (servers === null || !known.includes(tool)) {
      const names = known.length === 0 ? "none" : known.join(", ")
      throw new NoPromptTool(
        `Error: MCP tool ${tool} (passed via --permission-prompt-tool) not found. Available MCP tools: ${names}`,
      )
    }
    const { content } = await servers.call(tool, question, signal)
    const texts = Array.isArray(content) ? content.filter(isObject).map(({ text }) => text) : []
    const text = texts.find((one) => typeof one === "string")
    if (typeof text !== "string") throw new Error(`${tool} gave no text.`)
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new Error(`${tool} gave text that is no JSON: ${text.slice(0, 200)}`)
    }
  }
}
