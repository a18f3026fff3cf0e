import { raceAbort } from "../lib/abort.ts"
import type { ApiFailure } from "../model/api.ts"
import { addPrompt, addPrompts, reminder } from "./add-prompts.ts"
import { makeRoom } from "./compaction/compact.ts"
import { putOff } from "./deferred.ts"
import { contextPrompts } from "./fire-hook.ts"
import { askAnother, recover } from "./recover.ts"
import { type Reply, streamReply } from "./reply.ts"
import { buildTurnRequest } from "./request.ts"
import { finishOf, type Run, type Steering } from "./run.ts"
import { runCalls } from "./run-calls.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

/** How often a reply that hit its output limit is asked to go on (spec/api.md section 5). */
const MAX_CONTINUATIONS = 3

/** How often the service may pause one reply (its own tools at work); each pause is a request. */
const MAX_PAUSES = 20

const CONTINUE_NOTE =
  "Your reply was cut off by the output limit. Go on exactly where it stopped, without repeating anything and without comment."

/**
 * One turn: prompts in, then request, reply, calls, and again, until the model is done or something ends it.
 * Every way out leaves a history that the next request can be built from.
 */
export async function turn(run: Run, prompts: readonly Steering[]): Promise<TurnOutcome> {
  const ended = await addPrompts(run, prompts)
  if (ended !== null) return ended
  for (let continuations = 0; ; ) {
    const limit = limitReached(run)
    if (limit !== null) return limit
    const notes = await raceAbort(run.reminders(), run.signal)
    if (notes === "aborted") return interrupted(run, "reply")
    for (const note of notes) await addPrompt(run, reminder(note))
    const stuck = await makeRoom(run)
    if (run.signal.aborted) return interrupted(run, "reply")
    if (stuck !== null) return { reason: "api_error", message: stuck }

    const request = await raceAbort(buildTurnRequest(run), run.signal)
    if (request === "aborted") return interrupted(run, "reply")
    run.meter.requests++
    const reply = await streamReply(run, request, "turn")
    if (reply.end === "aborted") return interrupted(run, "reply", reply)
    const failure = reply.stopReason === "model_context_window_exceeded" ? WINDOW_FULL : reply.failure
    if (failure !== undefined) {
      const message = await recover(run, failure, reply.before)
      if (message === null) continue
      await runCalls(run, reply.calls, "skip")
      return { reason: "api_error", failure, message }
    }
    run.meter.lastText = reply.text

    if (reply.calls.length > 0) {
      const { endTurn, stop, deferred, context } = await runCalls(run, reply.calls)
      if (deferred !== undefined) return putOff(run, deferred)
      if (endTurn || run.signal.aborted) return interrupted(run, "tools")
      if (stop !== undefined) return { reason: "completed", terminal: "hook_stopped", message: stop }
      const owed = finishOf(run)?.outcome()
      if (owed) return owed
      for (const prompt of contextPrompts("PostToolBatch", context)) await addPrompt(run, prompt)
      await addPrompts(run, run.steering())
      continuations = 0
      continue
    }
    switch (reply.stopReason) {
      case "max_tokens":
        if (++continuations > MAX_CONTINUATIONS) {
          return {
            reason: "api_error",
            message: `the reply was cut off by the output limit ${continuations} times`,
          }
        }
        await addPrompt(run, reminder(CONTINUE_NOTE))
        continue
      case "pause_turn":
        if (++continuations <= MAX_PAUSES) continue
        return { reason: "api_error", message: `the service paused the reply ${continuations} times` }
      case "refusal":
        if (askAnother(run, reply.before)) continue
        return { reason: "refused", message: refusalText(reply.stopDetails) }
      default: {
        const more = await run.session.beforeStop(run)
        if (run.signal.aborted) return interrupted(run, "reply")
        if ("stopped" in more)
          return { reason: "completed", terminal: "stop_hook_prevented", message: more.stopped }
        if (more.length === 0) return { reason: "completed" }
        for (const prompt of more) await addPrompt(run, prompt)
      }
    }
  }
}

const WINDOW_FULL: ApiFailure = {
  category: "prompt_too_long",
  status: null,
  message: "the conversation fills the model's context window",
  requestId: null,
}

function limitReached(run: Run): TurnOutcome | null {
  const { maxTurns, maxBudgetUsd } = run.limits
  // Calls that are always cut short never get anywhere, either.
  if (run.meter.cutOff > MAX_CONTINUATIONS) {
    return {
      reason: "api_error",
      message: `the reply was cut off by the output limit ${run.meter.cutOff} times`,
    }
  }
  if (maxTurns !== undefined && run.meter.requests >= maxTurns) {
    return { reason: "max_turns", message: `Reached maximum number of turns (${maxTurns})` }
  }
  if (maxBudgetUsd !== undefined && run.ledger.totals().costUsd >= maxBudgetUsd) {
    return { reason: "budget", message: `Reached maximum budget ($${maxBudgetUsd})` }
  }
  return null
}

/** Closes what was left open: calls of a cut-off reply get their results, and the model will read why. */
async function interrupted(run: Run, during: "reply" | "tools", reply?: Reply): Promise<TurnOutcome> {
  if (reply !== undefined) await runCalls(run, reply.calls, "skip")
  const uuid = crypto.randomUUID()
  // Other programs recognise these two sentences (spec/auth-and-storage.md section 5).
  const content =
    during === "tools" ? "[Request interrupted by user for tool use]" : "[Request interrupted by user]"
  run.history.addUser([{ type: "text", text: content }], { uuid })
  run.emit({ type: "prompt", uuid, content, origin: "interrupt" })
  return { reason: "interrupted", during }
}

function refusalText(details: unknown): string {
  const { category, explanation } = (typeof details === "object" && details !== null ? details : {}) as {
    category?: string
    explanation?: string
  }
  const why = explanation ?? (category === undefined ? "no reason was given" : `category ${category}`)
  return `The model refused to answer (${why}). Rephrase the request, or switch the model with /model.`
}
