/** Where skills, commands and output styles of a session come from, and what those of the project permit. */
import { dirname, join } from "node:path"
import type { SkillPlace } from "../extend/skills/load-skills.ts"
import { folderGrants, hooksOf, skillGrant } from "./folder-grants.ts"
import type { Prepared } from "./prepare.ts"

/** Managed, personal, then the project's from the start folder up to its root, then added folders. */
export function extensionPlaces(prepared: Prepared): readonly SkillPlace[] {
  const { paths, cwd, config, flags, additionalRoots } = prepared
  const grants = folderGrants(prepared)
  const permits = (skill: string, rule: string) => grants(skillGrant(skill, rule))
  // Where nobody is asked, those of a folder that is not trusted run as its other hooks do (spec/settings.md section 3).
  const runs = (skill: string, hooks: unknown) =>
    (!prepared.trusted && prepared.headless) || grants(hooksOf(skill, hooks))
  const sources = flags.settingSources ?? ["user", "project", "local"]
  const user = sources.includes("user") ? [{ folder: paths.configDir, source: "user" as const }] : []
  const project = sources.includes("project")
    ? [
        ...(flags.projectConfigRoot ? [flags.projectConfigRoot] : upTo(cwd, config.repository?.root ?? cwd)),
        ...additionalRoots,
      ]
        .map((folder) => join(folder, ".claude"))
        .filter((folder) => folder !== paths.configDir)
        .map((folder) => ({ folder, source: "project" as const, permits, runs }))
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
