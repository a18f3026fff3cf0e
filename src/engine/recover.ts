import { placeOf, quarantineKey } from "../api/build-request.ts"
import type { ApiFailure } from "../model/api.ts"
import { compact, STUCK } from "./compaction/compact.ts"
import type { HistoryMark } from "./history.ts"
import { requestInput } from "./request.ts"
import type { Run } from "./run.ts"
import { tellSwitch } from "./switch-model.ts"

/**
 * After a failed reply: null when something was changed so that the same request may succeed, else why the turn
 * ends. Each kind of remedy makes progress or gives up, so a turn cannot go round for ever. What the failed reply
 * left in the history since `before` is taken back first: the next one answers anew.
 */
export async function recover(run: Run, failure: ApiFailure, before: HistoryMark): Promise<string | null> {
  switch (failure.category) {
    case "prompt_too_long":
    case "request_too_large": {
      run.history.rewind(before)
      const result = await compact(run, { trigger: "auto", hint: "" })
      if (result === "stuck") return STUCK
      return result === "nothing" || result === "blocked" ? failure.message : null
    }
    case "invalid_request":
      return (await quarantine(run, failure)) ? null : failure.message
    case "overloaded":
    case "server_error":
    case "timeout":
    case "rate_limit":
      if (!fallBack(run, failure.message)) return failure.message
      run.history.rewind(before)
      return null
    default:
      return failure.message
  }
}

/** Rejected blocks that one session may leave out before the request itself must be wrong. */
const MAX_QUARANTINED = 20

async function quarantine(run: Run, failure: ApiFailure): Promise<boolean> {
  if (failure.place === undefined || run.quarantined.size >= MAX_QUARANTINED) return false
  const place = placeOf(await requestInput(run), failure.place)
  if (place === null) return false
  const key = quarantineKey(place)
  if (run.quarantined.has(key)) return false
  run.quarantined.add(key)
  run.emit({
    type: "notice",
    level: "warning",
    code: "quarantine",
    text: `the service rejected a part of the conversation (${failure.message}); it is left out from now on`,
  })
  return true
}

/**
 * The model would not answer: another one of the chain is asked, unless the settings say otherwise (`switchModelsOnFlag`).
 * False when there is none.
 */
export function askAnother(run: Run, before: HistoryMark): boolean {
  if (run.session.options.models.switchesOnRefusal === false) return false
  if (!fallBack(run, `${run.settings().model.displayName} declined to answer`)) return false
  run.history.rewind(before)
  return true
}

/** The next model of the chain answers the rest of this turn. */
function fallBack(run: Run, why: string): boolean {
  const chain = run.session.options.models.fallback
  const next = chain[run.meter.fallbacks]
  if (next === undefined) return false
  run.meter.fallbacks++
  const model = run.session.options.models.resolve(next)
  const before = run.settings().model
  run.useModel(model)
  if (run.agent === undefined) tellSwitch(run, before, next, "auto", model)
  run.emit({
    type: "notice",
    level: "warning",
    code: "fallback_model",
    text: `${why}; ${model.displayName} answers the rest of this turn`,
    data: { model: model.id },
  })
  return true
}
