/** The hooks after one call: what they add for the model, and what it reads instead of the tool's own words. */
import { type TextBlock, textOf } from "../model/block.ts"
import type { ToolOutput } from "../model/tool.ts"
import { toCall } from "./authorise.ts"
import type { ReadyCall } from "./call.ts"
import { fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"

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
