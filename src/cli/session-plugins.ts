/** The plugins of a session: those of `--plugin-dir`, and those a host brings. */
import { join } from "node:path"
import { readAgentFiles } from "../extend/agents/agent-files.ts"
import {
  type Plugin,
  type PluginFolder,
  type PluginProblem,
  readPlugin,
} from "../extend/plugins/read-plugin.ts"
import type { SkillPlace } from "../extend/skills/load-skills.ts"
import type { AgentKind } from "../model/agent.ts"
import type { Flags } from "./flags.ts"

export interface SessionPlugins {
  readonly list: readonly Plugin[]
  readonly problems: readonly PluginProblem[]
  /** Reads further ones; of two with one name the first stays. */
  add(folders: readonly PluginFolder[]): void
}

/** Plugins of one session; more is a mistake. */
const MAX_PLUGINS = 100

export function createSessionPlugins(
  flags: Flags,
  place: { readonly cwd: string; readonly configDir: string },
): SessionPlugins {
  const list: Plugin[] = []
  const problems: PluginProblem[] = []
  const at = { cwd: place.cwd, dataDir: join(place.configDir, "plugins", "data") }
  const plugins: SessionPlugins = {
    list,
    problems,
    add(folders) {
      for (const folder of folders) {
        if (list.length >= MAX_PLUGINS) return
        const read = readPlugin(folder, at)
        if (problems.length < MAX_PLUGINS) problems.push(...read.problems)
        const { plugin } = read
        if (plugin !== null && !list.some(({ name }) => name === plugin.name)) list.push(plugin)
      }
    },
  }
  if (flags.bare === true || flags.safeMode === true) return plugins
  plugins.add((flags.pluginDir ?? []).map((path) => ({ path })))
  plugins.add((flags.pluginDirNoMcp ?? []).map((path) => ({ path, withoutServers: true })))
  return plugins
}

/** `/plugin:name` comes from here. */
export function pluginPlaces(plugins: readonly Plugin[]): readonly SkillPlace[] {
  return plugins.map(({ name, root }) => ({ folder: root, source: "user", plugin: { name, root } }))
}

/** Agents called `plugin:name`; hooks, servers and modes of their own they have none. */
export function pluginAgents(
  plugins: readonly Plugin[],
  notice: (line: string) => void,
): readonly AgentKind[] {
  return plugins.flatMap(({ name, root }) => {
    const { kinds, problems } = readAgentFiles(join(root, "agents"), "user")
    for (const problem of problems) notice(problem)
    return kinds.map(({ permissionMode: _, ...kind }) => ({ ...kind, name: `${name}:${kind.name}` }))
  })
}

/** Hooks as layers of settings. */
export function pluginHooks(plugins: readonly Plugin[]) {
  return plugins.flatMap(({ name, hooks }) =>
    hooks === undefined ? [] : [{ source: "flagSettings" as const, label: `plugin ${name}`, hooks }],
  )
}

/** Servers as one value of `--mcp-config`; none where there are none. */
export function pluginServers(plugins: readonly Plugin[]): readonly string[] {
  const mcpServers = Object.assign({}, ...plugins.map(({ servers }) => servers)) as object
  return Object.keys(mcpServers).length === 0 ? [] : [JSON.stringify({ mcpServers })]
}
