/** `ccts mcp serve`: the built-in tools as an MCP server on stdin and stdout, until the client goes away. */
import { Server } from "@modelcontextprotocol/sdk/server/index.js"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js"
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js"
import { endAllGroups, killAllGroupsNow } from "../../lib/process.ts"
import { version } from "../../lib/version.ts"
import type { ToolOutput } from "../../model/tool.ts"
import { sandboxFor } from "../choose-sandbox.ts"
import type { Prepared } from "../prepare.ts"
import { createToolBox } from "./tool-box.ts"

/** Exit code after SIGTERM (spec/cli.md section 4). */
const TERMINATED = 143

/** Settles with the exit code. `log` gets one line for every call. */
export async function serveMcp(prepared: Prepared, log?: (line: string) => void): Promise<number> {
  const sandbox = await sandboxFor(prepared)
  const box = createToolBox(prepared, sandbox)
  const server = new Server({ name: "ccts", version }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: box.specs.map(({ name, description, input_schema }) => ({
      name,
      description,
      inputSchema: { ...input_schema, type: "object" as const },
    })),
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const startedAt = performance.now()
    const output = await box.call(params.name, params.arguments ?? {}, signal)
    log?.(
      `${params.name}: ${output.isError === true ? "error" : "ok"} after ${Math.round(performance.now() - startedAt)} ms`,
    )
    return resultOf(output)
  })
  server.onerror = (error) => log?.(`error: ${error.message}`)

  const over = Promise.withResolvers<number>()
  process.on("exit", killAllGroupsNow)
  process.once("SIGTERM", () => over.resolve(TERMINATED))
  process.once("SIGINT", () => over.resolve(0))
  // The transport does not mind when its input ends.
  process.stdin.once("end", () => over.resolve(0))
  process.stdin.once("close", () => over.resolve(0))
  process.stdout.once("error", () => over.resolve(0))
  server.onclose = () => over.resolve(0)
  await server.connect(new StdioServerTransport())
  const code = await over.promise
  box.close()
  await Promise.all([endAllGroups(), sandbox.close()])
  return code
}

function resultOf({ content, isError }: ToolOutput): CallToolResult {
  const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content
  return {
    content: blocks.map((block) => {
      const { source } = block as { source?: { type?: string; data?: string; media_type?: string } }
      if (block.type === "image" && source?.type === "base64")
        return { type: "image", data: source.data ?? "", mimeType: source.media_type ?? "image/png" }
      const { text } = block as { text?: unknown }
      return { type: "text", text: typeof text === "string" ? text : JSON.stringify(block) }
    }),
    ...(isError === true && { isError: true }),
  }
}
