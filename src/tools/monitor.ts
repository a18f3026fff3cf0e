/** Monitor: lines of a background command, or messages of a WebSocket, become events (spec/tools.md Monitor). */
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { lineEvents } from "./monitor/line-events.ts"
import { listenToSocket, wrongSocketUrl } from "./monitor/socket.ts"
import { listenToCommand, type Source } from "./monitor/source.ts"
import prompt from "./monitor.md" with { type: "text" }
import { refused } from "./result.ts"

/** spec/tools.md Monitor. */
const DEFAULT_MS = 300_000
/** spec/tools.md Monitor. */
const MAX_MS = 1_800_000

const schema = z.strictObject({
  description: z.string().describe("What is watched"),
  timeout_ms: z.number().default(DEFAULT_MS).describe(`Ends the monitor; at most ${MAX_MS}`),
  command: z.string().optional().describe("Command whose output lines become events"),
  ws: z
    .strictObject({ url: z.string(), protocols: z.array(z.string()).optional() })
    .optional()
    .describe("WebSocket whose messages become events, instead of a command"),
})
type MonitorInput = z.infer<typeof schema>

export const monitor: Tool<MonitorInput> = {
  name: "Monitor",
  prompt,
  schema,
  offered: "always",
  access: (input, place) => [
    ...(input.command === undefined
      ? []
      : [{ kind: "exec" as const, command: input.command, cwd: place.cwd }]),
    ...(input.ws === undefined ? [] : [{ kind: "net" as const, url: input.ws.url }]),
  ],
  // Where it connects to is what a person decides about.
  title: ({ description, ws }) => (ws === undefined ? description : `${ws.url} (${description})`),
  // biome-ignore lint/correctness/useYield: it goes on in the background
  async *run(input, ctx) {
    const refusal = refuse(input)
    return refusal === null ? start(input, ctx) : refused(refusal)
  },
}

function refuse({ command, ws }: MonitorInput): string | null {
  if (ws !== undefined)
    return command === undefined ? wrongSocketUrl(ws.url) : "Give either command or ws, not both."
  if (command === undefined || command.trim() === "") return "Monitor needs a command."
  return command.includes("\0") ? "The command contains a NUL character." : null
}

async function start(input: MonitorInput, ctx: ToolContext): Promise<ToolOutput> {
  const done = Promise.withResolvers<{
    status: "completed" | "failed" | "killed"
    summary: string
    exitCode?: number
  }>()
  const timeoutMs = Math.min(Math.max(1, input.timeout_ms), MAX_MS)
  const name = `Monitor "${input.description}"`
  let source: Source | undefined
  let ended: "stopped" | "expired" | null = null
  const stop = (why: "stopped" | "expired") => {
    ended ??= why
    source?.stop()
  }
  let task: ReturnType<typeof ctx.tasks.add>
  try {
    task = ctx.tasks.add({
      kind: "monitor",
      description: input.description,
      outputFile: ctx.tasks.outputFile(ctx.tasks.newId("monitor")),
      toolUseId: ctx.toolUseId,
      done: done.promise,
      stop: () => stop("stopped"),
    })
  } catch (error) {
    return failed((error as Error).message)
  }
  const lines = lineEvents((text) => ctx.tasks.event?.(task.id, text))
  try {
    const request = { outputFile: task.outputFile, onData: lines.add }
    source =
      input.ws === undefined
        ? await listenToCommand(ctx, input.command ?? "", request)
        : await listenToSocket(input.ws, request, ctx.signal)
  } catch (error) {
    done.resolve({ status: "failed", summary: (error as Error).message })
    return failed((error as Error).message)
  }
  const running = source
  const life = setTimeout(() => stop("expired"), timeoutMs)
  if (ended !== null) running.stop()
  void running.ended.then(({ ok, how, exitCode }) => {
    clearTimeout(life)
    lines.end()
    running.dispose()
    const code = exitCode === undefined ? {} : { exitCode }
    if (ended === "expired")
      done.resolve({ status: "killed", summary: `${name} was ended after ${timeoutMs} ms`, ...code })
    else if (ended === "stopped") done.resolve({ status: "killed", summary: `${name} was stopped`, ...code })
    else done.resolve({ status: ok ? "completed" : "failed", summary: `${name} ${how}`, ...code })
  })
  return {
    content: `Monitor started with ID: ${task.id}. You will be told what it prints; everything is kept in ${task.outputFile}. Go on with other work or end your turn.`,
    data: { taskId: task.id, timeoutMs },
    view: { kind: "text", summary: `Monitoring (${task.id})` },
  }
}
