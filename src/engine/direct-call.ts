/** A call the person asked for by its alias: judged and run like the model's, told to the model as something that was done. */
import { textOf } from "../model/block.ts"
import { prepareCall } from "./prepare-call.ts"
import type { Run } from "./run.ts"
import { runOne } from "./run-one.ts"

export async function directCall(
  run: Run,
  call: { readonly tool: string; readonly input: Readonly<Record<string, unknown>> },
): Promise<void> {
  const id = `toolu_${crypto.randomUUID().replaceAll("-", "")}`
  const block = { type: "tool_use", id, name: call.tool, input: call.input } as const
  const prepared = await prepareCall(run, { block })
  const { output, durationMs, refused } = await runOne(run, prepared)
  const shown = typeof output.content === "string" ? output.content : textOf(output.content)
  // A message of the person, not a call of the model: the model did not make it, and its replies stay as they were.
  const line = run.history.addUser(
    `<tool-call by="user" tool="${call.tool}">${JSON.stringify(call.input)}</tool-call>\n<tool-result>\n${shown}\n</tool-result>`,
  )
  const isError = output.isError === true
  run.emit({
    type: "tool.end",
    id,
    tool: call.tool,
    result: {
      type: "tool_result",
      tool_use_id: id,
      content: output.content,
      ...(isError ? { is_error: true } : {}),
    },
    data: output.data,
    view: output.view,
    isError,
    ...(refused === undefined ? {} : { refused }),
    uuid: line.uuid,
    durationMs,
  })
}
