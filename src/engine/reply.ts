import { createReply, type Reply as ReplyFold } from "../api/fold-stream.ts"
import type { ApiFailure, MessagesRequest, RequestCause } from "../model/api.ts"
import { type Block, isBlock } from "../model/block.ts"
import type { MessageRef } from "../model/event.ts"
import { contextTokens } from "../model/usage.ts"
import type { ReplyCall } from "./call.ts"
import type { HistoryMark } from "./history.ts"
import { createDisplay } from "./message-display.ts"
import { expectCall } from "./prepare-call.ts"
import type { Run } from "./run.ts"
import { waitingNotice } from "./side-request.ts"

export interface Reply {
  readonly end: "complete" | "aborted" | "failed"
  readonly failure?: ApiFailure
  readonly stopReason: string | null
  readonly stopDetails: unknown
  /** Where the history stood before it. */
  readonly before: HistoryMark
  /** Calls that arrived whole. */
  readonly calls: readonly ReplyCall[]
  readonly text: string
}

/** Blocks are numbered in the process, so that readers can tell them apart across agents and retries. */
let lastBlock = 0
let lastReply = 0

/**
 * Streams one reply: every finished block is a line of the log before it is an event. A void attempt (the
 * connection broke, a retry follows) leaves no trace in the history; its lines become a dead branch of the log.
 */
export async function streamReply(run: Run, request: MessagesRequest, cause: RequestCause): Promise<Reply> {
  const reply = ++lastReply
  const startedAt = performance.now()
  let billedAt = startedAt
  const before = run.history.mark()
  const display = createDisplay(run)
  let attempt = startAttempt(run, display.emit)
  let failure: ApiFailure | undefined
  let requestId: string | null = null

  run.emit({ type: "reply.begin", reply, cause })
  for await (const item of run.api.stream(request, {
    signal: run.signal,
    cause,
    sessionId: run.history.sessionId,
    ...(run.agent === undefined ? {} : { agentId: run.agent.id }),
  })) {
    switch (item.type) {
      case "sent":
      case "silence":
        break
      case "event":
        attempt.push(item.event)
        break
      case "retry":
        bill(run, attempt.fold, cause, performance.now() - billedAt, true)
        billedAt = performance.now()
        attempt.discard()
        run.history.rewind(before)
        attempt = startAttempt(run, display.emit)
        break
      case "done":
        requestId = item.requestId
        break
      case "failed":
        failure = item.failure
        break
    }
    const notice = waitingNotice(item)
    if (notice !== null) run.emit(notice)
  }

  const aborted = run.signal.aborted || failure?.category === "aborted"
  const done = attempt.finish({ requestId, aborted, failed: failure !== undefined })
  await display.shown()
  const { stopReason, stopDetails, usage } = attempt.fold.message()
  const apiMs = performance.now() - startedAt
  const costUsd = bill(run, attempt.fold, cause, performance.now() - billedAt, failure !== undefined)
  run.meter.apiMs += apiMs
  run.meter.stopReason = stopReason
  run.meter.cutOff = stopReason === "max_tokens" ? run.meter.cutOff + 1 : 0
  if (contextTokens(usage) > 0) run.meter.contextUsed = contextTokens(usage)
  run.emit({
    type: "reply.end",
    reply,
    stopReason,
    usage,
    costUsd,
    context: { used: run.meter.contextUsed, window: run.settings().model.window },
    ...(failure === undefined ? {} : { failed: failure }),
  })
  return {
    end: aborted ? "aborted" : failure === undefined ? "complete" : "failed",
    ...(failure === undefined || aborted ? {} : { failure }),
    stopReason,
    stopDetails,
    before,
    ...done,
  }
}

interface Attempt {
  readonly fold: ReplyFold
  push(event: Parameters<ReplyFold["push"]>[0]): void
  /** Void: open and finished blocks alike are dropped. */
  discard(): void
  finish(how: { readonly requestId: string | null; readonly aborted: boolean; readonly failed: boolean }): {
    readonly calls: readonly ReplyCall[]
    readonly text: string
  }
}

