/**
 * One call of a server's tool: its progress, its deadlines, and its way into the background when it takes long. An
 * interrupt of the turn ends it at the server, too, until it is in the background.
 */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { textOf } from "../../model/block.ts"
import { failed, type ToolContext, type ToolOutput } from "../../model/tool.ts"
import { isObject, type Json, messageOf } from "../json.ts"
import { wasNotHeard } from "./connection.ts"
import { satisfied } from "./elicitation.ts"
import type { McpLimits } from "./limits.ts"
import { readResult } from "./read-result.ts"
import type { Server } from "./server.ts"

/** Of what a server says went wrong. */
const MAX_ERROR_CHARS = 10_000

const CHARS_PER_TOKEN = 4
/** A result beyond this is told to the person (spec/mcp.md section 3). */
const WARN_TOKENS = 10_000

export interface ToolCall {
  readonly server: Server
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
  readonly limits: McpLimits
  /** What its description lifts the limit of the result to. */
  readonly liftedChars: number
}

export async function* callTool(call: ToolCall, ctx: ToolContext): AsyncGenerator<string, ToolOutput> {
  const { limits } = call
  const abort = new AbortController()
  const onAbort = () => abort.abort(ctx.signal.reason)
  ctx.signal.addEventListener("abort", onAbort, { once: true })
  if (ctx.signal.aborted) onAbort()
  let newest: string | undefined
  let state: "running" | "ended" | "leaves" = "running"
  let wake: (() => void) | undefined
  const become = (next: "ended" | "leaves") => {
    if (state === "running") state = next
    wake?.()
  }
  const working = request(call, abort, (line) => {
    newest = line
    wake?.()
  })
  void working.then(
    () => become("ended"),
    () => become("ended"),
  )
  const leave = () => become("leaves")
  const timer = limits.backgroundMs === undefined ? undefined : setTimeout(leave, limits.backgroundMs)
  ctx.detach?.addEventListener("abort", leave, { once: true })
  try {
    while (state === "running") {
      await new Promise<void>((resolve) => {
        wake = resolve
        if (state !== "running" || newest !== undefined) resolve()
      })
      if (newest === undefined) continue
      const line = newest
      newest = undefined
      yield line
    }
    const moved = state === "leaves" ? moveToBackground(call, ctx, { working, abort }) : null
    if (moved !== null) return moved
    return await outputOf(call, ctx, await working)
  } catch (error) {
    ctx.signal.throwIfAborted()
    return failed(messageOf(error).slice(0, MAX_ERROR_CHARS))
  } finally {
    clearTimeout(timer)
    ctx.detach?.removeEventListener("abort", leave)
    ctx.signal.removeEventListener("abort", onAbort)
  }
}

async function request(
  { server, tool, input, limits }: ToolCall,
  abort: AbortController,
  onProgress: (line: string) => void,
): Promise<Json> {
  const { signal } = abort
  let connection = await server.connection(signal)
  const { idleMs } = limits
  let idle: ReturnType<typeof setTimeout> | undefined
  const alive = () => {
    clearTimeout(idle)
    if (idleMs === undefined) return
    idle = setTimeout(
      () => abort.abort(new Error(`The server gave no sign of life for ${Math.round(idleMs / 100) / 10} s.`)),
      idleMs,
    )
  }
  const send = () =>
    connection.request(
      "tools/call",
      { name: tool, arguments: input },
      {
        signal,
        timeoutMs: server.entry.config.timeoutMs ?? limits.callMs,
        onProgress({ progress, total, message }) {
          alive()
          const parts = [message, total === undefined ? `${progress}` : `${progress}/${total}`]
          onProgress(parts.filter((part) => part !== undefined && part !== "").join(" · "))
        },
      },
    )
  alive()
  try {
    return await send()
  } catch (error) {
    signal.throwIfAborted()
    if (wasNotHeard(error)) {
      clearTimeout(idle)
      connection = await server.connection(signal)
      alive()
      return await send()
    }
    // Something must be done in a browser first; the same call may then go through.
    clearTimeout(idle)
    if (!(await satisfied(server, error, signal))) throw error
    alive()
    return await send()
  } finally {
    clearTimeout(idle)
  }
}

function outputOf(
  { server, tool, limits, liftedChars }: ToolCall,
  ctx: ToolContext,
  result: Json,
): Promise<ToolOutput> {
  const { spillDir, toolUseId: id } = ctx
  const tokens = Math.round(textLength(result) / CHARS_PER_TOKEN)
  if (tokens > WARN_TOKENS) server.notice(`the result of ${tool} is large (about ${tokens} tokens)`)
  return readResult(result, { maxTokens: limits.outputTokens, liftedChars, spillDir, id })
}

function textLength({ content }: Json): number {
  if (!Array.isArray(content)) return 0
  return content.reduce(
    (sum: number, block: unknown) =>
      sum + (isObject(block) && typeof block.text === "string" ? block.text.length : 0),
    0,
  )
}

/** Null when there is no room for one more task: the call is then waited for. */
function moveToBackground(
  call: ToolCall,
  ctx: ToolContext,
  { working, abort }: { readonly working: Promise<Json>; readonly abort: AbortController },
): ToolOutput | null {
  const { server, tool } = call
  const name = `${server.entry.name} ${tool}`
  const outputFile = ctx.tasks.outputFile(ctx.tasks.newId("mcp"))
  let added = false
  let stopped = false
  const done = working
    .then((result) => outputOf(call, ctx, result))
    .catch((error: unknown) => failed(messageOf(error).slice(0, MAX_ERROR_CHARS)))
    .then(async ({ content, isError }) => {
      await mkdir(dirname(outputFile), { recursive: true, mode: 0o700 })
      await writeFile(outputFile, typeof content === "string" ? content : textOf(content), { mode: 0o600 })
      const status = stopped
        ? ("killed" as const)
        : isError === true
          ? ("failed" as const)
          : ("completed" as const)
      return { status, summary: `${name} ${status === "completed" ? "has its result" : status}` }
    })
    .catch((error: unknown) => ({ status: "failed" as const, summary: `${name}: ${messageOf(error)}` }))
  try {
    const task = ctx.tasks.add({
      kind: "mcp",
      description: name,
      outputFile,
      toolUseId: ctx.toolUseId,
      done,
      stop() {
        // Also called when there is no room; the call then goes on where it is.
        if (!added) return
        stopped = true
        abort.abort(new Error("The call was stopped."))
      },
    })
    added = true
    const text = `This call takes long and goes on in the background as task ${task.id}. You are told when it ends; its result will then be in ${task.outputFile}.`
    return { content: text, data: text, view: { kind: "text", summary: `in the background (${task.id})` } }
  } catch {
    return null
  }
}
