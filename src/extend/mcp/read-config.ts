/** Which servers a session has: flags, the project's file, the person's state and the administrator (spec/mcp.md section 2). */
import { readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import type { ConfigPaths } from "../../config/paths.ts"
import { type State, trustKey } from "../../config/state.ts"
import { contentHash } from "../../lib/content-hash.ts"
import type { Settings } from "../../model/settings.ts"
import { isObject, isTexts } from "../json.ts"
import {
  readServer,
  type ServerConfig,
  type ServerEntry,
  type ServerProblem,
  type ServerScope,
} from "./server-config.ts"

const FILE_MAX_BYTES = 2 * 1024 * 1024

export interface ConfigSources {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly paths: ConfigPaths
  readonly state: State
  readonly settings: Settings
  /** Values of `--mcp-config`. */
  readonly flags: readonly string[]
  /** What the files of `flags` said when they were first read: it holds for the whole session. */
  readonly flagFiles?: Map<string, McpFile>
  /** `--strict-mcp-config`, a bare start. */
  readonly strict: boolean
  /** Sources of settings in use; project and local servers belong to theirs. */
  readonly sources: readonly string[]
  /** Somebody can be asked: servers of the project wait for a yes. */
  readonly interactive: boolean
  /** The folder is: what lies in it may say yes for the person. */
  readonly trusted: boolean
  /** The person's own settings, a flag or a policy start all of the project's servers: whatever they are. */
  readonly all: boolean
  /** Hashes of approved entries, by project and name (`approvals.ts`). */
  readonly approvals: State
}

/** A server of the project's file that waits for a person's yes. */
export interface WaitingServer {
  readonly name: string
  /** The entry as written: what the yes is given to. */
  readonly entry: unknown
  /** Another content under this name has been approved. */
  readonly changed: boolean
}

export interface ReadServers {
  readonly waiting: readonly WaitingServer[]
  readonly entries: readonly ServerEntry[]
  readonly problems: readonly ServerProblem[]
  /** Files that are there and say nothing, because they cannot be read. */
  readonly broken: readonly string[]
  /** Lines for people. */
  readonly warnings: readonly string[]
  /** Entries of the project's file that start by name: their content is what the yes was given to. */
  readonly approved: Readonly<Record<string, string>>
}

export function readServers(from: ConfigSources): ReadServers {
  const entries = new Map<string, ServerEntry>()
  const problems: ServerProblem[] = []
  const warnings: string[] = []
  const approved: Record<string, string> = {}
  const waiting: WaitingServer[] = []
  const broken: string[] = []
  const unusable = ({ label }: McpFile, error: string) => {
    broken.push(label)
    problems.push({ name: label, type: "invalid", message: `${label}: ${error}` })
  }

  const take = (servers: unknown, scope: ServerScope, label: string) => {
    if (servers === undefined) return
    if (!isObject(servers)) {
      problems.push({ name: label, type: "invalid", message: `${label}: "mcpServers" must be an object` })
      return
    }
    for (const [name, raw] of Object.entries(servers)) {
      const config = readServer(name, raw, from.env, (line) => warnings.push(`${label}: ${line}`))
      if ("error" in config) {
        problems.push({ name, type: "invalid", message: `${label}: ${config.error}` })
        continue
      }
      const held = hold(from, name, scope, config, raw)
      const known = withoutHelper(from, scope, config)
      if (known !== config && held === null)
        warnings.push(`MCP server "${name}": its headersHelper does not run until this folder is trusted`)
      entries.set(name, { name, scope, config: known, ...(held !== null && { held }) })
      if (scope === "project" && held === "pending")
        waiting.push({ name, entry: raw, changed: !approvedContent(from, name, raw) })
      if (scope === "project" && held === null && from.interactive) approved[name] = approvalHash(raw)
    }
  }

  const managed = readMcpFile(join(from.paths.managedDir, "managed-mcp.json"))
  if (managed !== null) {
    if (managed.error !== undefined) unusable(managed, managed.error)
    take(managed.servers, "managed", managed.label)
    return { ...finish(from, entries, problems, warnings), approved, waiting, broken }
  }
  // Lowest first: a whole entry of a higher scope takes the place of a lower one.
  if (!from.strict) {
    if (from.sources.includes("user")) take(from.state.read(["mcpServers"]), "user", from.paths.stateFile)
    if (from.sources.includes("project")) {
      const file = readMcpFile(join(from.cwd, ".mcp.json"))
      if (file?.error !== undefined) unusable(file, file.error)
      take(file?.servers, "project", ".mcp.json")
    }
    if (from.sources.includes("local"))
      for (const key of projectKeys(from.cwd))
        take(from.state.read(["projects", key, "mcpServers"]), "local", from.paths.stateFile)
  }
  for (const value of from.flags) {
    const read = from.flagFiles?.get(value) ?? readFlag(value, from.cwd)
    from.flagFiles?.set(value, read)
    if (read.error !== undefined) unusable(read, read.error)
    take(read.servers, "dynamic", read.label)
  }
  return { ...finish(from, entries, problems, warnings), approved, waiting, broken }
}

/** Names under which a project's own entries may stand in the state file. */
export function projectKeys(cwd: string): readonly string[] {
  return [...new Set([trustKey(cwd), cwd])]
}

export interface McpFile {
  readonly label: string
  readonly servers?: unknown
  readonly error?: string
}

/** Null when there is no such file. */
export function readMcpFile(path: string): McpFile | null {
  try {
    const info = statSync(path, { throwIfNoEntry: false })
    if (info === undefined) return null
    if (!info.isFile()) return { label: path, error: "is not a regular file" }
    if (info.size > FILE_MAX_BYTES) return { label: path, error: "is larger than 2 MiB" }
    return parseServers(readFileSync(path, "utf8"), path)
  } catch (error) {
    return { label: path, error: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})` }
  }
}

function readFlag(value: string, cwd: string): McpFile {
  const label = "--mcp-config"
  if (value.trimStart().startsWith("{")) return parseServers(value, label)
  const path = resolve(cwd, value)
  const file = readMcpFile(path)
  return file ?? { label, error: `no such file: ${path}` }
}

function parseServers(text: string, label: string): McpFile {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""))
    if (!isObject(value) || !isObject(value.mcpServers)) return { label, error: 'needs {"mcpServers": {…}}' }
    return { label, servers: value.mcpServers }
  } catch (error) {
    return { label, error: `is not valid JSON: ${(error as Error).message}` }
  }
}

/** A command that comes with a folder does not run before the folder is trusted; a script runs where it was started. */
function withoutHelper(from: ConfigSources, scope: ServerScope, config: ServerConfig): ServerConfig {
  const inert = from.interactive && !from.trusted && (scope === "project" || scope === "local")
  if (!inert || !("headersHelper" in config)) return config
  const { headersHelper: _, ...rest } = config
  return rest
}

/** Why a configured server must not start, or null. */
function hold(
  from: ConfigSources,
  name: string,
  scope: ServerScope,
  config: ServerConfig,
  raw: unknown,
): "disabled" | "pending" | "rejected" | null {
  const off = projectKeys(from.cwd).some((key) => {
    const names = from.state.read(["projects", key, "disabledMcpServers"])
    return Array.isArray(names) && names.includes(name)
  })
  if (off) return "disabled"
  if (!allowedByPolicy(from.settings, name, config)) return "rejected"
  if (scope !== "project") return null
  const { enabledMcpjsonServers, disabledMcpjsonServers, enableAllProjectMcpServers } = from.settings
  if (isTexts(disabledMcpjsonServers) && disabledMcpjsonServers.includes(name)) return "rejected"
  if (from.interactive && !from.trusted) return "pending"
  if (!from.interactive || from.all) return null
  const named = isTexts(enabledMcpjsonServers) && enabledMcpjsonServers.includes(name)
  // A switch in the folder's own files means the servers that were there: later ones are asked about.
  const meant = enableAllProjectMcpServers === true && (!isSeen(from) || hashOf(from, name) !== undefined)
  return (named || meant) && approvedContent(from, name, raw) ? null : "pending"
}

/** What a yes to a server of the project was given to: its whole entry, not its name. */
export function approvalHash(raw: unknown): string {
  return contentHash(Buffer.from(JSON.stringify(raw)))
}

/**
 * A name approved by another program carries no hash yet and counts for what is there now; with a hash the entry must
 * still be the same.
 */
function approvedContent(from: ConfigSources, name: string, raw: unknown): boolean {
  const hash = hashOf(from, name)
  return typeof hash !== "string" || hash === approvalHash(raw)
}

function hashOf({ approvals, cwd }: ConfigSources, name: string): unknown {
  return approvals.read([trustKey(cwd), name])
}

/** The servers of this project have been looked at before. */
function isSeen({ approvals, cwd }: ConfigSources): boolean {
  return approvals.read([trustKey(cwd)]) !== undefined
}

/** `allowedMcpServers` and `deniedMcpServers`: by name, by exact command, by address with `*`. */
function allowedByPolicy(settings: Settings, name: string, config: ServerConfig): boolean {
  const matches = (rule: unknown): boolean => {
    if (!isObject(rule)) return false
    if (typeof rule.serverName === "string") return rule.serverName === name
    if (isTexts(rule.serverCommand))
      return config.type === "stdio" && Bun.deepEquals(rule.serverCommand, [config.command, ...config.args])
    if (typeof rule.serverUrl === "string" && "url" in config) return urlMatches(rule.serverUrl, config.url)
    return false
  }
  const { allowedMcpServers: allowed, deniedMcpServers: denied } = settings
  if (Array.isArray(denied) && denied.some(matches)) return false
  return !Array.isArray(allowed) || config.type === "sdk" || allowed.some(matches)
}

function urlMatches(pattern: string, url: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${parts.join(".*")}$`).test(url)
}

function finish(
  from: ConfigSources,
  entries: ReadonlyMap<string, ServerEntry>,
  problems: readonly ServerProblem[],
  warnings: readonly string[],
): Omit<ReadServers, "approved" | "waiting" | "broken"> {
  const waiting = [...entries.values()].filter(({ held }) => held === "pending").map(({ name }) => name)
  const line =
    waiting.length === 0 || !from.interactive
      ? []
      : [
          `MCP servers of this project wait for your approval: ${waiting.join(", ")} (enabledMcpjsonServers in .claude/settings.local.json)`,
        ]
  return { entries: [...entries.values()], problems, warnings: [...warnings, ...line] }
}
