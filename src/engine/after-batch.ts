/** The hook after all calls of one reply: it sees what each of them gave, and may end the turn. */
import type { Prepared } from "./call.ts"
import { fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"
import type { Done } from "./run-one.ts"

export interface BatchCall {
  readonly tool_name: string
  readonly tool_input: unknown
  readonly tool_use_id: string
  readonly tool_response?: unknown
}

export function batchCall(prepared: Prepared, { output }: Done): BatchCall {
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

export async function afterBatch(
  run: Run,
  batch: readonly BatchCall[],
): Promise<{ readonly stop?: string; readonly context?: readonly string[] }> {
  const after = await fireHook(run, "PostToolBatch", { tool_calls: batch })
  const stopped = after.stop === true || after.block === true
  return {
    ...(stopped ? { stop: after.stopReason ?? after.reason ?? "a PostToolBatch hook ended the turn" } : {}),
    ...(after.context === undefined ? {} : { context: after.context }),
  }
}
