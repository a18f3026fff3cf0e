import { z } from "zod"
import type { Access } from "../../model/permission.ts"
import type { Tool } from "../../model/tool.ts"
import { isObject, type Json } from "../json.ts"
import { callTool } from "./call-tool.ts"
import { flattenSchema } from "./flatten-schema.ts"
import { type McpLimits, shorten } from "./limits.ts"
import { toolName } from "./names.ts"
import type { Server } from "./server.ts"

type Input = Record<string, unknown>

const schema = z.record(z.string(), z.unknown())
/** A schema larger than this would fill the window with one tool. */
const MAX_SCHEMA_CHARS = 100_000

/** A tool of a server as the engine knows tools; null when the server's description of it cannot be used. */
export function serverTool(server: Server, raw: Json, limits: McpLimits): Tool<Input> | null {
  const { name } = raw
  if (typeof name !== "string" || name === "") return null
  const policy = server.entry.config.policies?.[name]
  if (policy === "always_deny") return null
  const flat = flattenSchema(raw.inputSchema)
  if (JSON.stringify(flat.schema).length > MAX_SCHEMA_CHARS) return null
  const annotations = isObject(raw.annotations) ? raw.annotations : {}
  const meta = isObject(raw._meta) ? raw._meta : {}
  const readOnly = annotations.readOnlyHint === true
  const lifted = meta["anthropic/maxResultSizeChars"]
  const personal = policy === "always_ask" || meta["anthropic/requiresUserInteraction"] === true
  const server_ = server.entry.name
  const access: readonly Access[] = [
    { kind: "mcp", server: server_, tool: name, readOnly },
    ...(personal ? [{ kind: "person" } as const] : []),
  ]
  const about = typeof raw.description === "string" ? raw.description : ""
  return {
    name: toolName(server_, name),
    prompt: [shorten(about), flat.note].filter((part) => part !== "").join("\n\n"),
    schema,
    inputSchema: flat.schema,
    access: () => access,
    title: (input) => titleOf(input),
    run: (input, ctx) =>
      callTool(
        { server, tool: name, input, limits, liftedChars: typeof lifted === "number" ? lifted : 0 },
        ctx,
      ),
  }
}

/** The first short text of the input says most about a call. */
function titleOf(input: Input): string {
  const first = Object.values(input).find((value) => typeof value === "string" && value !== "")
  const line = typeof first === "string" ? first.replace(/\s+/g, " ").trim() : ""
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}
