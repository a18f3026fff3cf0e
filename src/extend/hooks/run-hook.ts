/** One hook for one event: runs its handler under its deadline, reads what it says, and tells how it went. */
import { never } from "../../lib/never.ts"
import type { HookFire } from "../../model/hook.ts"
import type { HostRequest } from "../host-request.ts"
import { isObject, type Json } from "../json.ts"
import { envFileFor } from "./env-file.ts"
import { defaultTimeout, maxTimeout } from "./events.ts"
import { describeHandler, type Hook, type Ran } from "./handler.ts"
import { readAnswer } from "./read-answer.ts"
import type { Bound } from "./read-specific.ts"
import { runCallback } from "./run-callback.ts"
import { type Background, runCommand } from "./run-command.ts"
import { type HttpLimits, runHttp } from "./run-http.ts"
import { type CallTool, runMcpTool } from "./run-mcp-tool.ts"
import { runModel } from "./run-model.ts"
import type { Said } from "./said.ts"
import { boundText } from "./spill.ts"

export interface HookPlace {
  /** Where hooks run when the event does not say. */
  readonly cwd: string
  readonly projectDir: string
  readonly env: Readonly<Record<string, string>>
  /** Where hooks of a session leave variables for its commands. */
  envFile?(sessionId: string): string
  /** A tool of a connected MCP server. */
  readonly callTool?: CallTool
}

export interface Surroundings {
  readonly place: HookPlace
  readonly http: HttpLimits
  readonly background: Background
  readonly channel: HostRequest | null
}

export async function runHook(
  hook: Hook,
  input: Json,
  fire: HookFire,
  around: Surroundings,
): Promise<Pick<Said, "outcome" | "status">> {
  const { event, handler } = hook
  const name = fire.matcher === undefined || fire.matcher === "" ? event : `${event}:${fire.matcher}`
  const data = { hook_id: crypto.randomUUID(), hook_name: name, hook_event: event }
  const what = handler.type === "callback" ? name : `${name} (${describeHandler(handler)})`
  const seconds = secondsFor(hook, around.place.env)
  const timeoutMs = seconds * 1_000
  const words = handler.statusMessage
  const bounded: Bound = (text) => boundText(text, fire.spillDir)
  fire.report?.({ level: "info", code: "hook_started", text: words ?? `running hook ${what}`, data })

  const ran = await runHandler(hook, input, fire, around, {
    timeoutMs,
    onProgress: ({ stdout, stderr, elapsedMs }) =>
      fire.report?.({
        level: "info",
        code: "hook_progress",
        text: `${words ?? `running hook ${what}`} · ${Math.round(elapsedMs / 1_000)} s of ${seconds} s`,
        data: { ...data, stdout: tail(stdout), stderr: tail(stderr), output: tail(stdout + stderr) },
      }),
    onLate: (late) => tellLate(hook, late, fire, bounded),
  })
  const said = readAnswer(event, handler, ran, { timeoutMs, bounded })
  tell(said, ran, what, data, fire)
  return said
}

/** The shared budget of the session's end may be set by the environment (spec/cli.md). */
function secondsFor({ event, handler }: Hook, env: Readonly<Record<string, string>>): number {
  const given = Number(env.CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS)
  const budget = event === "SessionEnd" && given > 0 ? given / 1_000 : undefined
  return Math.min(handler.timeout ?? budget ?? defaultTimeout(event, handler.type), maxTimeout(event))
}

