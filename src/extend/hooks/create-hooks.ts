/**
 * The hooks of a session: finds those that listen, runs them side by side, each under its own deadline, and merges
 * what they say. A hook that breaks is no answer; nothing here waits for longer than the longest deadline.
 */
import { never } from "../../lib/never.ts"
import type { HookFire, HookOutcome, HookPort } from "../../model/hook.ts"
import type { Call, RuleSource } from "../../model/permission.ts"
import type { HostRequest } from "../host-request.ts"
import { isObject, type Json } from "../json.ts"
import { envFileFor } from "./env-file.ts"
import { defaultTimeout, isToolEvent, maxTimeout } from "./events.ts"
import { describeHandler, type Hook, type Ran } from "./handler.ts"
import { compileMatcher } from "./matcher.ts"
import { mergeOutcomes } from "./merge.ts"
import { readAnswer, type Said } from "./read-answer.ts"
import { readHooks } from "./read-hooks.ts"
import { runCallback } from "./run-callback.ts"
import { type Background, runCommand } from "./run-command.ts"
import { type HttpLimits, runHttp } from "./run-http.ts"

/** What the settings say about hooks; it may change while a session runs. */
export interface HookSettings {
  /** `hooks` of every settings layer that may run here, in any order. */
  readonly layers: readonly { readonly source: RuleSource; readonly label: string; readonly hooks: unknown }[]
  /** `disableAllHooks`, or a bare start: nothing runs. */
  readonly disabled?: boolean
  /** Only managed hooks and the host's (`allowManagedHooksOnly`). */
  readonly managedOnly?: boolean
  readonly http: HttpLimits
}

export interface HookOptions extends HookSettings {
  /** Where hooks run when the event does not say. */
  readonly cwd: string
  readonly projectDir: string
  readonly env: Readonly<Record<string, string>>
  /** Where hooks of a session leave variables for its commands. */
  envFile?(sessionId: string): string
  /** Whether a call is covered by an `if` rule; true when that cannot be told. */
  covers(rule: string, call: Call): boolean
  /** A mistake in the configuration; told when it is read. */
  onProblem(line: string): void
}

export interface Hooks extends HookPort {
  /** Replaces the host's hooks by those of its newest `initialize`. Throws a line naming what is wrong. */
  setHost(hooks: Readonly<Record<string, readonly HostMatcher[]>>, channel: HostRequest): void
  /** The settings changed: from the next event on these count, beside the host's. */
  reload(settings: HookSettings): void
  /** Ends what still runs in the background. */
  close(): void
}

/** `SDKHookCallbackMatcher` of spec/headless.md section 5. */
export interface HostMatcher {
  readonly matcher?: string
  readonly hookCallbackIds: readonly string[]
  readonly timeout?: number
  readonly onFailure?: "continue" | "block"
}

export function createHooks(options: HookOptions): Hooks {
  const background: Background = new Set()
  let now = options
  let settings = settingsHooks(now)
  let host: readonly Hook[] = []
  let channel: HostRequest | null = null
  let byEvent = group(settings)

  return {
    listens: (event) => byEvent.has(event),
    async fire(event, input, fire) {
      const hooks = (byEvent.get(event) ?? []).filter(
        (hook) => hook.matcher(fire.matcher ?? "") && applies(hook, fire, options),
      )
      if (hooks.length === 0) return {}
      const full: Json = { ...input, hook_event_name: event }
      const said = await Promise.all(
        dedupe(hooks).map((hook) => runOne(hook, full, fire, { options: now, background, channel })),
      )
      return mergeOutcomes(said)
    },
    setHost(given, link) {
      channel = link
      host = options.disabled === true ? [] : hostHooks(given)
      byEvent = group([...settings, ...host])
    },
    reload(next) {
      now = { ...options, ...next }
      settings = settingsHooks(now)
      byEvent = group([...settings, ...host])
    },
    close() {
      for (const group of background) group.stop()
    },
  }
}

function settingsHooks(options: HookOptions): readonly Hook[] {
  if (options.disabled === true) return []
  return options.layers.flatMap(({ source, label, hooks: raw }) => {
    if (options.managedOnly === true && source !== "policySettings") return []
    const { hooks, problems } = readHooks(raw, source)
    for (const problem of problems) options.onProblem(`${label}: ${problem}`)
    return hooks
  })
}

function hostHooks(given: Readonly<Record<string, readonly HostMatcher[]>>): readonly Hook[] {
  return Object.entries(given).flatMap(([event, matchers]) =>
    matchers.flatMap(({ matcher: pattern, hookCallbackIds, timeout, onFailure }) => {
      const matcher = compileMatcher(event, pattern)
      if (typeof matcher !== "function") throw new Error(`initialize: hooks.${event}: ${matcher.error}`)
      return hookCallbackIds.map(
        (id): Hook => ({
          event,
          matcher,
          source: "host",
          handler: {
            type: "callback",
            id,
            ...(timeout !== undefined && timeout > 0 && { timeout }),
            ...(onFailure !== undefined && { onFailure }),
          },
        }),
      )
    }),
  )
}

