import type { AgentKind, AgentReport, AgentRequest } from "../../model/agent.ts"
import type { AgentRef, EventBody } from "../../model/event.ts"
import type { OfferedTool } from "../../model/tool.ts"
import type { Policy } from "../../permissions/policy.ts"
import { createRun, type RunParts } from "../create-run.ts"
import { createFileMemory } from "../file-memory.ts"
import { contextPrompts, fireHook } from "../fire-hook.ts"
import { createHistory } from "../history.ts"
import { createNestedMemory } from "../prompt/nested-memory.ts"
import { asReminder } from "../prompt/quote-memory.ts"
import { agentPrompt } from "../prompt/system-prompt.ts"
import type { Run, Steering } from "../run.ts"
import { turn } from "../turn.ts"
import { preloadSkills } from "./preload-skills.ts"

/** Characters of a report that reach the parent (TASK_MAX_OUTPUT_LENGTH in spec/cli.md). */
const MAX_REPORT_CHARS = 32_000
/** Requests of a subagent whose kind sets no limit of its own; a runaway stops here. */
const DEFAULT_MAX_TURNS = 200

/** Tools that need the person or the session itself (spec/memory-skills-agents.md section 3). */
const NEVER_FOR_AGENTS = new Set([
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
  "ScheduleWakeup",
  "CronCreate",
  "CronDelete",
  "CronList",
  "EnterWorktree",
  "ExitWorktree",
])

/**
 * Drives one subagent to its end: the same turn, over a history and a log of its own. Its events carry the
 * agent; its answer is bounded; the parent's signal is its own.
 */
