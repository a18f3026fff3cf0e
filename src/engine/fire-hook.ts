import type { HookFire, HookOutcome } from "../model/hook.ts"
import type { Run, Steering } from "./run.ts"

/** Fires an event with the fields that every hook gets (spec/hooks.md, input). Costs nothing when nobody listens. */
export async function fireHook(
  run: Run,
  event: string,
  input: Readonly<Record<string, unknown>>,
  extra: Partial<Pick<HookFire, "matcher" | "toolUseId" | "call" | "signal">> = {},
): Promise<HookOutcome> {
  const { session } = run
  if (!session.hooks.listens(event)) return {}
  return session.hooks.fire(
    event,
    { ...baseInput(run), ...input },
    {
      signal: run.signal,
      report: (report) => run.emit({ type: "notice", ...report }),
      wake: session.wake,
      ...extra,
    },
  )
}

function baseInput(run: Run): Readonly<Record<string, unknown>> {
  const { session, history, agent } = run
  const { sessionId } = history
  const { effort } = run.settings()
  return {
    session_id: sessionId,
    transcript_path: `${session.options.place.sessionDir(sessionId)}.jsonl`,
    cwd: session.place().cwd,
    permission_mode: run.policy().mode,
    ...(agent === undefined ? {} : { agent_id: agent.id, agent_type: agent.type }),
    ...(effort === undefined ? {} : { effort: { level: effort } }),
  }
}

/** What hooks add for the model, as prompts of their own that say where they come from. */
export function contextPrompts(event: string, context: readonly string[] = []): readonly Steering[] {
  return context.map((text) => ({
    uuid: crypto.randomUUID(),
    content: `<system-reminder>\n${event} hook additional context: ${text}\n</system-reminder>`,
    origin: "reminder",
  }))
}
