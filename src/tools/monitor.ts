/** Monitor: lines of a background command become events (spec/tools.md Monitor). */
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import prompt from "./monitor.md" with { type: "text" }
import { firstChars, refused } from "./result.ts"
import { type ShellRun, startShell } from "./shell/run.ts"

const DEFAULT_MS = 300_000
const MAX_MS = 1_800_000
/** Lines that come within this time are told together. */
const BATCH_MS = 200
const BATCH_LINES = 20
const LINE_CHARS = 500
/** Text of a line that has not ended yet. */
const PENDING_CHARS = 4_096

const schema = z.strictObject({
  description: z.string().describe("What is watched"),
  timeout_ms: z.number().default(DEFAULT_MS).describe("Ends the monitor; at most 1800000"),
  command: z.string().optional().describe("Command whose output lines become events"),
  ws: z
    .strictObject({ url: z.string(), protocols: z.array(z.string()).optional() })
    .optional()
    .describe("Not available; use a command"),
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
  title: (input) => input.description,
  // biome-ignore lint/correctness/useYield: it goes on in the background
  async *run(input, ctx) {
    if (input.ws !== undefined)
      return refused("Monitor cannot open WebSockets. Use a command that prints what arrives.")
    if (input.command === undefined || input.command.trim() === "") return refused("Monitor needs a command.")
    if (input.command.includes("\0")) return refused("The command contains a NUL character.")
    return start(input, input.command, ctx)
  },
}

async function start(input: MonitorInput, command: string, ctx: ToolContext): Promise<ToolOutput> {
  const done = Promise.withResolvers<{
    status: "completed" | "failed" | "killed"
    summary: string
    exitCode?: number
  }>()
  const timeoutMs = Math.min(Math.max(1, input.timeout_ms), MAX_MS)
  let shell: ShellRun | undefined
  let ended: "stopped" | "expired" | null = null
  const stop = (why: "stopped" | "expired") => {
    ended ??= why
    shell?.stop()
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
    shell = await startShell(ctx, {
      command,
      spoolPath: task.outputFile,
      unsandboxed: false,
      onOutput(stream, chunk) {
        if (stream === "stdout") lines.add(chunk)
      },
    })
  } catch (error) {
    done.resolve({ status: "failed", summary: (error as Error).message })
    return failed((error as Error).message)
  }
  const running = shell
  running.spool.open()
  const life = setTimeout(() => stop("expired"), timeoutMs)
  if (ended !== null) running.stop()
  void running.exit.then((exit) => {
    clearTimeout(life)
    lines.end()
    running.dispose()
    const name = `Monitor "${input.description}"`
    if (ended === "expired")
      done.resolve({
        status: "killed",
        summary: `${name} was ended after ${timeoutMs} ms`,
        exitCode: exit.code,
      })
    else if (ended === "stopped")
      done.resolve({ status: "killed", summary: `${name} was stopped`, exitCode: exit.code })
    else
      done.resolve({
        status: exit.code === 0 ? "completed" : "failed",
        summary: `${name} ended with exit code ${exit.code}`,
        exitCode: exit.code,
      })
  })
  return {
    content: `Monitor started with ID: ${task.id}. You will be told what it prints; everything is kept in ${task.outputFile}. Go on with other work or end your turn.`,
    data: { taskId: task.id, timeoutMs },
    view: { kind: "text", summary: `Monitoring (${task.id})` },
  }
}

/** Whole lines in batches; no timer runs while nothing is printed. */
export function lineEvents(tell: (text: string) => void) {
  const decoder = new TextDecoder()
  let pending = ""
  let batch: string[] = []
  let dropped = 0
  let timer: Timer | undefined
  function push(line: string) {
    if (line.trim() === "") return
    if (batch.length < BATCH_LINES) batch.push(firstChars(line, LINE_CHARS))
    else dropped += 1
    timer ??= setTimeout(flush, BATCH_MS)
  }
  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (batch.length === 0) return
    tell(batch.join("\n") + (dropped > 0 ? `\n(${dropped} more lines)` : ""))
    batch = []
    dropped = 0
  }
  return {
    add(chunk: Uint8Array) {
      pending += decoder.decode(chunk, { stream: true })
      const parts = pending.split(/\r?\n/)
      pending = firstChars(parts.pop() ?? "", PENDING_CHARS)
      for (const part of parts) push(part)
    },
    end() {
      push(pending)
      flush()
    },
  }
}
