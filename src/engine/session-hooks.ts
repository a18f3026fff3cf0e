/** Hooks of a session's course: its start, its end, and the ends of its turns. */
import { setTimeout as wait } from "node:timers/promises"
import type { ApiFailure } from "../model/api.ts"
import type { TurnEnd } from "../model/event.ts"
import type { TaskInfo } from "../model/tool.ts"
import { cacheFacts } from "./cache-facts.ts"
import { contextPrompts, fireHook, hears } from "./fire-hook.ts"
import { notify } from "./notify.ts"
import type { Run, Steering } from "./run.ts"

export interface Opening {
  /** Before the first prompt. */
  readonly context: readonly Steering[]
  /** A hook's own first prompt. */
  readonly prompt?: Steering
}

/** Setup and SessionStart. `run` is only used for its surroundings; nothing is sent to the model. */
export async function openSession(
  run: Run,
  how: "startup" | "resume" | "clear",
  setup?: "init" | "maintenance",
): Promise<Opening> {
  const before =
    setup === undefined ? {} : await fireHook(run, "Setup", { trigger: setup }, { matcher: setup })
  const { session, history } = run
  const { resume, forked } = session.options
  const source = how === "resume" && forked === true && resume?.id === history.sessionId ? "fork" : how
  const { title } = session.state({ used: 0, window: 0 })
  const outcome = await fireHook(
    run,
    "SessionStart",
    {
      source,
      model: run.settings().model.id,
      ...(title === undefined ? {} : { session_title: title }),
      ...(how === "resume" ? whatWasResumed(run) : {}),
    },
    { matcher: source },
  )
  if (outcome.sessionTitle !== undefined && source !== "clear") nameSession(run, outcome.sessionTitle)
  if (outcome.stop === true && outcome.stopReason !== undefined)
    run.emit({ type: "notice", level: "warning", code: "hook_message", text: outcome.stopReason })
  if (outcome.reloadSkills === true) session.options.commands?.reload?.()
  session.watch(outcome.watchPaths)
  const { initialUserMessage: content } = outcome
  return {
    context: [...contextPrompts("Setup", before.context), ...contextPrompts("SessionStart", outcome.context)],
    ...(content === undefined || source !== "startup"
      ? {}
      : { prompt: { uuid: crypto.randomUUID(), content, origin: "person" as const } }),
  }
}

function whatWasResumed(run: Run): Readonly<Record<string, unknown>> {
  const { secondsSince, contextTokens, ttl, writeUsd } = cacheFacts(run, run.session.model())
  if (secondsSince === null) return {}
  return {
    seconds_since_last_response: secondsSince,
    context_tokens: contextTokens,
    prompt_cache_likely_expired: secondsSince >= (ttl === "1h" ? 3_600 : 300),
    estimated_cache_write_usd: writeUsd,
  }
}

/** A title for the session list, as `/rename` would give it. */
export function nameSession({ history }: Run, title: string): void {
  const customTitle = title.replace(/\s+/g, " ").trim().slice(0, 200)
  if (customTitle !== "") history.addSide({ type: "custom-title", customTitle, sessionId: history.sessionId })
}

/** SessionEnd: its hooks have their own short deadline (spec/hooks.md, handler fields). */
export async function endSession(run: Run, why: "clear" | "resume" | "other"): Promise<void> {
  const { signal } = new AbortController()
  const reason = why === "other" ? run.session.leaving() : why
  await fireHook(run, "SessionEnd", { reason }, { matcher: reason, signal })
}

/** Blocks in a row after which a Stop hook is ignored (CLAUDE_CODE_STOP_HOOK_BLOCK_CAP in spec/cli.md). */
function maxStopBlocks({ CLAUDE_CODE_STOP_HOOK_BLOCK_CAP: given }: Readonly<Record<string, string>>): number {
  const most = Number(given)
  return given !== undefined && given !== "" && Number.isInteger(most) && most >= 0 ? most : 8
}

const TASK_TYPES = { shell: "shell", agent: "subagent", monitor: "monitor", mcp: "mcp_tool" } as const
/** Of a description or a prompt (`BackgroundTaskSummary` of the SDK). */
const SUMMARY_CHARS = 1_000

function summaryOf({ id, kind, status, description }: TaskInfo): readonly object[] {
  if (status !== "running") return []
  return [{ id, type: TASK_TYPES[kind], status, description: clipped(description) }]
}

function clipped(text: string): string {
  const more = text.length - SUMMARY_CHARS
  return more <= 0 ? text : `${text.slice(0, SUMMARY_CHARS)}… [+${more} chars]`
}

export async function fireStop(run: Run): Promise<readonly Steering[] | { readonly stopped: string }> {
  const { agent, session, meter } = run
  const event = agent === undefined ? "Stop" : "SubagentStop"
  if (!hears(run, event)) return []
  const outcome = await fireHook(
    run,
    event,
    {
      stop_hook_active: meter.stopHooks > 0,
      last_assistant_message: meter.lastText,
      background_tasks: session.tasks.list().flatMap(summaryOf),
      session_crons: session.crons().map(({ id, cron, recurring, prompt }) => ({
        id,
        schedule: cron,
        recurring,
        prompt: clipped(prompt),
      })),
      ...(agent === undefined
        ? {}
        : { agent_id: agent.id, agent_type: agent.type, agent_transcript_path: run.history.file ?? "" }),
    },
    agent === undefined ? {} : { matcher: agent.type },
  )
  if (outcome.stop === true) return { stopped: outcome.stopReason ?? `a ${event} hook ended the turn` }
  if (outcome.block !== true && outcome.context === undefined) return []
  const most = maxStopBlocks(session.options.place.env)
  if (++meter.stopHooks > most) {
    const text = `${event} hooks asked to go on ${most} times in a row; the turn ends here`
    run.emit({ type: "notice", level: "warning", code: "hook_error", text })
    return []
  }
  const more = contextPrompts(event, outcome.context)
  if (outcome.block !== true) return more
  const content = `${event} hook feedback:\n${outcome.reason ?? "go on"}`
  return [{ uuid: crypto.randomUUID(), content, origin: "reminder" }, ...more]
}

/** StopFailure is told, not asked: the turn does not wait for its hooks. */
export function tellFailure(
  run: Run,
  { reason, failure, message }: Pick<TurnEnd, "reason" | "failure" | "message">,
): void {
  if (reason !== "api_error" || !hears(run, "StopFailure")) return
  const error = errorName(failure)
  const { signal } = new AbortController()
  const input = { error, error_details: message ?? "", last_assistant_message: run.meter.lastText }
  run.session.settle("told", fireHook(run, "StopFailure", input, { matcher: error, signal }))
}

const SAME: ReadonlySet<string> = new Set([
  "authentication_failed",
  "billing_error",
  "rate_limit",
  "overloaded",
  "invalid_request",
  "model_not_found",
  "server_error",
])

function errorName(failure: ApiFailure | undefined): string {
  if (failure === undefined) return "unknown"
  if (SAME.has(failure.category)) return failure.category
  return failure.category === "prompt_too_long" || failure.category === "request_too_large"
    ? "invalid_request"
    : "unknown"
}

/** How long a finished turn lies before the person is reminded of it (spec/hooks.md, output). */
const IDLE_MS = 60_000

/** Tells Notification hooks that nobody has written for a while. `signal` calls it off. */
export async function tellIdle(run: Run, signal: AbortSignal): Promise<void> {
  if (!hears(run, "Notification")) return
  const waited = await wait(IDLE_MS, true, { signal, ref: false }).catch(() => false)
  if (waited) await notify(run, "idle_prompt", "ccts waits for your next prompt", signal)
}
