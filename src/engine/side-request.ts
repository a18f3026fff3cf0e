import { createReply } from "../api/fold-stream.ts"
import type { ApiFailure, ApiItem, MessagesRequest, RequestCause } from "../model/api.ts"
import { type Block, textOf } from "../model/block.ts"
import type { EventBody } from "../model/event.ts"
import { contextTokens } from "../model/usage.ts"
import type { Run } from "./run.ts"

export type SideReply =
  | {
      readonly ok: true
      readonly text: string
      readonly content: readonly Block[]
      readonly stopReason: string | null
    }
  | { readonly ok: false; readonly failure: ApiFailure }

export interface SideOptions {
  readonly cause: RequestCause
  /** Default: the run's. */
  readonly signal?: AbortSignal
  /** The person waits for it: retries and silence are told. */
  readonly told?: true
}

/**
 * A request beside the conversation (summary, title, search): nothing of it is logged, but it is billed with its
 * cause. Retries are the API's.
 */
export async function sideRequest(
  run: Run,
  request: MessagesRequest,
  { cause, signal = run.signal, told }: SideOptions,
): Promise<SideReply> {
  const startedAt = performance.now()
  const model = run.session.options.models.resolve(request.model)
  let billedAt = startedAt
  let fold = createReply()
  let failure: ApiFailure | undefined
  const bill = (wasted: boolean) => {
    const { usage } = fold.message()
    const apiMs = performance.now() - billedAt
    billedAt = performance.now()
    if (contextTokens(usage) === 0) return
    run.ledger.add({ cause, model: request.model, usage, apiMs, wasted }, model)
  }
  for await (const item of run.api.stream(request, { signal, cause, sessionId: run.history.sessionId })) {
    if (item.type === "event") fold.push(item.event)
    else if (item.type === "retry") {
      bill(true)
      fold = createReply()
    } else if (item.type === "failed") failure = item.failure
    const notice = told === true ? waitingNotice(item) : null
    if (notice !== null) run.emit(notice)
  }
  bill(failure !== undefined)
  run.meter.apiMs += performance.now() - startedAt
  if (failure !== undefined) return { ok: false, failure }
  const { content, stopReason } = fold.message()
  return { ok: true, text: textOf(content).trim(), content, stopReason }
}

/** What people are told while a request makes no progress; null for everything else. */
export function waitingNotice(item: ApiItem): EventBody | null {
  if (item.type === "silence") {
    return {
      type: "notice",
      level: "info",
      code: "silence",
      text: `no data for ${Math.round(item.silentMs / 1000)} s`,
      data: { silentMs: item.silentMs },
    }
  }
  if (item.type !== "retry") return null
  return {
    type: "notice",
    level: "warning",
    code: "api_retry",
    text: `${item.failure.message.replace(/\.$/, "")}; attempt ${item.attempt} of ${item.maxRetries} in ${Math.ceil(item.delayMs / 1000)} s`,
    data: {
      attempt: item.attempt,
      maxRetries: item.maxRetries,
      why: item.failure.message,
      delayMs: item.delayMs,
      status: item.failure.status,
      category: item.failure.category,
    },
  }
}
