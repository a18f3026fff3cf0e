/** What skills and agents of the project permit and run, for the person who decides. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { GatedItem } from "../config/gated-items.ts"
import { readAgentFiles } from "../extend/agents/agent-files.ts"
import { loadSkills } from "../extend/skills/load-skills.ts"
import { extensionPlaces } from "./extension-places.ts"
import { agentGrant, hooksOf, skillGrant } from "./folder-grants.ts"
import type { Prepared } from "./prepare.ts"

/** Everything that the project's own permit, whether it counts or not. Reads files only. */
export function extensionGrants(prepared: Prepared): readonly GatedItem[] {
  const places = extensionPlaces(prepared)
    .filter(({ source, folder }) => source === "project" && existsSync(folder))
    .map(({ source, folder }) => ({ source, folder }))
  const folder = join(prepared.cwd, ".claude", "agents")
  const agents = existsSync(folder) ? readAgentFiles(folder, "project").kinds : []
  return [
    ...[...loadSkills(places).values()].flatMap(({ name, allowedTools, hooks }) => [
      ...allowedTools.map((rule) => skillGrant(name, rule)),
      ...(hooks === undefined ? [] : [hooksOf(name, hooks)]),
    ]),
    ...agents.flatMap(({ name, permissionMode: mode, hooks }) => [
      ...(mode === undefined ? [] : [agentGrant(name, mode)]),
      ...(hooks === undefined ? [] : [hooksOf(`the agent ${name}`, hooks)]),
    ]),
  ]
}
