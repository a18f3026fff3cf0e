/** Turns and their accounts: whatever the work does, `turn.end` follows `turn.begin`. */
import { raceAbort } from "../lib/abort.ts"
import { textOf } from "../model/block.ts"
import { compactNow } from "./compaction/compact-now.ts"
import { type Core, message } from "./core.ts"
import { newMeter } from "./create-run.ts"
import { deferredCall, takeUp } from "./deferred.ts"
import { isAnsweredHere } from "./intake.ts"
import type { LifeCycle } from "./life-cycle.ts"
import type { Names } from "./names.ts"
import type { Notes } from "./notes.ts"
import { excerpt } from "./queue.ts"
import type { Run, Steering } from "./run.ts"
import { tellFailure, tellIdle } from "./session-hooks.ts"
import { suggest, suggestsAfter, tellSuggesting } from "./suggestions.ts"
import { turn } from "./turn.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

export interface Turns {
  prompt(prompt: Steering, abort: AbortController): Promise<void>
  compact(hint: string, abort: AbortController): Promise<void>
  /** Takes up what an earlier process put off, and nothing else. */
  goOn(abort: AbortController): Promise<void>
  /** A turn of nothing: the session's first hooks run. */
  open(abort: AbortController): Promise<void>
  /** Another session begins. */
  forget(): void
  /** A new, empty session begins when the running turn has ended. */
  clearAfter(): void
  /** The person is back, or the session ends: nobody has to be told that it waits. */
  stopIdle(): void
  readonly number: number
}

export function createTurns(
  core: Core,
  { life, names, notes }: { readonly life: LifeCycle; readonly names: Names; readonly notes: Notes },
): Turns {
  const { options, session, current } = core
  let number = 0
  let clearing = false
  let deferred = options.defers === true ? deferredCall(options.resume?.lines ?? []) : null
  let idle = new AbortController()
  let toolsTold = toolNames()

  function toolNames(): string {
    return session.state(current.context).tools.join()
  }

  /** Tools may have come or gone since readers were last told: a host's schema, servers, skills. */
  function tellTools(): void {
    const names = toolNames()
    if (toolsTold !== names) session.changed("tools")
    toolsTold = names
  }

  async function runTurn(
    abort: AbortController,
    work: (run: Run, context: readonly Steering[]) => Promise<TurnOutcome>,
  ): Promise<void> {
    number++
    const startedAt = performance.now()
    // What the session starts with is part of the first turn: its hooks, and servers that still connect.
    const context = await life.opened(abort.signal)
    const switching = session.settled("model")
    if (switching !== null) await raceAbort(switching, abort.signal)
    session.watch()
    tellTools()
    core.push({ type: "turn.begin", model: session.model().id, mode: session.mode() })
    options.finish?.begin()
    let meter = newMeter(0)
    let outcome: TurnOutcome
    try {
      const run = core.makeRun(abort)
      meter = run.meter
      outcome = await work(run, context)
      tellFailure(run, outcome)
    } catch (error) {
      outcome = { reason: "crashed", message: `internal error: ${message(error)}` }
    }
    session.turnEnded()
    const suggesting = !clearing && suggestsAfter(core, outcome, { meter, turn: number })
    // Told before the end of the turn: a run that would be over with it waits for the suggestion.
    if (suggesting) tellSuggesting(core, true)
    names.write()
    if (core.prompts.length === 0 && !core.closed) {
      idle = new AbortController()
      void tellIdle(core.makeRun(new AbortController()), idle.signal)
    }
    core.push({
      type: "turn.end",
      ...outcome,
      result: meter.lastText,
      stopReason: outcome.reason === "interrupted" ? null : meter.stopReason,
      durationMs: performance.now() - startedAt,
      apiMs: meter.apiMs,
      requests: meter.requests,
      usage: meter.usage,
      denials: meter.denials,
      totals: core.ledger.totals(),
    })
    if (suggesting) void suggest(core, idle.signal)
    if (clearing) await life.clear()
    clearing = false
  }

  /** What an earlier process put off comes before anything new. */
  async function takeUpDeferred(run: Run): Promise<TurnOutcome | { readonly context: readonly Steering[] }> {
    const call = deferred
    deferred = null
    return call === null ? { context: [] } : takeUp(run, call)
  }

  return {
    prompt: (prompt, abort) =>
      runTurn(abort, async (run, context) => {
        const before = await takeUpDeferred(run)
        if ("reason" in before) return before
        // A command that is answered here leaves the notes to the prompt after it.
        const due = isAnsweredHere(options, prompt) ? [] : notes.take()
        const outcome = await turn(run, [...before.context, ...context, ...due, prompt])
        if (prompt.origin === "person") {
          const text = textOf(prompt.content)
          names.find(text)
          current.history.addSide({ type: "last-prompt", lastPrompt: excerpt(text), sessionId: current.id })
        }
        return outcome
      }),
    compact: (hint, abort) =>
      runTurn(abort, async (run) => {
        const outcome = await compactNow(run, hint)
        current.context = { ...current.context, used: run.meter.contextUsed }
        return outcome
      }),
    goOn: (abort) =>
      runTurn(abort, async (run, context) => {
        const before = await takeUpDeferred(run)
        return "reason" in before ? before : turn(run, [...before.context, ...context])
      }),
    open: (abort) => runTurn(abort, async () => ({ reason: "completed", localCommand: "init" })),
    forget() {
      deferred = null
    },
    clearAfter() {
      clearing = true
    },
    stopIdle: () => idle.abort(),
    get number() {
      return number
    },
  }
}