function group(hooks: readonly Hook[]): ReadonlyMap<string, readonly Hook[]> {
  return Map.groupBy(hooks, ({ event }) => event)
}

function applies({ event, handler }: Hook, { call }: HookFire, options: HookOptions): boolean {
  if (handler.if === undefined) return true
  return isToolEvent(event) && call !== undefined && options.covers(handler.if, call)
}

/** The same handler in two settings files runs once. */
function dedupe(hooks: readonly Hook[]): readonly Hook[] {
  return [
    ...new Map(
      hooks.map(({ handler, ...hook }) => {
        const { timeout: _, statusMessage: __, ...same } = handler
        return [JSON.stringify(same), { ...hook, handler }]
      }),
    ).values(),
  ]
}

interface Surroundings {
  readonly options: HookOptions
  readonly background: Background
  readonly channel: HostRequest | null
}

async function runOne(hook: Hook, input: Json, fire: HookFire, around: Surroundings): Promise<HookOutcome> {
  const { event, handler } = hook
  const name = fire.matcher === undefined || fire.matcher === "" ? event : `${event}:${fire.matcher}`
  const data = { hook_id: crypto.randomUUID(), hook_name: name, hook_event: event }
  const what = handler.type === "callback" ? name : `${name} (${describeHandler(handler)})`
  const seconds = Math.min(handler.timeout ?? defaultTimeout(event), maxTimeout(event))
  const timeoutMs = seconds * 1_000
  const words = handler.type === "command" ? handler.statusMessage : undefined
  fire.report?.({ level: "info", code: "hook_started", text: words ?? `running hook ${what}`, data })

  const ran = await runHandler(hook, input, fire, around, timeoutMs, ({ stdout, stderr, elapsedMs }) =>
    fire.report?.({
      level: "info",
      code: "hook_progress",
      text: `${words ?? `running hook ${what}`} · ${Math.round(elapsedMs / 1_000)} s of ${seconds} s`,
      data: { ...data, stdout: tail(stdout), stderr: tail(stderr), output: tail(stdout + stderr) },
    }),
  )
  const said = readAnswer(event, handler, ran, timeoutMs)
  tell(said, ran, what, data, fire)
  return said.outcome
}

function runHandler(
  { event, handler }: Hook,
  input: Json,
  fire: HookFire,
  { options, background, channel }: Surroundings,
  timeoutMs: number,
  onProgress: (output: { stdout: string; stderr: string; elapsedMs: number }) => void,
): Promise<Ran> {
  const { signal } = fire
  switch (handler.type) {
    case "command":
      return runCommand(
        {
          handler,
          input: JSON.stringify(input),
          cwd: typeof input.cwd === "string" ? input.cwd : options.cwd,
          env: hookEnv(options, event, input),
          timeoutMs,
          signal,
          onProgress,
          onLate(ran) {
            if (handler.asyncRewake !== true || ran.exitCode !== 2) return
            const text = (ran.stderr.trim() || ran.stdout.trim()).slice(0, MAX_WAKE_CHARS)
            if (text !== "")
              fire.wake?.(`A hook that ran in the background (${describeHandler(handler)}) says:\n${text}`)
          },
        },
        background,
      )
    case "http": {
      const { http: limits, env } = options
      return runHttp({ handler, input: JSON.stringify(input), env, limits, timeoutMs, signal })
    }
    case "callback": {
      if (channel === null) return Promise.resolve({ stdout: "", stderr: "", error: "the host is gone" })
      const { toolUseId } = fire
      return runCallback({
        handler,
        channel,
        input,
        timeoutMs,
        signal,
        ...(toolUseId === undefined ? {} : { toolUseId }),
      })
    }
    default:
      return never(handler)
  }
}

/** What a background hook may say to the model (the limit of hook strings, spec/hooks.md). */
const MAX_WAKE_CHARS = 10_000
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
  if (said.error !== undefined)
    report?.({ level: "warning", code: "hook_error", text: `${what} hook error: ${said.error}` })
}

function hookEnv(
  { env, projectDir, envFile }: HookOptions,
  event: string,
  input: Json,
): Readonly<Record<string, string>> {
  const session = typeof input.session_id === "string" ? input.session_id : null
  const file =
    envFile === undefined || session === null
      ? null
      : envFileFor(event, envFile(session), env.CLAUDE_ENV_FILE)
  return {
    ...env,
    ...(file !== null && { CLAUDE_ENV_FILE: file }),
    CLAUDECODE: "1",
    CLAUDE_CODE_CHILD_SESSION: "1",
    CLAUDE_PROJECT_DIR: projectDir,
    ...(session !== null && { CLAUDE_CODE_SESSION_ID: session }),
  }
}
