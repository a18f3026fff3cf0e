/** Hooks of a session's course: its start, its end, and the ends of its turns. */
import { setTimeout as wait } from "node:timers/promises"
import type { ApiFailure } from "../model/api.ts"
import type { TurnEnd } from "../model/event.ts"
import { contextPrompts, fireHook } from "./fire-hook.ts"
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
  source: "startup" | "resume" | "clear",
  setup?: "init" | "maintenance",
): Promise<Opening> {
  const before =
    setup === undefined ? {} : await fireHook(run, "Setup", { trigger: setup }, { matcher: setup })
  const outcome = await fireHook(
    run,
    "SessionStart",
    { source, model: run.settings().model.id },
    { matcher: source },
  )
  if (outcome.sessionTitle !== undefined && source !== "clear") nameSession(run, outcome.sessionTitle)
  const { initialUserMessage: content } = outcome
  return {
    context: [...contextPrompts("Setup", before.context), ...contextPrompts("SessionStart", outcome.context)],
    ...(content === undefined || source !== "startup"
      ? {}
      : { prompt: { uuid: crypto.randomUUID(), content, origin: "person" as const } }),
  }
}

/** A title for the session list, as `/rename` would give it. */
export function nameSession({ history }: Run, title: string): void {
  const customTitle = title.replace(/\s+/g, " ").trim().slice(0, 200)
  if (customTitle !== "") history.addSide({ type: "custom-title", customTitle, sessionId: history.sessionId })
}

/** SessionEnd: its hooks have their own short deadline (spec/hooks.md, handler fields). */
export async function endSession(run: Run, reason: "clear" | "resume" | "other"): Promise<void> {
  const { signal } = new AbortController()
  await fireHook(run, "SessionEnd", { reason }, { matcher: reason, signal })
}

/** Blocks in a row after which a Stop hook is ignored (CLAUDE_CODE_STOP_HOOK_BLOCK_CAP in spec/cli.md). */
const MAX_STOP_BLOCKS = 8

export async function fireStop(run: Run): Promise<readonly Steering[] | { readonly stopped: string }> {
  const { agent, session, meter } = run
  const event = agent === undefined ? "Stop" : "SubagentStop"
  if (!session.hooks.listens(event)) return []
  const outcome = await fireHook(
    run,
    event,
    {
      stop_hook_active: meter.stopHooks > 0,
      last_assistant_message: meter.lastText,
      ...(agent === undefined
        ? {}
        : { agent_id: agent.id, agent_type: agent.type, agent_transcript_path: run.history.file ?? "" }),
    },
    agent === undefined ? {} : { matcher: agent.type },
  )
  if (outcome.stop === true) return { stopped: outcome.stopReason ?? `a ${event} hook ended the turn` }
  if (outcome.block !== true && outcome.context === undefined) return []
  if (++meter.stopHooks > MAX_STOP_BLOCKS) {
    const text = `${event} hooks asked to go on ${MAX_STOP_BLOCKS} times in a row; the turn ends here`
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
  if (reason !== "api_error" || !run.session.hooks.listens("StopFailure")) return
  const error = errorName(failure)
  const { signal } = new AbortController()
  void fireHook(
    run,
    "StopFailure",
    { error, error_details: message ?? "", last_assistant_message: run.meter.lastText },
    { matcher: error, signal },
  )
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
  if (!run.session.hooks.listens("Notification")) return
  const waited = await wait(IDLE_MS, true, { signal, ref: false }).catch(() => false)
  const type = "idle_prompt"
  const message = "ccts waits for your next prompt"
  if (waited)
    await fireHook(run, "Notification", { message, notification_type: type }, { matcher: type, signal })
}