function runHandler(
  { event, handler }: Hook,
  input: Json,
  fire: HookFire,
  { place, http, background, channel }: Surroundings,
  how: {
    readonly timeoutMs: number
    onProgress(output: { stdout: string; stderr: string; elapsedMs: number }): void
    onLate(ran: Ran): void
  },
): Promise<Ran> {
  const limits = { signal: fire.signal, timeoutMs: how.timeoutMs }
  switch (handler.type) {
    case "command":
      return runCommand(
        {
          ...limits,
          handler,
          input: JSON.stringify(input),
          cwd: typeof input.cwd === "string" ? input.cwd : place.cwd,
          env: hookEnv(place, event, input),
          onProgress: how.onProgress,
          onLate: how.onLate,
        },
        background,
      )
    case "http":
      return runHttp({ ...limits, handler, input: JSON.stringify(input), env: place.env, limits: http })
    case "mcp_tool":
      return runMcpTool({ ...limits, handler, input, callTool: place.callTool })
    case "prompt":
    case "agent":
      return runModel({ ...limits, handler, input: JSON.stringify(input), judge: fire.judge })
    case "callback":
      if (channel === null) return Promise.resolve({ stdout: "", stderr: "", error: "the host is gone" })
      return runCallback({ ...limits, handler, channel, input, toolUseId: fire.toolUseId })
    default:
      return never(handler)
  }
}

/** A hook in the background decides nothing any more; it may still say something. */
function tellLate({ event, handler }: Hook, ran: Ran, fire: HookFire, bounded: Bound): void {
  if (handler.type !== "command") return
  const who = `A hook that ran in the background (${describeHandler(handler)}) says:`
  if (handler.asyncRewake === true && ran.exitCode === 2) {
    const text = bounded(ran.stderr.trim() || ran.stdout.trim())
    if (text !== "") fire.wake?.(`${who}\n${text}`)
    return
  }
  const last = ran.stdout.trim().split("\n").at(-1) ?? ""
  if (ran.exitCode !== 0 || !last.startsWith("{")) return
  const { outcome, message } = readAnswer(event, handler, { ...ran, stdout: last }, { timeoutMs: 0, bounded })
  for (const text of outcome.context ?? [])
    fire.note?.(`<system-reminder>\n${who}\n${text}\n</system-reminder>`)
  if (message !== undefined) fire.report?.({ level: "warning", code: "hook_message", text: message })
}

/** Output that is told to a host with each report. */
const MAX_TOLD_CHARS = 10_000

function tail(text: string): string {
  return text.length <= MAX_TOLD_CHARS ? text : text.slice(-MAX_TOLD_CHARS)
}

function tell(said: Said, ran: Ran, what: string, data: Json, { report }: HookFire): void {
  const { stdout, stderr, exitCode } = ran
  const answer = isObject(ran.answer) ? JSON.stringify(ran.answer) : stdout
  report?.({
    level: "info",
    code: "hook_response",
    text: `hook ${what} ended`,
    data: {
      ...data,
      output: tail(answer + stderr),
      stdout: tail(answer),
      stderr: tail(stderr),
      ...(exitCode !== undefined && { exit_code: exitCode }),
      outcome: said.status,
    },
  })
  if (said.message !== undefined) report?.({ level: "warning", code: "hook_message", text: said.message })
  if (said.sequence !== undefined)
    report?.({ level: "info", code: "hook_terminal", text: "", data: { sequence: said.sequence } })
  if (said.error !== undefined)
    report?.({ level: "warning", code: "hook_error", text: `${what} hook error: ${said.error}` })
}

function hookEnv(
  { env, projectDir, envFile }: HookPlace,
  event: string,
  input: Json,
): Readonly<Record<string, string>> {
  const session = typeof input.session_id === "string" ? input.session_id : null
  const effort = isObject(input.effort) && typeof input.effort.level === "string" ? input.effort.level : null
  const file =
    envFile === undefined || session === null
      ? null
      : envFileFor(event, envFile(session), env.CLAUDE_ENV_FILE)
  return {
    ...env,
    ...(file !== null && { CLAUDE_ENV_FILE: file }),
    CLAUDECODE: "1",
    CLAUDE_CODE_CHILD_SESSION: "1",
    CLAUDE_PID: String(process.pid),
    CLAUDE_PROJECT_DIR: projectDir,
    ...(effort !== null && { CLAUDE_EFFORT: effort }),
    ...(session !== null && { CLAUDE_CODE_SESSION_ID: session }),
  }
}
