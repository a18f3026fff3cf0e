/** A server on the SDK's own that gets a prompt and a resource when its tool is called, and says so. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js"

const server = new McpServer({ name: "growing", version: "1.0.0" })
server.registerPrompt("first", {}, () => ({ messages: [] }))
server.registerResource("one", "grow://one", {}, () => ({ contents: [{ uri: "grow://one", text: "one" }] }))
server.registerTool("grow", {}, () => {
  server.registerPrompt("second", {}, () => ({ messages: [] }))
  server.registerResource("two", "grow://two", {}, () => ({ contents: [{ uri: "grow://two", text: "two" }] }))
  return { content: [{ type: "text", text: "grown" }] }
})
await server.connect(new StdioServerTransport())
