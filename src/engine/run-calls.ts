import { raceAbort } from "../lib/abort.ts"
import { type TextBlock, textOf } from "../model/block.ts"
import type { ToolEnd } from "../model/event.ts"
import { failed, type ToolOutput } from "../model/tool.ts"
import { type Authorisation, authorise, judge, toCall } from "./authorise.ts"
import type { Prepared, ReadyCall, ReplyCall } from "./call.ts"
import { capResult } from "./cap-result.ts"
import { fireHook } from "./fire-hook.ts"
import { prepareCall } from "./prepare-call.ts"
import type { Run } from "./run.ts"

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
  const after = await fireHook(run, "PostToolBatch", { tool_calls: batch })
  const stopped = after.stop === true || after.block === true
  return {
    endTurn,
    ...(stopped ? { stop: after.stopReason ?? after.reason ?? "a PostToolBatch hook ended the turn" } : {}),
    ...(after.context === undefined ? {} : { context: after.context }),
  }
}

export interface CallsEnd {
  readonly endTurn: boolean
  /** A hook ends the turn; why. */
  readonly stop?: string
  readonly deferred?: ReadyCall
  /** What hooks add for the model. */
  readonly context?: readonly string[]
}

interface BatchCall {
  readonly tool_name: string
  readonly tool_input: unknown
  readonly tool_use_id: string
  readonly tool_response?: unknown
}

function batchCall(prepared: Prepared, { output }: Done): BatchCall {
  const { data } = output
  return prepared.kind === "ready"
    ? {
        tool_name: prepared.call.tool.name,
        tool_input: prepared.call.input,
        tool_use_id: prepared.call.id,
        tool_response: data,
      }
    : { tool_name: prepared.tool, tool_input: prepared.input, tool_use_id: prepared.id, tool_response: data }
}

