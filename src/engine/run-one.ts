/** One call from permission to result. It never throws: a refusal, a crash and an interrupt are results, too. */
import { raceAbort } from "../lib/abort.ts"
import type { ToolEnd } from "../model/event.ts"
import { failed, type ToolOutput } from "../model/tool.ts"
import { afterCall } from "./after-call.ts"
import { authorise, type Refusal, toCall } from "./authorise.ts"
import type { Prepared, ReadyCall } from "./call.ts"
import { capResult } from "./cap-result.ts"
import { fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"
import { toolInput } from "./tool-input.ts"

export interface Done {
  readonly output: ToolOutput
  readonly durationMs: number
  readonly refused?: ToolEnd["refused"]
  readonly endTurn?: boolean
  readonly stop?: string
  readonly deferred?: true
}

export const INTERRUPTED: Done = {
  output: {
    ...failed("Interrupted before this call was finished."),
    view: { kind: "text", summary: "interrupted" },
  },
  durationMs: 0,
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
    if ("answered" in verdict) return { output: verdict.answered, durationMs: elapsed() }
    if (!verdict.go) return await refusal(run, call, verdict, elapsed())
    const judged = { ...call, input: verdict.input }
    await raceAbort(checkpoint(run, judged), run.signal)
    if (run.signal.aborted) return { ...INTERRUPTED, durationMs: elapsed() }
    // A hook may still write what the next command reads.
    const moving = run.session.settled("place")
    if (moving !== null) await raceAbort(moving, run.signal)
    const startedRun = performance.now()
    const output = await execute(run, judged)
    const after = await afterCall(run, judged, output, verdict.context, performance.now() - startedRun)
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

async function refusal(run: Run, call: ReadyCall, verdict: Refusal, durationMs: number): Promise<Done> {
  if (verdict.deferred === true) return { ...INTERRUPTED, durationMs, deferred: true }
  run.meter.denials.push({ tool: call.tool.name, toolUseId: call.id, input: call.input })
  const { retry } =
    verdict.by === "policy" || verdict.by === "rule"
      ? await fireHook(
          run,
          "PermissionDenied",
          {
            ...(await toolInput(run, call)),
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
    ...(verdict.stop === undefined ? {} : { stop: verdict.stop }),
  }
}

/** Drives the tool and returns at once when the turn is interrupted, even if the tool ignores the signal. */
export async function execute(run: Run, call: ReadyCall): Promise<ToolOutput> {
  const { detachable } = run.session
  // A subagent is moved to the background as a whole.
  if (run.agent === undefined) detachable.set(call.id, new AbortController())
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
