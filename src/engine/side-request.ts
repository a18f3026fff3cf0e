import { createReply } from "../api/fold-stream.ts"
import type { ApiFailure, MessagesRequest, RequestCause } from "../model/api.ts"
import { textOf } from "../model/block.ts"
import type { Run } from "./run.ts"

export type SideReply =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: ApiFailure }

/**
 * A request beside the conversation (summary, title): nothing of it is shown or logged, but it is billed with
 * its cause. Retries are the API's.
 */
export async function sideRequest(
  run: Run,
  request: MessagesRequest,
  cause: RequestCause,
): Promise<SideReply> {
  const startedAt = performance.now()
  let fold = createReply()
  let failure: ApiFailure | undefined
  for await (const item of run.api.stream(request, {
    signal: run.signal,
    cause,
    sessionId: run.history.sessionId,
  })) {
    if (item.type === "event") fold.push(item.event)
    else if (item.type === "retry") fold = createReply()
    else if (item.type === "failed") failure = item.failure
  }
  const apiMs = performance.now() - startedAt
  const { usage, content } = fold.message()
  run.meter.apiMs += apiMs
  const model = run.session.options.models.resolve(request.model)
  run.ledger.add({ cause, model: request.model, usage, apiMs, wasted: failure !== undefined }, model)
  if (failure !== undefined) return { ok: false, failure }
  return { ok: true, text: textOf(content).trim() }
}
