/** Control requests about MCP servers (spec/headless.md sections 2.4 and 7). */
import { isObject, type Json } from "../extend/json.ts"
import type { Controls } from "../headless/controls.ts"
import { NoPromptTool, type PromptTool } from "../headless/permission-host.ts"
import type { Extensions } from "./extensions.ts"

/** The default of the protocol for a call without a timeout of its own. */
const CALL_MS = 120_000

export function mcpControls(extensions: Extensions): Controls {
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
    async mcp_call({ tool, arguments: input = {}, check_permissions: checked }, signal) {
      if (typeof tool !== "string" || !isObject(input))
        throw new Error("mcp_call needs tool, a string, and arguments, an object.")
      if (checked !== undefined && checked !== false)
        throw new Error("The tool did not run: mcp_call with check_permissions is not supported here.")
      return await open().call(tool, input, AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]))
    },
    async mcp_message({ server_name, message }, signal) {
      if (typeof server_name !== "string" || !isObject(message))
        throw new Error("mcp_message needs server_name and message.")
      return { mcp_response: await open().message(server_name, message, signal) }
    },
  }
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
