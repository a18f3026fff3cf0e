import { afterBatch, type BatchCall, batchCall } from "./after-batch.ts"
import { judge } from "./authorise.ts"
import type { Prepared, ReadyCall, ReplyCall } from "./call.ts"
import { prepareCall } from "./prepare-call.ts"
import { recordInOrder } from "./record-results.ts"
import type { Run } from "./run.ts"
import { INTERRUPTED, runOne } from "./run-one.ts"

/**
 * Runs the calls of one reply and owns their pairing: whatever happens (refusal, crash, interrupt), every
 * `tool_use` gets exactly one `tool_result`, recorded in the order of the calls.
 */
export async function runCalls(
  run: Run,
  calls: readonly ReplyCall[],
  /** `skip`: the reply was cut short; its calls get their results and nothing runs. */
  how: "run" | "skip" = "run",
): Promise<CallsEnd> {
  const prepared = await Promise.all(calls.map((call) => prepareCall(run, call)))
  run.mayDefer = calls.length === 1 && run.agent === undefined && run.session.options.defers === true
  let endTurn = how === "skip"
  let stop: string | undefined
  let deferred: ReadyCall | undefined
  const batch: BatchCall[] = []
  let next = 0
  while (next < prepared.length) {
    const group = groupFrom(run, prepared, next)
    next += group.length
    const recorder = recordInOrder(run, group)
    await inParallel(group, run.session.maxConcurrency, async (call, index) => {
      const done = endTurn || run.signal.aborted ? INTERRUPTED : await runOne(run, call)
      if (done.endTurn) endTurn = true
      stop ??= done.stop
      if (done.deferred === true && call.kind === "ready") {
        // The call stays open in the log: a later process takes it up.
        deferred = call.call
        return
      }
      batch.push(batchCall(call, done))
      recorder.done(index, done)
    })
  }
  if (deferred !== undefined) return { endTurn, deferred }
  if (endTurn || run.signal.aborted || stop !== undefined) {
    return { endTurn, ...(stop === undefined ? {} : { stop }) }
  }
  return { endTurn, ...(await afterBatch(run, batch)) }
}

export interface CallsEnd {
  readonly endTurn: boolean
  /** A hook ends the turn; why. */
  readonly stop?: string
  readonly deferred?: ReadyCall
  /** What hooks add for the model. */
  readonly context?: readonly string[]
}

/** Calls that only read (or bring their own isolation) run together; anything that writes runs alone. */
function groupFrom(run: Run, prepared: readonly Prepared[], start: number): readonly Prepared[] {
  const beside = (one: Prepared) =>
    one.kind === "answered" || one.call.tool.concurrent === true || onlyReads(run, one.call)
  let end = start + 1
  const first = prepared[start]
  if (first !== undefined && beside(first)) {
    while (end < prepared.length && beside(prepared[end] as Prepared)) end++
  }
  return prepared.slice(start, end)
}

function onlyReads(run: Run, call: ReadyCall): boolean {
  try {
    // A tool that touches nothing outside keeps something inside the session (todo lists, schedules): in order.
    return judge(run, call).readOnly && call.tool.access(call.input, run.session.place()).length > 0
  } catch {
    // A tool that cannot say what it touches runs alone, and its crash becomes its result.
    return false
  }
}

async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      await work(items[index] as T, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
}
