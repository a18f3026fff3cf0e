/**
 * What a folder permits and runs beside its settings: the rules and hooks of its skills, the modes and hooks of its agents.
 * They count once the folder is trusted, and are asked about again when they change.
 */
import { openFolderApprovals } from "../config/folder-approvals.ts"
import { type GatedItem, holdsUnattended } from "../config/gated-items.ts"
import type { AgentKind } from "../model/agent.ts"
import type { Prepared } from "./prepare.ts"

/** Whether something of a trusted folder counts in this session; nothing of another one does. */
export function folderGrants({
  trusted,
  headless,
  cwd,
  paths,
  config,
}: Pick<Prepared, "trusted" | "headless" | "cwd" | "paths" | "config">): (item: GatedItem) => boolean {
  if (!trusted) return () => false
  const { agreed } = openFolderApprovals(cwd, paths, config.files.local)
  return (item) => agreed(item) || (headless && holdsUnattended(item))
}

export function hooksOf(owner: string, hooks: unknown): GatedItem {
  return { kind: "runs", source: "projectSettings", what: `hooks of ${owner}`, value: hooks }
}

export function skillGrant(skill: string, rule: string): GatedItem {
  return { kind: "grants", source: "projectSettings", what: `allowed-tools of ${skill}`, value: rule }
}

export function agentGrant(agent: string, mode: string): GatedItem {
  return {
    kind: "grants",
    source: "projectSettings",
    what: `permissionMode of the agent ${agent}`,
    value: mode,
  }
}

/** The agent with the mode and the hooks of its file when they count; else it works in the session's mode, without them. */
export function withAgreed(kind: AgentKind, grants: (item: GatedItem) => boolean): AgentKind {
  const { permissionMode: mode, hooks, ...rest } = kind
  return {
    ...rest,
    ...(mode !== undefined && grants(agentGrant(kind.name, mode)) ? { permissionMode: mode } : {}),
    ...(hooks !== undefined && grants(hooksOf(`the agent ${kind.name}`, hooks)) ? { hooks } : {}),
  }
}
