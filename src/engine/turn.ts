import type { ApiFailure } from "../model/api.ts"
import type { TurnEndReason } from "../model/event.ts"
import { makeRoom } from "./compaction/compact.ts"
import { localCommandOf, takeIn } from "./intake.ts"
import { recover } from "./recover.ts"
import { type Reply, streamReply } from "./reply.ts"
import { buildTurnRequest } from "./request.ts"
import { finishOf, type Run, type Steering } from "./run.ts"
import { runCalls } from "./run-calls.ts"

export interface TurnOutcome {
  readonly reason: TurnEndReason
  readonly during?: "reply" | "tools"
  readonly failure?: ApiFailure
  readonly message?: string
  readonly structuredOutput?: unknown
  /** The built-in command that answered instead of the model. */
  readonly localCommand?: string
  /** The host's `terminal_reason` where `reason` is too coarse. */
  readonly terminal?: string
}

/** How often a reply that hit its output limit is asked to go on (spec/api.md section 5). */
const MAX_CONTINUATIONS = 3

const CONTINUE_NOTE =
  "Your reply was cut off by the output limit. Go on exactly where it stopped, without repeating anything and without comment."

/**
 * One turn: prompts in, then request, reply, calls, and again, until the model is done or something ends it.
 * Every way out leaves a history that the next request can be built from.
 */
export async function turn(run: Run, prompts: readonly Steering[]): Promise<TurnOutcome> {
  const opening = await takeIn(run, prompts)
  if (opening === null) return { reason: "completed", localCommand: localCommandOf(prompts) }
  for (const prompt of opening) await addPrompt(run, prompt)
  for (let continuations = 0; ; ) {
    const limit = limitReached(run)
    if (limit !== null) return limit
    const stuck = await makeRoom(run)
    if (run.signal.aborted) return interrupted(run, "reply")
    if (stuck !== null) return { reason: "api_error", message: stuck }

    run.meter.requests++
    const reply = await streamReply(run, await buildTurnRequest(run), "turn")
    if (reply.end === "aborted") return interrupted(run, "reply", reply)
    if (reply.failure !== undefined) {
      if (await recover(run, reply.failure)) continue
      return { reason: "api_error", failure: reply.failure, message: reply.failure.message }
    }
    run.meter.lastText = reply.text

    if (reply.calls.length > 0) {
      const { endTurn } = await runCalls(run, reply.calls)
      if (endTurn || run.signal.aborted) return interrupted(run, "tools")
      const owed = finishOf(run)?.outcome()
      if (owed) return owed
      for (const prompt of (await takeIn(run, run.steering())) ?? []) await addPrompt(run, prompt)
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
        await addPrompt(run, { uuid: crypto.randomUUID(), content: CONTINUE_NOTE, origin: "reminder" })
        continue
      case "pause_turn":
        continue
      case "refusal":
        return { reason: "refused", message: refusalText(reply.stopDetails) }
      case "model_context_window_exceeded":
        if (await recover(run, WINDOW_FULL)) continue
        return { reason: "api_error", failure: WINDOW_FULL, message: WINDOW_FULL.message }
      default: {
        const more = await run.session.beforeStop(run)
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

async function addPrompt(run: Run, { uuid, content, origin, shown }: Steering): Promise<void> {
  run.history.addUser(content, {
    uuid,
    ...(origin === "person" ? { permissionMode: run.session.mode() } : { isMeta: true }),
  })
  run.emit({ type: "prompt", uuid, content: shown ?? content, origin })
  if (origin !== "person" || run.agent !== undefined) return
  const snapshot = await run.session.options.checkpoints?.begin(uuid)
  if (snapshot) run.history.addSide(snapshot)
}

function limitReached(run: Run): TurnOutcome | null {
  const { maxTurns, maxBudgetUsd } = run.limits
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
  if (reply !== undefined && reply.calls.length > 0) await runCalls(run, reply.calls)
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
