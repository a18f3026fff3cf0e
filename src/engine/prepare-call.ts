import { type AnyTool, failed } from "../model/tool.ts"
import type { Prepared, ReplyCall } from "./call.ts"
import type { Run } from "./run.ts"

/** Names that models learned earlier and still use (spec/tools.md). */
const TOOL_ALIASES: Readonly<Record<string, string>> = {
  Task: "Agent",
  KillShell: "TaskStop",
  KillBash: "TaskStop",
  ListMcpResources: "ListMcpResourcesTool",
  ReadMcpResource: "ReadMcpResourceTool",
  ReadMcpResourceDir: "ReadMcpResourceDirTool",
}

/** The tool a model means; undefined when this run offers none of that name. */
async function loadTool(run: Run, name: string): Promise<AnyTool | undefined> {
  const wanted = run.session.options.toolAliases?.[name] ?? TOOL_ALIASES[name] ?? name
  const offered = run.tools().find((one) => one.name === wanted)
  return offered !== undefined && "load" in offered ? await offered.load() : offered
}

/** Loads what a call of `name` will need, while its input is still being written. Never rejects. */
export async function expectCall(run: Run, name: string): Promise<void> {
  await Promise.allSettled([loadTool(run, name), import("../tools/validate.ts")])
}

/** Finds the tool, checks the input against its schema and makes paths absolute. Never throws. */
export async function prepareCall(run: Run, { block, badInput }: ReplyCall): Promise<Prepared> {
  const { id, name, input } = block
  const answered = (text: string): Prepared => {
    const output = failed(`<tool_use_error>${text}</tool_use_error>`)
    return { kind: "answered", id, tool: name, input, output: { ...output, data: `Error: ${text}` } }
  }

  const tool = await loadTool(run, name)
  if (tool === undefined) return answered(`Error: No such tool available: ${name}`)
  if (badInput !== undefined) {
    return answered(
      `InputValidationError: the input of ${name} is not complete JSON (it ends after ${badInput.length} characters). Send the call again, in smaller parts if it was cut off.`,
    )
  }

  try {
    const { validateInput } = await import("../tools/validate.ts")
    const valid = validateInput(tool, input)
    if (!valid.ok) return answered(valid.message)
    const place = run.session.place()
    const ready = tool.normalize?.(valid.input, place) ?? valid.input
    return { kind: "ready", call: { id, tool, input: ready, title: tool.title(ready, place) } }
  } catch (error) {
    return answered(
      `${name} could not read its input: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
