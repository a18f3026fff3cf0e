/**
 * What the API is told about each built-in tool, ready made at build time. Load this for a request, and the registry
 * (with zod, some 20 ms) only when a call must run, best while its input is still being written.
 */
import type { AgentKind } from "../model/agent.ts"
import type { ToolSpec } from "../model/api.ts"
import { listKinds } from "./agent-kinds.ts"
import type { BuiltinSpec } from "./builtin-spec.ts"
import { agentSpecOfNoKinds, builtinSpecs } from "./specs.macro.ts" with { type: "macro" }

/** All but `Agent`. */
export const BUILTINS: readonly BuiltinSpec[] = builtinSpecs()

const agent: ToolSpec = agentSpecOfNoKinds()

/** Of the `Agent` tool for these kinds of subagents; the same as `toolSpec(agentTool(kinds))`. */
export function agentSpec(kinds: readonly AgentKind[]): ToolSpec {
  return { ...agent, description: agent.description + listKinds(kinds) }
}
