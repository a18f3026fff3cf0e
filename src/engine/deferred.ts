/** A call that a hook put off in an earlier process, and taking it up again (spec/headless.md section 10). */
import type { ToolUseBlock } from "../model/block.ts"
import type { AssistantLine, Line } from "../model/line.ts"
import type { ReadyCall } from "./call.ts"
import { contextPrompts } from "./fire-hook.ts"
import type { Run, Steering } from "./run.ts"
import { runCalls } from "./run-calls.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

/** The line of the transcript that says so; the call itself is the reply before it. */
const SUBTYPE = "tool_deferred"

/** The call that the conversation ended with, when a hook put it off; an interrupted one is not taken up again. */
export function deferredCall(lines: readonly Line[]): ToolUseBlock | null {
  const at = lines.findLastIndex((line) => line.type === "system" && line.subtype === SUBTYPE)
  if (at === -1) return null
  if (lines.slice(at).some(({ type }) => type === "user" || type === "assistant")) return null
  const reply = lines.findLast((line): line is AssistantLine => line.type === "assistant")
  const call = reply?.message.content.at(-1)
  return call?.type === "tool_use" ? (call as ToolUseBlock) : null
}

/** The call stays without a result: the process that resumes the session takes it up. */
export function putOff(run: Run, { id, tool, input }: ReadyCall): TurnOutcome {
  run.meter.stopReason = SUBTYPE
  run.history.addSystem(SUBTYPE, { content: `A hook put ${tool.name} off (${id}).`, level: "info" })
  return { reason: "completed", terminal: SUBTYPE, deferred: { id, name: tool.name, input } }
}

/** Judges and runs the call anew, hooks first. Null, with what hooks add, when the turn goes on; else how it ends. */
export async function takeUp(
  run: Run,
  block: ToolUseBlock,
): Promise<TurnOutcome | { readonly context: readonly Steering[] }> {
  const { id, name, input } = block
  if (!run.tools().some((tool) => tool.name === name)) {
    run.meter.stopReason = "tool_deferred_unavailable"
    return {
      reason: "refused",
      terminal: "tool_deferred_unavailable",
      message: `The tool ${name} of the call that was put off is not there any more; nothing was run.`,
      deferred: { id, name, input },
    }
  }
  const { endTurn, stop, deferred, context } = await runCalls(run, [{ block }])
  if (deferred !== undefined) return putOff(run, deferred)
  if (endTurn || run.signal.aborted) return { reason: "interrupted", during: "tools" }
  if (stop !== undefined) return { reason: "completed", terminal: "hook_stopped", message: stop }
  return { context: contextPrompts("PostToolBatch", context) }
}
