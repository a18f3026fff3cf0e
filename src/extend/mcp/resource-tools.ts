/** The tools with which the model looks at what servers offer to read (spec/tools.md). */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { failed, type Tool, type ToolContext } from "../../model/tool.ts"
import { isObject, type Json, messageOf } from "../json.ts"
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
        return { ...output, data: { contents: await withoutBlobs(contents, ctx) } }
      } catch (error) {
        ctx.signal.throwIfAborted()
        if (!/not found|unknown resource|-32002/i.test(messageOf(error))) return failed(messageOf(error))
        const text = `Resource not found: ${uri} — it may have been deleted, or its server names it otherwise now. List the resources again.`
        return { content: text, data: { contents: [] }, view: { kind: "text", text } }
      }
    },
  }
}

export function readResourceDirTool(servers: () => readonly Server[]): Tool<z.infer<typeof readSchema>> {
  return {
    name: "ReadMcpResourceDirTool",
    prompt: "Lists the resources of an MCP server that lie below one uri, as files lie in a folder.",
    schema: readSchema,
    access: ({ server }) => [{ kind: "mcp", server, tool: "ReadMcpResourceDirTool", readOnly: true }],
    title: ({ server, uri }) => `${server} ${uri}`,
    async *run({ server: wanted, uri }, { signal }) {
      const server = servers().find(({ entry }) => entry.name === wanted)
      if (server === undefined) return failed(unknownServer(wanted, servers()))
      const stop = AbortSignal.any([signal, AbortSignal.timeout(RESOURCE_MS)])
      const folder = uri.endsWith("/") ? uri : `${uri}/`
      const all = await (await server.connection(stop)).listResources(stop)
      const resources = all.flatMap(({ uri: one, name, mimeType }) =>
        typeof one === "string" && one.startsWith(folder)
          ? [
              {
                uri: one,
                name: typeof name === "string" ? name : one,
                ...(mimeType !== undefined && { mimeType }),
              },
            ]
          : [],
      )
      const summary = `${resources.length} resources`
      return { content: JSON.stringify(resources), data: { resources }, view: { kind: "text", summary } }
    },
  }
}

/** Bytes go to files beside the other results of the session. */
async function withoutBlobs(contents: readonly Json[], ctx: ToolContext): Promise<readonly Json[]> {
  const saved: Json[] = []
  for (const [at, { blob, ...rest }] of contents.entries()) {
    if (typeof blob !== "string") {
      saved.push(rest)
      continue
    }
    const file = join(ctx.spillDir, `${ctx.toolUseId.replace(/[^A-Za-z0-9_-]/g, "_")}-blob-${at}`)
    const kept = await mkdir(ctx.spillDir, { recursive: true, mode: 0o700 })
      .then(() => writeFile(file, Buffer.from(blob, "base64"), { mode: 0o600 }))
      .then(
        () => ({ blobSavedTo: file }),
        () => ({}),
      )
    saved.push({ ...rest, ...kept })
  }
  return saved
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
