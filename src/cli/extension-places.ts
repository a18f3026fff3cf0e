/** Where skills, commands and output styles of a session come from, and what those of the project permit. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { GatedItem } from "../config/gated-items.ts"
import { readAgentFiles } from "../extend/agents/agent-files.ts"
import { loadSkills, type SkillPlace } from "../extend/skills/load-skills.ts"
import { agentGrant, folderGrants, skillGrant } from "./folder-grants.ts"
import type { Prepared } from "./prepare.ts"

/** Managed, personal, then the project's from the start folder up to its root, then added folders. */
export function extensionPlaces(prepared: Prepared): readonly SkillPlace[] {
  const { paths, cwd, config, flags, additionalRoots } = prepared
  const grants = folderGrants(prepared)
  const permits = (skill: string, rule: string) => grants(skillGrant(skill, rule))
  const sources = flags.settingSources ?? ["user", "project", "local"]
  const user = sources.includes("user") ? [{ folder: paths.configDir, source: "user" as const }] : []
  const project = sources.includes("project")
    ? [
        ...(flags.projectConfigRoot ? [flags.projectConfigRoot] : upTo(cwd, config.repository?.root ?? cwd)),
        ...additionalRoots,
      ]
        .map((folder) => join(folder, ".claude"))
        .filter((folder) => folder !== paths.configDir)
        .map((folder) => ({ folder, source: "project" as const, permits }))
    : []
  return [{ folder: join(paths.managedDir, ".claude"), source: "policy" }, ...user, ...project]
}

function upTo(from: string, root: string): readonly string[] {
  const folders = [from]
  for (let at = from; at !== root && dirname(at) !== at; ) {
    at = dirname(at)
    folders.push(at)
  }
  return folders
}

/** Everything that the project's own permit, whether it counts or not. Reads files only. */
export function extensionGrants(prepared: Prepared): readonly GatedItem[] {
  const places = extensionPlaces(prepared)
    .filter(({ source, folder }) => source === "project" && existsSync(folder))
    .map(({ source, folder }) => ({ source, folder }))
  const folder = join(prepared.cwd, ".claude", "agents")
  const agents = existsSync(folder) ? readAgentFiles(folder, "project").kinds : []
  return [
    ...[...loadSkills(places).values()].flatMap(({ name, allowedTools }) =>
      allowedTools.map((rule) => skillGrant(name, rule)),
    ),
    ...agents.flatMap(({ name, permissionMode: mode }) =>
      mode === undefined ? [] : [agentGrant(name, mode)],
    ),
  ]
}