export async function* runAgent(
  parent: Run,
  request: AgentRequest,
  options: { readonly signal: AbortSignal; readonly canSpawn: boolean } & Pick<RunParts, "push" | "agents">,
): AsyncGenerator<string, AgentReport> {
  const { session } = parent
  const { kind } = request
  const agent: AgentRef = {
    id: crypto.randomUUID().replaceAll("-", "").slice(0, 17),
    type: kind.name,
    toolUseId: request.toolUseId,
    description: request.description,
  }
  const abort = new AbortController()
  const onAbort = () => abort.abort()
  options.signal.addEventListener("abort", onAbort, { once: true })
  if (options.signal.aborted) abort.abort()

  const named = request.model ?? session.options.agents.model ?? kind.model
  const { models } = session.options
  // What may not be used is answered by the model that runs already, as if nothing had been named.
  const model =
    named === undefined || named === "inherit" || (models.refuse?.(named) ?? null) !== null
      ? parent.settings().model
      : models.resolve(named)
  const effort = request.effort ?? kind.effort
  const history = createHistory({
    log: session.options.store.openChildLog(parent.history.sessionId, agent.id),
    agentId: agent.id,
    version: session.options.version,
    entrypoint: session.options.entrypoint,
    place: () => ({ cwd: session.place().cwd, gitBranch: session.options.place.gitBranch() }),
  })
  const nested = createNestedMemory(kind.omitMemory === true ? {} : session.options.prompt)
  const startedAt = performance.now()
  const endHooks = agentHooks(parent, kind, agent.id)
  let toolUses = 0
  // Progress leaves through this generator; only the newest line counts while nobody takes it.
  let newest: string | undefined
  let wake: (() => void) | undefined
  const watch = (body: EventBody) => {
    if (body.type !== "tool.begin") return
    toolUses++
    newest = `${body.tool}(${body.title})`
    wake?.()
  }

  try {
    const run = createRun({
      session,
      history,
      ledger: parent.ledger,
      quarantined: new Set(),
      abort,
      contextUsed: 0,
      limits: { ...parent.limits, maxTurns: kind.maxTurns ?? DEFAULT_MAX_TURNS },
      tools: () => toolsOf(parent, request, options.canSpawn),
      agent,
      depth: parent.depth + 1,
      readOnly: kind.readOnly === true || parent.readOnly,
      ...(kind.unattended === true ? { unhooked: true as const } : {}),
      files: createFileMemory(nested.touched),
      system: await agentPrompt(session.options, model, kind),
      model,
      ...(effort === undefined ? {} : { effort }),
      policy: () => policyOf(parent, kind),
      push(body, at) {
        watch(body)
        if (kind.unattended !== true) options.push(body, at)
      },
      agents: options.agents,
      steering: () => [],
      reminders: async () => (await nested.due()).map(asReminder),
    })
    const task: Steering = { uuid: crypto.randomUUID(), content: request.prompt, origin: "person" }
    const { context, stop, stopReason } = await fireHook(
      run,
      "SubagentStart",
      { agent_id: agent.id, agent_type: agent.type },
      { matcher: agent.type },
    )
    if (stop === true) {
      const why = stopReason ?? "a SubagentStart hook said no"
      return {
        agentId: agent.id,
        text: `The subagent was not started: ${why}`,
        isError: true,
        model: model.id,
        usage: run.meter.usage,
        tokens: 0,
        toolUses,
        durationMs: performance.now() - startedAt,
      }
    }
    const skills = await preloadSkills(run, kind, parent.emit)
    let settled = false
    const outcome = turn(run, [...skills, task, ...contextPrompts("SubagentStart", context)]).finally(() => {
      settled = true
      wake?.()
    })
    outcome.catch(() => {})
    while (!settled) {
      if (newest !== undefined) {
        const line = newest
        newest = undefined
        yield line
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const { reason, message } = await outcome
    const text = run.meter.lastText.trim()
    const isError = reason !== "completed"
    const note = isError ? `The subagent ended early (${message ?? reason}).` : ""
    return {
      agentId: agent.id,
      text: bounded(
        [note, text].filter((part) => part !== "").join("\n\n") || "The subagent ended without a word.",
        session.options.agents.reportChars ?? MAX_REPORT_CHARS,
      ),
      isError,
      model: model.id,
      usage: run.meter.usage,
      tokens: run.meter.contextUsed,
      toolUses,
      durationMs: performance.now() - startedAt,
    }
  } finally {
    abort.abort()
    options.signal.removeEventListener("abort", onAbort)
    endHooks()
    history.close()
  }
}

/** Hooks of the kind's own file, for its own life. */
function agentHooks({ session }: Run, { name, hooks, source }: AgentKind, agentId: string): () => void {
  const owner = source === "policy" || source === "user" ? source : "project"
  if (hooks === undefined) return () => {}
  return session.hooks.register?.(hooks, { label: `agent ${name}`, source: owner, agentId }) ?? (() => {})
}

/** A kind chooses a mode only where the session is in its default one: nothing that the person chose is loosened. */
function policyOf(parent: Run, { permissionMode, unattended }: AgentKind): Policy {
  const policy = parent.policy()
  if (unattended === true) {
    const { sessionDir } = parent.session.options.place
    // It asks nobody, and may see the conversation that it judges.
    const transcript = `${sessionDir(parent.history.sessionId)}.jsonl`
    return { ...policy, mode: "dontAsk", ownFiles: [...policy.ownFiles, transcript] }
  }
  if (permissionMode === undefined || policy.mode !== "default") return policy
  return parent.session.offers(permissionMode) ? { ...policy, mode: permissionMode } : policy
}

function toolsOf(parent: Run, { kind }: AgentRequest, canSpawn: boolean): readonly OfferedTool[] {
  const names = (list: readonly string[]) => new Set(list.map((name) => name.replace(/\(.*$/, "")))
  const allowed = kind.tools === undefined || kind.tools.includes("*") ? null : names(kind.tools)
  const refused = names(kind.disallowedTools ?? [])
  const covers = (set: ReadonlySet<string>, tool: string) =>
    set.has(tool) ||
    [...set].some((name) => name.startsWith("mcp__") && tool.startsWith(`${name.replace(/__\*$/, "")}__`))
  return parent.session.options.tools.filter(
    (tool) =>
      !NEVER_FOR_AGENTS.has(tool.name) &&
      (tool.name !== "Agent" || canSpawn) &&
      (allowed === null ? tool.offered !== "asked" : covers(allowed, tool.name)) &&
      !covers(refused, tool.name),
  )
}

function bounded(text: string, limit: number): string {
  if (text.length <= limit) return text
  const half = Math.floor(limit / 2)
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`
}
