/** The two tools with which the model looks at what servers offer to read (spec/tools.md). */
import { z } from "zod"
import { failed, type Tool } from "../../model/tool.ts"
import { isObject, messageOf } from "../json.ts"
import type { McpLimits } from "./limits.ts"
import { readContents } from "./read-result.ts"
import type { Server } from "./server.ts"

/** Time for a server to list or read; a resource is no long work. */
const RESOURCE_MS = 60_000

const listSchema = z.object({
  server: z.string().optional().describe("Only the resources of this server"),
})
const readSchema = z.object({
  server: z.string().describe("The server that has the resource"),
  uri: z.string().describe("The resource, as ListMcpResourcesTool names it"),
})

export function listResourcesTool(servers: () => readonly Server[]): Tool<z.infer<typeof listSchema>> {
  return {
    name: "ListMcpResourcesTool",
    prompt:
      "Lists what connected MCP servers offer to read: one entry for each resource, with its server and uri.",
    schema: listSchema,
    access: () => [],
    title: ({ server }) => server ?? "",
    async *run({ server: wanted }, { signal }) {
      const asked = servers().filter(({ entry }) => wanted === undefined || entry.name === wanted)
      if (wanted !== undefined && asked.length === 0) return failed(unknownServer(wanted, servers()))
      const found = await Promise.all(
        asked
          .filter(({ hasResources }) => hasResources)
          .map(async (server) => {
            const stop = AbortSignal.any([signal, AbortSignal.timeout(RESOURCE_MS)])
            const resources = await (await server.connection(stop)).listResources(stop).catch(() => [])
            return resources.map((resource) => ({ ...resource, server: server.entry.name }))
          }),
      )
      const all = found.flat()
      const summary = `${all.length} resources`
      return { content: JSON.stringify(all), data: all, view: { kind: "text", summary } }
    },
  }
}

export function readResourceTool(
  servers: () => readonly Server[],
  limits: McpLimits,
): Tool<z.infer<typeof readSchema>> {
  return {
    name: "ReadMcpResourceTool",
    prompt: "Reads one resource of an MCP server.",
    schema: readSchema,
    access: ({ server }) => [{ kind: "mcp", server, tool: "ReadMcpResourceTool", readOnly: true }],
    title: ({ server, uri }) => `${server} ${uri}`,
    async *run({ server: wanted, uri }, ctx) {
      const server = servers().find(({ entry }) => entry.name === wanted)
      if (server === undefined) return failed(unknownServer(wanted, servers()))
      try {
        const contents = await readResource(server, uri, ctx.signal)
        const { outputTokens: maxTokens } = limits
        const output = await readContents(contents, { maxTokens, spillDir: ctx.spillDir, id: ctx.toolUseId })
        return { ...output, data: { contents: contents.map(({ blob: _, ...rest }) => rest) } }
      } catch (error) {
        ctx.signal.throwIfAborted()
        if (!/not found|unknown resource|-32002/i.test(messageOf(error))) return failed(messageOf(error))
        const text = `Resource not found: ${uri} — it may have been deleted, or its server names it otherwise now. List the resources again.`
        return { content: text, data: { contents: [] }, view: { kind: "text", text } }
      }
    },
  }
}

export async function readResource(server: Server, uri: string, signal: AbortSignal) {
  const connection = await server.connection(signal)
  const { contents } = await connection.request("resources/read", { uri }, { signal, timeoutMs: RESOURCE_MS })
  return Array.isArray(contents) ? contents.filter(isObject) : []
}

function unknownServer(name: string, servers: readonly Server[]): string {
  const names = servers.map(({ entry }) => entry.name).join(", ")
  return `Server "${name}" not found. Available servers: ${names === "" ? "none" : names}`
}
