/** Runs when the program is built (Bun macro): the JSON schemas of all tools become plain data. */

import type { ToolSpec } from "../model/api.ts"
import { agentTool } from "./agent.ts"
import type { BuiltinSpec } from "./builtin-spec.ts"
import { recall } from "./recall.ts"
import { TOOLS } from "./registry.ts"
import { toolSpec } from "./validate.ts"

export function builtinSpecs(): BuiltinSpec[] {
  return [...TOOLS, recall].map((tool) => ({ spec: toolSpec(tool), offered: tool.offered ?? "always" }))
}

/** Its description lacks the kinds of subagents, which only a session knows. */
export function agentSpecOfNoKinds(): ToolSpec {
  return toolSpec(agentTool([]))
}
