import type { HookFire, HookOutcome } from "../model/hook.ts"
import { judgeOf } from "./hook-judge.ts"
import type { Run, Steering } from "./run.ts"

/** Fires an event with the fields that every hook gets (spec/hooks.md, input). Costs nothing when nobody listens. */
export async function fireHook(
  run: Run,
  event: string,
  input: Readonly<Record<string, unknown>>,
  extra: Partial<Pick<HookFire, "matcher" | "toolUseId" | "call" | "signal">> = {},
): Promise<HookOutcome> {
  const { session } = run
  if (!hears(run, event)) return {}
  return session.hooks.fire(
    event,
    { ...baseInput(run, event), ...input },
    {
      signal: run.signal,
      report: (report) => run.emit({ type: "notice", ...report }),
      wake: session.wake,
      note: session.note,
      judge: judgeOf(run),
      spillDir: session.spillDir(),
      ...(run.agent === undefined ? {} : { agentId: run.agent.id }),
      ...extra,
    },
  )
}

/** Whether a hook of this run would be asked; what a hook itself started asks none. */
export function hears(run: Run, event: string): boolean {
  return run.unhooked !== true && run.session.hooks.listens(event)
}

/** Events of a session's course: no effort is at work there. */
const WITHOUT_EFFORT: ReadonlySet<string> = new Set([
  "Setup",
  "SessionStart",
  "SessionEnd",
  "Notification",
  "ConfigChange",
  "CwdChanged",
  "FileChanged",
  "DirectoryAdded",
  "InstructionsLoaded",
  "PreModelSwitch",
  "PostModelSwitch",
])

function baseInput(run: Run, event: string): Readonly<Record<string, unknown>> {
  const { session, history, agent } = run
  const { sessionId } = history
  const { effort } = run.settings()
  const prompt = session.promptId()
  return {
    session_id: sessionId,
    transcript_path: `${session.options.place.sessionDir(sessionId)}.jsonl`,
    cwd: session.place().cwd,
    permission_mode: run.policy().mode,
    ...(prompt === null ? {} : { prompt_id: prompt }),
    ...(agent === undefined ? {} : { agent_id: agent.id, agent_type: agent.type }),
    ...(effort === undefined || WITHOUT_EFFORT.has(event) ? {} : { effort: { level: effort } }),
  }
}

/** What hooks add for the model, as prompts of their own that say where they come from. */
export function contextPrompts(event: string, context: readonly string[] = []): readonly Steering[] {
  return context.map((text) => ({
    uuid: crypto.randomUUID(),
    content: contextText(event, text),
    origin: "reminder",
  }))
}

export function contextText(event: string, text: string): string {
  return `<system-reminder>\n${event} hook additional context: ${text}\n</system-reminder>`
}