function startAttempt(run: Run, emit: Run["emit"]): Attempt {
  const fold = createReply()
  const numbers = new Map<number, number>()
  const kinds = new Map<number, string>()
  const calls: ReplyCall[] = []
  const texts: string[] = []
  // The last finished block waits for the message's end, so that its line carries the final usage.
  let held: { readonly index: number; readonly block: Block; readonly badInput?: string } | undefined

  function flush(requestId: string | null, aborted = false): void {
    if (held === undefined) return
    const { index, block, badInput } = held
    held = undefined
    const number = numbers.get(index)
    numbers.delete(index)
    if (number === undefined) return
    const reply = fold.message()
    const message = refOf(fold)
    if (isBlock(block, "text") && block.text.trim() === "") {
      emit({ type: "block.end", block: number, message, requestId })
      return
    }
    const uuid = run.history.addAssistant(
      {
        id: reply.id,
        type: "message",
        role: "assistant",
        model: reply.model,
        content: [block],
        stop_reason: reply.stopReason,
        stop_sequence: reply.stopSequence,
        usage: reply.usage,
      },
      requestId,
    ).uuid
    if (isBlock(block, "tool_use")) calls.push({ block, ...(badInput === undefined ? {} : { badInput }) })
    if (isBlock(block, "text")) texts.push(block.text)
    emit({
      type: "block.end",
      block: number,
      content: block,
      uuid,
      message,
      requestId,
      ...(aborted ? { aborted: true as const } : {}),
    })
  }

  function drop(index: number, number: number): void {
    numbers.delete(index)
    emit({ type: "block.end", block: number, message: refOf(fold), requestId: null })
  }

  return {
    fold,
    push(event) {
      for (const change of fold.push(event)) {
        if (change.type === "begin") {
          flush(null)
          const number = ++lastBlock
          if (isBlock(change.start, "tool_use")) void expectCall(run, change.start.name)
          numbers.set(change.index, number)
          kinds.set(change.index, change.start.type)
          emit({
            type: "block.begin",
            block: number,
            index: change.index,
            message: refOf(fold),
            kind: change.start.type,
            start: change.start,
          })
        } else if (change.type === "grow") {
          const number = numbers.get(change.index)
          if (number !== undefined) emit({ type: "block.grow", block: number, text: change.text })
        } else {
          flush(null)
          held = change
        }
      }
    },
    discard() {
      held = undefined
      for (const [index, number] of [...numbers]) drop(index, number)
    },
    finish({ requestId, aborted, failed }) {
      flush(requestId)
      // What was cut short: its text stays (the person saw it), half a thought or half a call does not.
      const unfinished = fold.message().unfinished.filter((block) => isBlock(block, "text"))
      for (const [index, number] of [...numbers]) {
        const text = kinds.get(index) === "text" ? unfinished.shift() : undefined
        if ((aborted || failed) && text !== undefined) {
          held = { index, block: text }
          flush(requestId, true)
        } else {
          drop(index, number)
        }
      }
      return { calls, text: texts.join("\n") }
    },
  }
}

function refOf(fold: ReplyFold): MessageRef {
  const { id, model, usage } = fold.message()
  return { id, model, usage }
}

function bill(run: Run, fold: ReplyFold, cause: RequestCause, apiMs: number, wasted: boolean): number {
  const { usage, model } = fold.message()
  if (contextTokens(usage) === 0) return 0
  const entry = run.ledger.add(
    {
      cause: run.agent === undefined ? cause : "subagent",
      model: model === "" ? run.settings().model.id : model,
      ...(run.agent === undefined ? {} : { agent: run.agent.type }),
      usage,
      apiMs,
      wasted,
    },
    model === "" ? run.settings().model : run.session.options.models.resolve(model),
  )
  return entry.costUsd
}
