import { failed } from "../model/tool.ts"
import type { Prepared } from "./call.ts"
import type { ReplyCall } from "./reply.ts"
import type { Run } from "./run.ts"

/** Names that models learned earlier and still use (spec/tools.md). */
const TOOL_ALIASES: Readonly<Record<string, string>> = {
  Task: "Agent",
  KillShell: "TaskStop",
  KillBash: "TaskStop",
  ListMcpResources: "ListMcpResourcesTool",
  ReadMcpResource: "ReadMcpResourceTool",
}

/** Finds the tool, checks the input against its schema and makes paths absolute. Never throws. */
export async function prepareCall(run: Run, { block, badInput }: ReplyCall): Promise<Prepared> {
  const { id, name, input } = block
  const answered = (text: string): Prepared => {
    const output = failed(`<tool_use_error>${text}</tool_use_error>`)
    return { kind: "answered", id, tool: name, input, output: { ...output, data: `Error: ${text}` } }
  }

  const wanted = run.session.options.toolAliases?.[name] ?? TOOL_ALIASES[name] ?? name
  const found = run.tools().find((one) => one.name === wanted)
  if (found === undefined) return answered(`Error: No such tool available: ${name}`)
  const tool = (await found.load?.()) ?? found
  if (badInput !== undefined) {
    return answered(
      `InputValidationError: the input of ${name} is not complete JSON (it ends after ${badInput.length} characters). Send the call again, in smaller parts if it was cut off.`,
    )
  }

  const { validateInput } = await import("../tools/validate.ts")
  const valid = validateInput(tool, input)
  if (!valid.ok) return answered(valid.message)
  const place = run.session.place()
  const ready = tool.normalize?.(valid.input, place) ?? valid.input
  return { kind: "ready", call: { id, tool, input: ready, title: tool.title(ready, place) } }
}