interface Done {
  readonly output: ToolOutput
  readonly durationMs: number
  readonly refused?: ToolEnd["refused"]
  readonly endTurn?: boolean
  readonly stop?: string
  readonly deferred?: true
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

export async function runOne(run: Run, prepared: Prepared): Promise<Done> {
  const startedAt = performance.now()
  const elapsed = () => performance.now() - startedAt
  if (prepared.kind === "answered") {
    run.emit({ type: "tool.begin", id: prepared.id, tool: prepared.tool, input: prepared.input, title: "" })
    return { output: prepared.output, durationMs: elapsed() }
  }

  const { call } = prepared
  run.emit({ type: "tool.begin", id: call.id, tool: call.tool.name, input: call.input, title: call.title })
  try {
    const verdict = await authorise(run, call)
    // The turn ended while the question was open: nobody refused.
    if (run.signal.aborted) return { ...INTERRUPTED, durationMs: elapsed() }
    if (!verdict.go) return await refusal(run, call, verdict, elapsed())
    const judged = { ...call, input: verdict.input }
    await checkpoint(run, judged)
    const startedRun = performance.now()
    const output = await execute(run, judged)
    const after = await afterwards(run, judged, output, verdict.context, performance.now() - startedRun)
    const stop = verdict.stop ?? after.stop
    return { output: after.output, durationMs: elapsed(), ...(stop === undefined ? {} : { stop }) }
  } catch (error) {
    if (run.signal.aborted) return { ...INTERRUPTED, durationMs: elapsed() }
    // A bug in a tool must not cost the session: the model reads what happened and the turn goes on.
    const text = `${call.tool.name} crashed: ${error instanceof Error ? error.message : String(error)}`
    return { output: failed(text), durationMs: elapsed() }
  }
}

/** Keeps what the call is about to overwrite. */
async function checkpoint(run: Run, call: ReadyCall): Promise<void> {
  const { checkpoints } = run.session.options
  if (checkpoints === undefined) return
  const access = call.tool.access(call.input, run.session.place())
  const paths = access.flatMap((one) => (one.kind === "write" ? [one.path] : []))
  const snapshot = paths.length === 0 ? null : await checkpoints.before(paths)
  if (snapshot !== null) run.session.addSide(snapshot)
}

const INTERRUPTED: Done = {
  output: {
    ...failed("Interrupted before this call was finished."),
    view: { kind: "text", summary: "interrupted" },
  },
  durationMs: 0,
}

async function refusal(
  run: Run,
  call: ReadyCall,
  verdict: Authorisation & { go: false },
  durationMs: number,
): Promise<Done> {
  if (verdict.deferred === true) return { ...INTERRUPTED, durationMs, deferred: true }
  run.meter.denials.push({ tool: call.tool.name, toolUseId: call.id, input: call.input })
  const { retry } =
    verdict.by === "policy" || verdict.by === "rule"
      ? await fireHook(
          run,
          "PermissionDenied",
          {
            tool_name: call.tool.name,
            tool_input: call.input,
            tool_use_id: call.id,
            reason: verdict.reason.text,
          },
          { toolUseId: call.id, matcher: call.tool.name, call: toCall(run, call) },
        )
      : {}
  const text = retry === true ? `${verdict.text} A hook says that you may try this again.` : verdict.text
  return {
    output: { ...failed(text), view: { kind: "text", summary: verdict.reason.text || "refused" } },
    durationMs,
    refused: { ...verdict.reason, by: verdict.by },
    ...(verdict.endTurn === true ? { endTurn: true } : {}),
  }
}

/** Drives the tool and returns at once when the turn is interrupted, even if the tool ignores the signal. */
export async function execute(run: Run, call: ReadyCall): Promise<ToolOutput> {
  const { detachable } = run.session
  detachable.set(call.id, new AbortController())
  try {
    return await drive(run, call)
  } finally {
    detachable.delete(call.id)
  }
}

async function drive(run: Run, call: ReadyCall): Promise<ToolOutput> {
  const progress = call.tool.run(call.input, run.session.toolContext(run, call))
  while (true) {
    const step = await raceAbort(progress.next(), run.signal)
    if (step === "aborted") {
      // The tool sees the same signal and cleans up behind us; its late failure is nobody's news.
      progress.return(INTERRUPTED.output).catch(() => {})
      return INTERRUPTED.output
    }
    if (step.done) return capResult(step.value, run.session.spillDir(), call.id)
    run.emit({ type: "tool.grow", id: call.id, tail: step.value })
  }
}

async function afterwards(
  run: Run,
  call: ReadyCall,
  output: ToolOutput,
  context: readonly string[],
  durationMs: number,
): Promise<{ readonly output: ToolOutput; readonly stop?: string }> {
  const failure = output.isError === true
  const event = failure ? "PostToolUseFailure" : "PostToolUse"
  const notes = [...context]
  let shown = output
  let stop: string | undefined
  if (run.session.hooks.listens(event)) {
    const result = failure
      ? { error: textOf(output.content), is_interrupt: run.signal.aborted }
      : { tool_response: output.data }
    const outcome = await fireHook(
      run,
      event,
      {
        tool_name: call.tool.name,
        tool_input: call.input,
        tool_use_id: call.id,
        duration_ms: Math.round(durationMs),
        ...result,
      },
      { toolUseId: call.id, matcher: call.tool.name, call: toCall(run, call) },
    )
    notes.push(...(outcome.context ?? []))
    if (outcome.block === true && outcome.reason !== undefined) notes.push(outcome.reason)
    if (!failure && outcome.updatedToolOutput !== undefined)
      shown = replaced(output, outcome.updatedToolOutput)
    if (outcome.stop === true) stop = outcome.stopReason ?? `a ${event} hook ended the turn`
  }
  const ending = stop === undefined ? {} : { stop }
  if (notes.length === 0) return { output: shown, ...ending }
  const reminder = notes.map((note) => `<system-reminder>\n${note}\n</system-reminder>`).join("\n")
  const content =
    typeof shown.content === "string"
      ? `${shown.content}\n\n${reminder}`
      : [...shown.content, { type: "text" as const, text: reminder }]
  return { output: { ...shown, content }, ...ending }
}

/** What a hook gives the model to read instead: text and content blocks as they are, other data as JSON. */
function replaced(output: ToolOutput, updated: unknown): ToolOutput {
  if (typeof updated === "string") return { ...output, content: updated, data: updated }
  const isContent = (block: unknown): block is TextBlock =>
    typeof block === "object" && block !== null && (block as { type?: unknown }).type === "text"
  if (Array.isArray(updated) && updated.length > 0 && updated.every(isContent))
    return { ...output, content: updated, data: updated }
  return { ...output, content: JSON.stringify(updated), data: updated }
}

/** Results become lines and events in the order of the calls, however the calls finish. */
function recordInOrder(run: Run, group: readonly Prepared[]) {
  const waiting = new Map<number, Done>()
  let next = 0
  return {
    done(index: number, done: Done): void {
      waiting.set(index, done)
      for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
        waiting.delete(next)
        record(run, group[next] as Prepared, ready)
        next++
      }
    },
  }
}

function record(run: Run, prepared: Prepared, { output, durationMs, refused }: Done): void {
  const id = prepared.kind === "ready" ? prepared.call.id : prepared.id
  const tool = prepared.kind === "ready" ? prepared.call.tool.name : prepared.tool
  const isError = output.isError === true
  const result = {
    type: "tool_result" as const,
    tool_use_id: id,
    content: output.content,
    ...(isError ? { is_error: true } : {}),
  }
  const line = run.history.addUser([result], { toolUseResult: output.data, sourceToolUseID: id })
  run.emit({
    type: "tool.end",
    id,
    tool,
    result,
    data: output.data,
    view: output.view,
    isError,
    ...(refused === undefined ? {} : { refused }),
    uuid: line.uuid,
    durationMs,
  })
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
