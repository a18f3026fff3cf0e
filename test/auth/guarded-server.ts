/** An MCP server over HTTP (the SDK's own) that only lets in who has a token, and says where to get one. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"

export interface Guard {
  /** The authorisation server that is named; null: none. */
  readonly issuer: string | null
  readonly scopes?: readonly string[]
  knows(token: string): Promise<boolean>
}

export async function guardedServer(guard: Guard) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  const seen: string[] = []
  const metadata = `${base}/.well-known/oauth-protected-resource/mcp`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", base)
    if (pathname === "/.well-known/oauth-protected-resource/mcp" && guard.issuer !== null) {
      response.setHeader("content-type", "application/json")
      response.end(
        JSON.stringify({
          resource: `${base}/mcp`,
          authorization_servers: [guard.issuer],
          ...(guard.scopes !== undefined && { scopes_supported: guard.scopes }),
        }),
      )
      return
    }
    if (pathname !== "/mcp") {
      response.writeHead(404).end()
      return
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1]
    if (token === undefined || !(await guard.knows(token))) {
      const where = guard.issuer === null ? "" : ` resource_metadata="${metadata}"`
      response.writeHead(401, { "www-authenticate": `Bearer${where}` }).end()
      return
    }
    seen.push(token)
    const mcp = new McpServer({ name: "guarded", version: "1.0.0" })
    mcp.registerTool("whoami", { description: "Says who asks" }, () => ({
      content: [{ type: "text", text: "somebody who signed in" }],
    }))
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    response.on("close", () => void transport.close())
    await mcp.connect(transport as Transport)
    await transport.handleRequest(request, response)
  }
  server.on("request", (request, response) => void serve(request, response))
  return {
    base,
    url: `${base}/mcp`,
    /** Tokens of calls that were let in. */
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
