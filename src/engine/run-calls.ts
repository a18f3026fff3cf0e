import { raceAbort } from "../lib/abort.ts"
import type { ToolEnd } from "../model/event.ts"
import { failed, type ToolOutput } from "../model/tool.ts"
import { type Authorisation, authorise, judge } from "./authorise.ts"
import type { Prepared, ReadyCall } from "./call.ts"
import { capResult } from "./cap-result.ts"
import { prepareCall } from "./prepare-call.ts"
import type { ReplyCall } from "./reply.ts"
import type { Run } from "./run.ts"

/**
 * Runs the calls of one reply and owns their pairing: whatever happens (refusal, crash, interrupt), every
 * `tool_use` gets exactly one `tool_result`, recorded in the order of the calls.
 */
export async function runCalls(
  run: Run,
  calls: readonly ReplyCall[],
): Promise<{ readonly endTurn: boolean }> {
  const prepared = await Promise.all(calls.map((call) => prepareCall(run, call)))
  let endTurn = false
  let next = 0
  while (next < prepared.length) {
    const group = groupFrom(run, prepared, next)
    next += group.length
    const recorder = recordInOrder(run, group)
    await inParallel(group, run.session.maxConcurrency, async (call, index) => {
      const done = endTurn || run.signal.aborted ? INTERRUPTED : await runOne(run, call)
      if (done.endTurn) endTurn = true
      recorder.done(index, done)
    })
  }
  return { endTurn }
}

interface Done {
  readonly output: ToolOutput
  readonly durationMs: number
  readonly refused?: ToolEnd["refused"]
  readonly endTurn?: boolean
}

/** Calls that only read (or bring their own isolation) run together; anything that writes runs alone. */
function groupFrom(run: Run, prepared: readonly Prepared[], start: number): readonly Prepared[] {
  const beside = (one: Prepared) =>
    one.kind === "answered" || one.call.tool.concurrent === true || judge(run, one.call).readOnly
  let end = start + 1
  const first = prepared[start]
  if (first !== undefined && beside(first)) {
    while (end < prepared.length && beside(prepared[end] as Prepared)) end++
  }
  return prepared.slice(start, end)
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
    if (!verdict.go) return refusal(run, call, verdict, elapsed())
    const output = await execute(run, { ...call, input: verdict.input })
    return { output: await afterwards(run, call, output, verdict.context), durationMs: elapsed() }
  } catch (error) {
    if (run.signal.aborted) return { ...INTERRUPTED, durationMs: elapsed() }
    // A bug in a tool must not cost the session: the model reads what happened and the turn goes on.
    const text = `${call.tool.name} crashed: ${error instanceof Error ? error.message : String(error)}`
    return { output: failed(text), durationMs: elapsed() }
  }
}

const INTERRUPTED: Done = {
  output: {
    ...failed("Interrupted by the user before this call was finished."),
    view: { kind: "text", summary: "interrupted" },
  },
  durationMs: 0,
}

function refusal(
  run: Run,
  call: ReadyCall,
  verdict: Authorisation & { go: false },
  durationMs: number,
): Done {
  run.meter.denials.push({ tool: call.tool.name, toolUseId: call.id, input: call.input })
  return {
    output: { ...failed(verdict.text), view: { kind: "text", summary: verdict.reason.text } },
    durationMs,
    refused: { ...verdict.reason, by: verdict.by },
    ...(verdict.endTurn === true ? { endTurn: true } : {}),
  }
}

/** Drives the tool and returns at once when the turn is interrupted, even if the tool ignores the signal. */
async function execute(run: Run, call: ReadyCall): Promise<ToolOutput> {
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
): Promise<ToolOutput> {
  const event = output.isError === true ? "PostToolUseFailure" : "PostToolUse"
  const notes = [...context]
  if (run.session.hooks.listens(event)) {
    const outcome = await run.session.hooks.fire(
      event,
      { tool_name: call.tool.name, tool_input: call.input, tool_response: output.data, tool_use_id: call.id },
      { signal: run.signal, toolUseId: call.id, matcher: call.tool.name },
    )
    notes.push(...(outcome.context ?? []))
    if (outcome.block === true && outcome.reason !== undefined) notes.push(outcome.reason)
  }
  if (notes.length === 0) return output
  const reminder = notes.map((note) => `<system-reminder>\n${note}\n</system-reminder>`).join("\n")
  const content =
    typeof output.content === "string"
      ? `${output.content}\n\n${reminder}`
      : [...output.content, { type: "text" as const, text: reminder }]
  return { ...output, content }
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
