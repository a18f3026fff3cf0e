/**
 * Another model for the session: PreModelSwitch hooks may refuse it or want the person to confirm, PostModelSwitch hooks
 * are told. Without hooks the switch is done at once.
 */
import type { ModelInfo } from "../model/model-info.ts"
import { cacheFacts } from "./cache-facts.ts"
import { contextText, fireHook, hears } from "./fire-hook.ts"
import { modelRecord } from "./model-record.ts"
import type { Run } from "./run.ts"

export type SwitchSource = "command" | "picker" | "sdk"

/** Null when it was done; else one line that says why not. Returns synchronously when nobody listens. */
export function switchModel(
  run: Run,
  name: string | null,
  source: SwitchSource,
): string | null | Promise<string | null> {
  const { session } = run
  const before = session.model()
  if (!hears(run, "PreModelSwitch")) {
    const problem = change(run, name)
    if (problem === null) tellSwitch(run, before, name, source)
    return problem
  }
  return guarded(run, before, name, source)
}

async function guarded(
  run: Run,
  before: ModelInfo,
  name: string | null,
  source: SwitchSource,
): Promise<string | null> {
  const { models } = run.session.options
  const problem = models.refuse?.(name ?? models.model) ?? null
  if (problem !== null) return problem
  const next = models.resolve(name ?? models.model)
  if (next.id === before.id) return change(run, name)
  const outcome = await fireHook(run, "PreModelSwitch", facts(run, before, next, name, source), {
    matcher: next.id,
  })
  const reason = outcome.reason ?? outcome.stopReason
  if (outcome.decision === "deny" || outcome.stop === true)
    return `The model stays ${before.displayName}: ${reason ?? "a PreModelSwitch hook refused the switch"}`
  if (outcome.decision === "ask" && !(await confirmed(run, before, next, reason)))
    return `The model stays ${before.displayName}: the switch was not confirmed`
  const failed = change(run, name)
  if (failed === null) tellSwitch(run, before, name, source)
  return failed
}

function change({ session, history }: Run, name: string | null): string | null {
  const problem = session.setModel(name)
  // A conversation that has begun is told that another model goes on with it.
  if (problem === null && history.leaf !== null) session.note(modelRecord(name ?? "default", session.model()))
  return problem
}

/** PostModelSwitch is told, not asked: nothing waits for it; what it adds is read with the next prompt. */
export function tellSwitch(
  run: Run,
  before: ModelInfo,
  name: string | null,
  source: SwitchSource | "auto" | "resume",
  after = run.session.model(),
): void {
  const event = "PostModelSwitch"
  if (before.id === after.id || !hears(run, event)) return
  const { signal } = new AbortController()
  const input = facts(run, before, after, name, source)
  const telling = fireHook(run, event, input, { matcher: after.id, signal }).then(({ context }) => {
    for (const text of context ?? []) run.session.note(contextText(event, text))
  })
  run.session.settle("told", telling)
}

function facts(run: Run, before: ModelInfo, after: ModelInfo, name: string | null, source: string) {
  const cache = cacheFacts(run, after)
  return {
    from_model: before.id,
    to_model: after.id,
    requested_model: name,
    source,
    context_tokens: cache.contextTokens,
    prompt_cache_warm: cache.warm,
    cache_ttl: cache.ttl,
    estimated_cache_write_usd: cache.writeUsd,
    pricing: cache.pricing,
  }
}

/** Only somebody at this terminal can say yes; for a host the switch is refused. */
async function confirmed(run: Run, before: ModelInfo, next: ModelInfo, reason?: string): Promise<boolean> {
  const { session, signal } = run
  if (!session.canAsk || session.options.defers === true) return false
  const ask = `ask_${crypto.randomUUID()}`
  const waiting = session.asks.open(ask, signal)
  run.emit({
    type: "ask",
    ask,
    toolUseId: ask,
    tool: "Model",
    input: { from: before.id, to: next.id },
    title: `${before.displayName} → ${next.displayName}`,
    decision: {
      verdict: "ask",
      reason: { kind: "hook", text: reason ?? "a hook wants you to confirm the switch" },
      offers: [],
      readOnly: false,
    },
  })
  const { verdict } = await waiting
  run.emit({ type: "ask.end", ask, verdict })
  return verdict === "allow"
}
