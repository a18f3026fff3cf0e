/**
 * What a folder permits beside its settings: the rules of its skills and the modes of its agents. They count once the
 * folder is trusted, and are asked about again when they change, as everything else it permits.
 */
import { openFolderApprovals } from "../config/folder-approvals.ts"
import type { GatedItem } from "../config/gated-items.ts"
import type { AgentKind } from "../model/agent.ts"
import type { Prepared } from "./prepare.ts"

/** Whether something that the folder permits counts in this session. */
export function folderGrants({
  trusted,
  cwd,
  paths,
  config,
}: Pick<Prepared, "trusted" | "cwd" | "paths" | "config">): (item: GatedItem) => boolean {
  if (!trusted) return () => false
  return openFolderApprovals(cwd, paths, config.files.local).agreed
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

/** The agent with the mode of its file when that counts; else it works in the session's. */
export function withAgreedMode(kind: AgentKind, grants: (item: GatedItem) => boolean): AgentKind {
  const { permissionMode: mode, ...rest } = kind
  return mode === undefined || grants(agentGrant(kind.name, mode)) ? kind : rest
}
