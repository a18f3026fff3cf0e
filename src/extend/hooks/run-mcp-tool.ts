/** Hooks that call a tool of a connected MCP server; its text is read as a command's output is. */
import { isObject, type Json } from "../json.ts"
import type { McpToolHandler, Ran } from "./handler.ts"
import { MAX_OUTPUT_BYTES } from "./run-command.ts"
import { failedRun, type Limits, underDeadline } from "./under-deadline.ts"

/** The raw result of a call. Rejects with one line when there is no such server or tool, or it cannot be reached. */
export type CallTool = (server: string, tool: string, input: Json, signal: AbortSignal) => Promise<Json>

export interface McpToolRun extends Limits {
  readonly handler: McpToolHandler
  readonly input: Json
  readonly callTool: CallTool | undefined
}

export async function runMcpTool(run: McpToolRun): Promise<Ran> {
  const { server, tool, input } = run.handler
  const { callTool } = run
  if (callTool === undefined) return failedRun("there are no MCP servers here")
  return underDeadline(run, async (signal) => {
    const result = await callTool(server, tool, fillIn(input, run.input) as Json, signal)
    const text = textsOf(result.content)
    if (text === null) return failedRun(`${server}/${tool} gave more than ${MAX_OUTPUT_BYTES} bytes`)
    if (result.isError !== true) return { stdout: text, stderr: "", exitCode: 0 }
    return failedRun(`${server}/${tool}: ${text.trim().split("\n", 1)[0] || "failed"}`)
  })
}

/** `${tool_input.file_path}` in texts becomes what the event has there; what it has not becomes empty. */
export function fillIn(value: unknown, event: Json): unknown {
  if (typeof value === "string")
    return value.replace(/\$\{([A-Za-z_][\w.]*)\}/g, (_, path: string) => {
      const found = path
        .split(".")
        .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), event)
      if (found === undefined || found === null) return ""
      return typeof found === "string" ? found : JSON.stringify(found)
    })
  if (Array.isArray(value)) return value.map((one) => fillIn(one, event))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillIn(one, event)]))
}

/** All text of a result; null when it is too much. */
function textsOf(content: unknown): string | null {
  if (!Array.isArray(content)) return ""
  const texts = content.flatMap((block: unknown) =>
    isObject(block) && block.type === "text" && typeof block.text === "string" ? [block.text] : [],
  )
  const size = texts.reduce((sum, text) => sum + text.length, 0)
  return size > MAX_OUTPUT_BYTES ? null : texts.join("\n")
}
