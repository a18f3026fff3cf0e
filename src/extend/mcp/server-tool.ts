import { z } from "zod"
import type { Access } from "../../model/permission.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../../model/tool.ts"
import { isObject, type Json, messageOf } from "../json.ts"
import { satisfied } from "./elicitation.ts"
import { flattenSchema } from "./flatten-schema.ts"
import { type McpLimits, shorten } from "./limits.ts"
import { toolName } from "./names.ts"
import { readResult } from "./read-result.ts"
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
    run: (input, ctx) => call(server, name, input, ctx, limits, typeof lifted === "number" ? lifted : 0),
  }
}

/** The first short text of the input says most about a call. */
function titleOf(input: Input): string {
  const first = Object.values(input).find((value) => typeof value === "string" && value !== "")
  const line = typeof first === "string" ? first.replace(/\s+/g, " ").trim() : ""
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}

async function* call(
  server: Server,
  tool: string,
  input: Input,
  ctx: ToolContext,
  limits: McpLimits,
  liftedChars: number,
): AsyncGenerator<string, ToolOutput> {
  let newest: string | undefined
  let wake: (() => void) | undefined
  let settled = false
  const working = (async () => {
    const connection = await server.connection(ctx.signal)
    const send = () =>
      connection.request(
        "tools/call",
        { name: tool, arguments: input },
        {
          signal: ctx.signal,
          timeoutMs: server.entry.config.timeoutMs ?? limits.callMs,
          onProgress({ progress, total, message }) {
            newest = [message, total === undefined ? `${progress}` : `${progress}/${total}`]
              .filter((part) => part !== undefined && part !== "")
              .join(" · ")
            wake?.()
          },
        },
      )
    try {
      return await send()
    } catch (error) {
      // Something must be done in a browser first; the same call may then go through.
      if (!(await satisfied(server, error, ctx.signal))) throw error
      return await send()
    }
  })()
  const over = working.then(
    () => {},
    () => {},
  )
  void over.then(() => {
    settled = true
    wake?.()
  })
  while (!settled) {
    await new Promise<void>((resolve) => {
      wake = resolve
      if (settled || newest !== undefined) resolve()
    })
    if (newest === undefined) continue
    const line = newest
    newest = undefined
    yield line
  }
  try {
    return await readResult(await working, {
      maxTokens: limits.outputTokens,
      liftedChars,
      spillDir: ctx.spillDir,
      id: ctx.toolUseId,
    })
  } catch (error) {
    ctx.signal.throwIfAborted()
    return failed(messageOf(error).slice(0, 10_000))
  }
}
