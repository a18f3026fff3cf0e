/** The hooks after one call: what they add for the model, and what it reads instead of the tool's own words. */
import { textOf } from "../model/block.ts"
import type { ToolOutput } from "../model/tool.ts"
import { toCall } from "./authorise.ts"
import type { ReadyCall } from "./call.ts"
import { fireHook, hears } from "./fire-hook.ts"
import { replacedOutput } from "./replaced-output.ts"
import type { Run } from "./run.ts"
import { isMcp, toolInput } from "./tool-input.ts"

export async function afterCall(
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
  if (hears(run, event)) {
    const result = failure
      ? { error: textOf(output.content), is_interrupt: run.signal.aborted }
      : { tool_response: output.data }
    // The turn is over when the call was interrupted: its hooks are told, and nobody waits for them.
    const { aborted } = run.signal
    const telling = fireHook(
      run,
      event,
      {
        ...(await toolInput(run, call)),
        tool_use_id: call.id,
        duration_ms: Math.round(durationMs),
        ...result,
      },
      {
        toolUseId: call.id,
        matcher: call.tool.name,
        call: toCall(run, call),
        ...(aborted && { signal: new AbortController().signal }),
      },
    )
    if (aborted) {
      run.session.settle("told", telling)
      return { output }
    }
    const outcome = await telling
    notes.push(...(outcome.context ?? []))
    if (outcome.block === true && outcome.reason !== undefined) notes.push(outcome.reason)
    const updated = outcome.updatedToolOutput ?? (isMcp(call) ? outcome.updatedMcpToolOutput : undefined)
    if (!failure && updated !== undefined) shown = replacedOutput(run, call, output, updated)
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
