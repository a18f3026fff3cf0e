import type { ReadyCall } from "./call.ts"
import { inputToShow } from "./plan.ts"
import type { Run } from "./run.ts"

/** What hooks are told of a call: its name, its input as the person would judge it, and whose tool it is. */
export async function toolInput(run: Run, call: ReadyCall): Promise<Readonly<Record<string, unknown>>> {
  const server = serverOf(run, call)
  const source = server === null ? undefined : run.session.options.serverSource?.(server)
  return {
    tool_name: call.tool.name,
    tool_input: await inputToShow(run, call),
    ...(server === null ? {} : { mcp_server: { name: server, source: source ?? "dynamic" } }),
  }
}

export function isMcp({ tool }: ReadyCall): boolean {
  return tool.name.startsWith("mcp__")
}

function serverOf(run: Run, call: ReadyCall): string | null {
  if (!isMcp(call)) return null
  const access = call.tool.access(call.input, run.session.place()).find((one) => one.kind === "mcp")
  return access?.kind === "mcp" ? access.server : null
}
