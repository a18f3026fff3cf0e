import type { AgentKind } from "../model/agent.ts"

/** The end of the `Agent` tool's prompt: one line for each kind of subagent. */
export function listKinds(kinds: readonly AgentKind[]): string {
  return kinds.map((kind) => `- ${kind.name}: ${kind.description}`).join("\n")
}
