/**
 * The hooks of a session: finds those that listen, runs them side by side, each under its own deadline, and merges
 * what they say. A hook that breaks is no answer; nothing here waits for longer than the longest deadline.
 */
import type { HookFire, HookOwner, HookPort, HookRow } from "../../model/hook.ts"
import type { Call, RuleSource } from "../../model/permission.ts"
import type { HostRequest } from "../host-request.ts"
import type { Json } from "../json.ts"
import { isToolEvent } from "./events.ts"
import type { Hook } from "./handler.ts"
import { listHooks } from "./list-hooks.ts"
import { compileMatcher } from "./matcher.ts"
import { mergeOutcomes } from "./merge.ts"
import { readHooks } from "./read-hooks.ts"
import type { Background } from "./run-command.ts"
import { type HookPlace, runHook } from "./run-hook.ts"
import type { HttpLimits } from "./run-http.ts"

/** What the settings say about hooks; it may change while a session runs. */
export interface HookSettings {
  /** `hooks` of every settings layer that may run here, in any order. */
  readonly layers: readonly { readonly source: RuleSource; readonly label: string; readonly hooks: unknown }[]
  /** Policy, or a bare start: no hook of the settings runs. */
  readonly disabled?: boolean
  /** Only managed hooks and the host's (`allowManagedHooksOnly`). */
  readonly managedOnly?: boolean
  /** Nor the host's, nor those of skills and agents (`disableAllHooks`). */
  readonly hostOff?: boolean
  readonly http: HttpLimits
}

export interface HookOptions extends HookSettings, HookPlace {
  /** Whether a call is covered by an `if` rule; true when that cannot be told. */
  covers(rule: string, call: Call): boolean
  /** A mistake in the configuration; told when it is read. */
  onProblem(line: string): void
}

export interface Hooks extends Required<HookPort> {
  /** Replaces the host's hooks by those of its newest `initialize`. Throws a line naming what is wrong. */
  setHost(hooks: Readonly<Record<string, readonly HostMatcher[]>>, channel: HostRequest): void
  /** The settings changed: from the next event on these count, beside the host's. */
  reload(settings: HookSettings): void
  /** Every hook but the host's, those that do not run now among them. */
  list(): readonly HookRow[]
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

/** Registrations of skills and agents that hold at a time; more is a loop. */
const MAX_REGISTERED = 500

export function createHooks(options: HookOptions): Hooks {
  const background: Background = new Set()
  let now: HookSettings = options
  let settings = read(now, options)
  let host: readonly Hook[] = []
  let registered: readonly Hook[] = []
  let channel: HostRequest | null = null
  let byEvent = group()

  function group(): ReadonlyMap<string, readonly Hook[]> {
    return Map.groupBy([...settings, ...registered, ...host].filter(runs), ({ event }) => event)
  }

  function runs({ source }: Hook): boolean {
    if (source === "host") return now.hostOff !== true
    if (source === "session") return now.hostOff !== true && now.managedOnly !== true
    return now.disabled !== true && (now.managedOnly !== true || source === "policySettings")
  }

  return {
    listens: (event) => byEvent.has(event),
    async fire(event, input, fire) {
      const hooks = (byEvent.get(event) ?? []).filter((hook) => applies(hook, fire, options))
      if (hooks.length === 0) return {}
      const full: Json = { ...input, hook_event_name: event }
      const around = { place: options, http: now.http, background, channel }
      const said = await Promise.all(
        dedupe(hooks).map(async (hook) => {
          const { outcome, status } = await runHook(hook, full, fire, around)
          if (hook.handler.once === true && status === "success") {
            registered = registered.filter((one) => one !== hook)
            byEvent = group()
          }
          return outcome
        }),
      )
      return mergeOutcomes(said)
    },
    setHost(given, link) {
      channel = link
      host = hostHooks(given)
      byEvent = group()
    },
    reload(next) {
      now = next
      settings = read(now, options)
      byEvent = group()
    },
    register(hooks, owner) {
      const made = readOwned(hooks, owner, options)
      const known = new Set(registered.map(same))
      // A skill that is called again brings the same hooks; they count once.
      const fresh = owner.agentId === undefined ? made.filter((hook) => !known.has(same(hook))) : made
      registered = [...registered, ...fresh].slice(-MAX_REGISTERED)
      byEvent = group()
      return () => {
        registered = registered.filter((hook) => !fresh.includes(hook))
        byEvent = group()
      }
    },
    watched: () => [
      ...new Set((byEvent.get("FileChanged") ?? []).flatMap(({ pattern }) => fileNames(pattern))),
    ],
    list: () => listHooks([...settings, ...registered], runs),
    close() {
      for (const group of background) group.stop()
    },
  }
}

function read({ layers, disabled }: HookSettings, { onProblem }: HookOptions): readonly Hook[] {
  return layers.flatMap(({ source, label, hooks: raw }) => {
    const { hooks, problems } = readHooks(raw, { source, label })
    if (disabled !== true) for (const problem of problems) onProblem(`${label}: ${problem}`)
    return hooks
  })
}

function readOwned(raw: unknown, owner: HookOwner, { onProblem }: HookOptions): readonly Hook[] {
  const { label, agentId, once } = owner
  const { hooks, problems } = readHooks(raw, {
    source: owner.source === "policy" ? "policySettings" : "session",
    label,
    ...(agentId !== undefined && { agentId }),
    ...(once !== undefined && { once }),
  })
  for (const problem of problems) onProblem(`${label}: ${problem}`)
  return hooks
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
          pattern: pattern ?? "",
          source: "host",
          label: "host",
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

/** The host is gone, or going, when the session ends for good: nobody would answer (spec/hooks.md, observed). */
const NOT_FOR_HOSTS: ReadonlySet<string> = new Set(["logout", "prompt_input_exit", "other"])

function applies(hook: Hook, fire: HookFire, options: HookOptions): boolean {
  const { event, handler, agentId, source } = hook
  if (agentId !== undefined && agentId !== fire.agentId) return false
  if (!hook.matcher(fire.matcher ?? "")) return false
  if (source === "host" && event === "SessionEnd" && NOT_FOR_HOSTS.has(fire.matcher ?? "")) return false
  if (handler.if === undefined) return true
  return isToolEvent(event) && fire.call !== undefined && options.covers(handler.if, fire.call)
}

/** The same handler in two settings files runs once; what skills and agents bring stays separate. */
function dedupe(hooks: readonly Hook[]): readonly Hook[] {
  return [...new Map(hooks.map((hook) => [same(hook), hook])).values()]
}

function same({ handler, source, label, agentId, event, pattern }: Hook): string {
  const { timeout: _, statusMessage: __, ...what } = handler
  return JSON.stringify([what, source === "session" ? [label, agentId, event, pattern] : null])
}

/** The matcher of FileChanged is a list of names as well; an expression names no file. */
function fileNames(pattern: string): readonly string[] {
  return /[*+?^$()[\]{}\\]/.test(pattern) ? [] : pattern.split("|").filter((name) => name.trim() !== "")
}
