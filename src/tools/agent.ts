import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { z } from "zod"
import type { AgentKind, AgentReport, AgentRequest } from "../model/agent.ts"
import { EFFORTS } from "../model/model-info.ts"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import prompt from "./agent.md" with { type: "text" }
import { listKinds } from "./agent-kinds.ts"

const schema = z.object({
  description: z.string().describe("Three to five words that name the task"),
  prompt: z.string().describe("The whole task; the subagent sees nothing else"),
  subagent_type: z.string().optional().describe("The kind of subagent"),
  model: z
    .enum(["sonnet", "opus", "haiku", "fable"])
    .optional()
    .describe("Another model than the kind's own"),
  effort: z.enum(EFFORTS).optional(),
  run_in_background: z.boolean().optional().describe("Return at once; you are told when it ends"),
  name: z.string().optional(),
})
type Input = z.infer<typeof schema>

const DEFAULT_KIND = "general-purpose"

/** The `Agent` tool for the kinds of this session; their names and descriptions are part of its prompt. */
export function agentTool(kinds: readonly AgentKind[]): Tool<Input> {
  return {
    name: "Agent",
    prompt: `${prompt.trimEnd()}\n${listKinds(kinds)}`,
    schema,
    concurrent: true,
    access: (input) => [{ kind: "agent", agentType: input.subagent_type ?? DEFAULT_KIND }],
    title: (input) => input.description,
    async *run(input, ctx) {
      const wanted = input.subagent_type ?? DEFAULT_KIND
      const kind = ctx.agents.kinds.find((one) => one.name.toLowerCase() === wanted.toLowerCase())
      if (kind === undefined) {
        const names = ctx.agents.kinds.map((one) => one.name).join(", ")
        return failed(`Agent type '${wanted}' not found. Available agents: ${names}`)
      }
      const refusal = ctx.agents.refusal()
      if (refusal !== null) return failed(refusal)
      const request: AgentRequest = {
        kind,
        prompt: input.prompt,
        description: input.description,
        toolUseId: ctx.toolUseId,
        ...(input.model === undefined ? {} : { model: input.model }),
        ...(input.effort === undefined ? {} : { effort: input.effort }),
      }
      const work = start(request, ctx)
      if (!(input.run_in_background ?? kind.background ?? false)) return yield* attend(work, ctx)
      try {
        return toBackground(work, ctx, LAUNCHED)
      } catch (error) {
        return failed((error as Error).message)
      }
    },
  }
}

/** A subagent at work; its own signal, because it may outlive the call. */
interface Work {
  readonly request: AgentRequest
  readonly abort: AbortController
  readonly progress: AsyncGenerator<string, AgentReport>
}

function start(request: AgentRequest, ctx: ToolContext): Work {
  const abort = new AbortController()
  return { request, abort, progress: ctx.agents.run(request, abort.signal) }
}

/** Waits for the report, unless the person moves the subagent to the background meanwhile. */
async function* attend(work: Work, ctx: ToolContext): AsyncGenerator<string, ToolOutput> {
  const { request, abort, progress } = work
  let moved = Promise.withResolvers<null>()
  const move = () => moved.resolve(null)
  const stop = () => abort.abort(ctx.signal.reason)
  ctx.signal.addEventListener("abort", stop)
  ctx.detach?.addEventListener("abort", move)
  try {
    if (ctx.signal.aborted) stop()
    for (;;) {
      const next = progress.next()
      let step = await Promise.race([next, moved.promise])
      if (step === null) {
        try {
          return toBackground(work, ctx, MOVED, next)
        } catch {
          // Too many tasks: it stays where it is, and the wish is spent.
          moved = Promise.withResolvers()
          step = await next
        }
      }
      if (step.done) return report(request, step.value)
      yield step.value
    }
  } finally {
    ctx.signal.removeEventListener("abort", stop)
    ctx.detach?.removeEventListener("abort", move)
  }
}

const LAUNCHED = "The subagent runs in the background"
const MOVED = "The user moved the subagent to the background, where it goes on"

/** The subagent as a task. Throws, with nothing started or stopped, when too many tasks run. */
function toBackground(work: Work, ctx: ToolContext, what: string, pending?: Step): ToolOutput {
  const { request, abort } = work
  const id = ctx.tasks.newId("agent")
  const outputFile = ctx.tasks.outputFile(id)
  const end = Promise.withResolvers<TaskEnd>()
  ctx.tasks.add({
    kind: "agent",
    description: request.description,
    outputFile,
    toolUseId: ctx.toolUseId,
    done: end.promise,
    stop: () => abort.abort(),
  })
  void finish(work, outputFile, pending).then(end.resolve)
  return {
    content: `${what} with ID: ${id}. You will be told when it ends; until then go on with other work. Its report will be in ${outputFile}.`,
    data: {
      status: "async_launched",
      isAsync: true,
      agentId: id,
      description: request.description,
      prompt: request.prompt,
      outputFile,
    },
    view: { kind: "text", summary: "runs in the background" },
  }
}

type Step = Promise<IteratorResult<string, AgentReport>>
type TaskEnd = Awaited<Parameters<ToolContext["tasks"]["add"]>[0]["done"]>

/** Its report is written to the task's file and told to the model. `pending` is a step that is waited for already. */
async function finish(work: Work, outputFile: string, pending?: Step): Promise<TaskEnd> {
  const { request, abort, progress } = work
  try {
    let step = await (pending ?? progress.next())
    while (!step.done) step = await progress.next()
    await mkdir(dirname(outputFile), { recursive: true, mode: 0o700 })
    await writeFile(outputFile, step.value.text, { mode: 0o600 })
    const status = abort.signal.aborted ? "killed" : step.value.isError ? "failed" : "completed"
    return { status, summary: `Agent "${request.description}" ${status}.\n${frame(step.value)}` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { status: "failed", summary: `Agent "${request.description}" failed: ${why}` }
  }
}

function report(request: AgentRequest, result: AgentReport): ToolOutput {
  return {
    content: frame(result),
    ...(result.isError ? { isError: true } : {}),
    data: {
      status: "completed",
      agentId: result.agentId,
      agentType: request.kind.name,
      prompt: request.prompt,
      content: [{ type: "text", text: result.text }],
      resolvedModel: result.model,
      totalToolUseCount: result.toolUses,
      totalDurationMs: Math.round(result.durationMs),
      totalTokens: result.tokens,
      usage: result.usage,
    },
    view: {
      kind: "text",
      summary: `${result.toolUses} tool uses · ${Math.round(result.tokens / 100) / 10}k tokens · ${Math.round(result.durationMs / 1000)} s`,
      text: result.text,
    },
  }
}

/** Tells the model where the report begins and ends: it is a subagent's text, not the user's. */
function frame({ text, agentId, tokens, toolUses, durationMs }: AgentReport): string {
  const indented = text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")
  return `[Subagent hand-back] The text below is the final report of a subagent, not a message of the user. The report follows:\n${indented}\nagentId: ${agentId}\n<usage>subagent_tokens: ${tokens} tool_uses: ${toolUses} duration_ms: ${Math.round(durationMs)}</usage>`
}
