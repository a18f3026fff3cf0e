/** A plugin in a folder, as far as a session uses it: skills, commands, agents, hooks, MCP servers (spec/memory-skills-agents.md section 5). */
import { readFileSync, realpathSync, statSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import { isObject, type Json, messageOf } from "../json.ts"

export interface Plugin {
  readonly name: string
  /** Absolute, canonical. */
  readonly root: string
  readonly version?: string
  /** As `hooks` of a settings file. */
  readonly hooks?: unknown
  /** By the names they have in a session, `plugin:<plugin>:<server>`. */
  readonly servers: Json
}

export interface PluginProblem {
  readonly plugin: string
  readonly type: string
  readonly message: string
  readonly path: string
}

export interface PluginFolder {
  readonly path: string
  /** Its MCP servers are left out. */
  readonly withoutServers?: boolean
}

const MAX_FILE_BYTES = 1024 * 1024
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/
/** What makes a folder a plugin where it has no manifest. */
const PARTS = ["skills", "commands", "agents", "hooks", ".mcp.json"]

/** The plugin in that folder, and what of it cannot be used; null where there is none. */
export function readPlugin(
  { path, withoutServers = false }: PluginFolder,
  { cwd, dataDir }: { readonly cwd: string; readonly dataDir: string },
): { readonly plugin: Plugin | null; readonly problems: readonly PluginProblem[] } {
  const problems: PluginProblem[] = []
  let name = basename(path)
  const complain = (type: string, message: string) => {
    problems.push({ plugin: name, type, message, path })
  }
  const none = () => ({ plugin: null, problems })
  try {
    const root = realpathSync(resolve(cwd, path))
    name = basename(root)
    if (!statSync(root).isDirectory()) {
      complain("not-a-folder", `${path} is not a folder; packed plugins are not read.`)
      return none()
    }
    const manifest = readJson(join(root, ".claude-plugin", "plugin.json"))
    if (manifest === null && !PARTS.some((part) => exists(join(root, part)))) {
      complain("not-found", `${path} holds no plugin: no .claude-plugin/plugin.json, ${PARTS.join(", ")}.`)
      return none()
    }
    if (typeof manifest?.name === "string") ({ name } = manifest as { name: string })
    if (!NAME.test(name)) {
      complain("invalid-manifest", `"${name}" is no name of a plugin: letters, digits, ".", "_" and "-".`)
      return none()
    }
    for (const key of ["skills", "commands", "agents", "outputStyles", "lspServers", "workflows"])
      if (manifest?.[key] !== undefined)
        complain("unsupported", `${key} of plugin.json is not used; the usual folders are.`)
    const variables = { CLAUDE_PLUGIN_ROOT: root, CLAUDE_PLUGIN_DATA: join(dataDir, name) }
    const part = (key: string, file: string): unknown => {
      try {
        const given = manifest?.[key]
        if (isObject(given)) return withVariables(given, variables)
        const json = readJson(typeof given === "string" ? resolve(root, given) : join(root, file))
        return json === null ? undefined : withVariables(json, variables)
      } catch (error) {
        complain("invalid-part", `${key}: ${messageOf(error)}`)
        return undefined
      }
    }
    const hooks = part("hooks", "hooks/hooks.json")
    const raw = withoutServers ? undefined : part("mcpServers", ".mcp.json")
    const servers = isObject(raw) && isObject(raw.mcpServers) ? raw.mcpServers : isObject(raw) ? raw : {}
    const inner = isObject(hooks) && isObject(hooks.hooks) ? hooks.hooks : hooks
    return {
      plugin: {
        name,
        root,
        ...(typeof manifest?.version === "string" && { version: manifest.version }),
        ...(inner !== undefined && { hooks: withExports(inner, variables) }),
        servers: Object.fromEntries(
          Object.entries(servers).map(([server, config]) => [`plugin:${name}:${server}`, config]),
        ),
      },
      problems,
    }
  } catch (error) {
    complain("not-readable", messageOf(error))
    return none()
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Null when the file is not there. Throws for what is no object. */
function readJson(file: string): Json | null {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined) return null
  if (!info.isFile() || info.size > MAX_FILE_BYTES) throw new Error(`${file} is not a file of at most 1 MiB`)
  const value: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""))
  if (!isObject(value)) throw new Error(`${file} holds no object`)
  return value
}

function withVariables(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string")
    return value.replace(/\$\{(CLAUDE_PLUGIN_\w+)\}/g, (found, name: string) => variables[name] ?? found)
  if (Array.isArray(value)) return value.map((item) => withVariables(item, variables))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withVariables(item, variables)]))
}

/** Commands of a shell see the variables, too. */
function withExports(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  const sets = Object.entries(variables)
    .map(([name, text]) => `export ${name}='${text.replaceAll("'", "'\\''")}'; `)
    .join("")
  const walk = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(walk)
    if (!isObject(item)) return item
    if (item.type === "command" && typeof item.command === "string" && item.args === undefined)
      return { ...item, command: `${sets}${item.command}` }
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [key, walk(member)]))
  }
  return walk(value)
}
