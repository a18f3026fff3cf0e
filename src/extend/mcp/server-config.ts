/** One entry of `mcpServers` (spec/mcp.md section 1), read and checked. */
import { isSafeAddress } from "../../lib/safe-address.ts"
import { isObject, isTextMap, isTexts, type Json } from "../json.ts"

interface Common {
  /** Milliseconds for one call. */
  readonly timeoutMs?: number
  /** What the configuration says about single tools. */
  readonly policies?: Readonly<Record<string, ToolPolicy>>
  /** Its tools are in every request, whatever tool search does. */
  readonly alwaysLoad?: true
}

/** What the entry says about signing in. */
export interface OAuthConfig {
  readonly clientId?: string
  readonly callbackPort?: number
  /** https, or loopback. */
  readonly authServerMetadataUrl?: string
  /** Separated by blanks. */
  readonly scopes?: string
}

export type ToolPolicy = "always_allow" | "always_ask" | "always_deny"

export interface StdioConfig extends Common {
  readonly type: "stdio"
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface RemoteConfig extends Common {
  readonly type: "http" | "sse"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly oauth?: OAuthConfig
  /** A shell command that prints further headers as JSON. */
  readonly headersHelper?: string
}

export interface WebSocketConfig extends Common {
  readonly type: "ws"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly headersHelper?: string
}

/** Runs in the host's process. */
export interface SdkConfig extends Common {
  readonly type: "sdk"
}

export type ServerConfig = StdioConfig | RemoteConfig | WebSocketConfig | SdkConfig

export type ServerScope = "dynamic" | "local" | "project" | "user" | "managed"

export interface ServerEntry {
  readonly name: string
  readonly scope: ServerScope
  readonly config: ServerConfig
  /** It is configured and must not start; why. */
  readonly held?: "disabled" | "pending" | "rejected"
}

export interface ServerProblem {
  readonly name: string
  readonly type: string
  readonly message: string
}

/** Names that belong to the program (spec/mcp.md section 1). */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "workspace",
  "claude-in-chrome",
  "computer-use",
  "Claude Preview",
  "Claude Browser",
])

/** Shortest time a call may be given. */
const MIN_TIMEOUT_MS = 1_000

type Env = Readonly<Record<string, string | undefined>>

/** The entry, or one line saying what is wrong. `warn` hears about variables that are not set. */
export function readServer(
  name: string,
  raw: unknown,
  env: Env,
  warn: (line: string) => void,
): ServerConfig | { readonly error: string } {
  if (!isObject(raw)) return { error: `MCP server "${name}" must be an object` }
  if (RESERVED_NAMES.has(name)) return { error: `the name "${name}" is reserved` }
  if (raw.type === undefined && raw.url !== undefined) {
    return {
      error: `MCP server "${name}" has a "url" but no "type"; add "type": "http" (or "sse" / "ws") to this entry`,
    }
  }
  const expand = (text: string) => {
    const value = expandVariables(text, env, (unset) => warn(`MCP server "${name}": ${unset} is not set`))
    if (value !== value.trim())
      warn(`MCP server "${name}": ${JSON.stringify(text)} begins or ends with white space, which is kept`)
    return value
  }
  const expandAll = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, expand(value)]))
  const common = readCommon(raw)
  switch (raw.type ?? "stdio") {
    case "stdio":
      if (typeof raw.command !== "string" || raw.command.trim() === "")
        return { error: `MCP server "${name}" needs a "command"` }
      if (raw.args !== undefined && !isTexts(raw.args))
        return { error: `MCP server "${name}": "args" must be a list of texts` }
      if (raw.env !== undefined && !isTextMap(raw.env))
        return { error: `MCP server "${name}": "env" must be texts by name` }
      return {
        type: "stdio",
        command: expand(raw.command),
        args: (isTexts(raw.args) ? raw.args : []).map(expand),
        env: expandAll(isTextMap(raw.env) ? raw.env : {}),
        ...common,
      }
    case "http":
    case "streamable-http":
    case "sse":
    case "ws": {
      if (typeof raw.url !== "string") return { error: `MCP server "${name}" needs a "url"` }
      if (raw.headers !== undefined && !isTextMap(raw.headers))
        return { error: `MCP server "${name}": "headers" must be texts by name` }
      if (raw.headersHelper !== undefined && typeof raw.headersHelper !== "string")
        return { error: `MCP server "${name}": "headersHelper" must be a command` }
      const url = expand(raw.url)
      const web = raw.type === "ws"
      if (!(web ? /^wss?:\/\//i : /^https?:\/\//i).test(url) || !URL.canParse(url))
        return {
          error: `MCP server "${name}": ${JSON.stringify(url)} is not ${web ? "a ws or wss" : "an http or https"} address`,
        }
      const remote = {
        url,
        headers: expandAll(isTextMap(raw.headers) ? raw.headers : {}),
        ...(typeof raw.headersHelper === "string" && { headersHelper: raw.headersHelper }),
        ...common,
      }
      if (web) return { type: "ws", ...remote }
      const oauth = raw.oauth === undefined ? undefined : readOAuth(raw.oauth)
      if (typeof oauth === "string") return { error: `MCP server "${name}": ${oauth}` }
      return {
        type: raw.type === "sse" ? "sse" : "http",
        ...remote,
        ...(oauth !== undefined && { oauth }),
      }
    }
    case "sdk":
      return { type: "sdk", ...common }
    default:
      return { error: `MCP server "${name}" has the unknown type ${JSON.stringify(raw.type)}` }
  }
}

function readCommon(raw: Json): Common {
  const { timeout, tools, alwaysLoad } = raw
  const policies = readPolicies(tools)
  return {
    ...(typeof timeout === "number" && timeout > 0 ? { timeoutMs: Math.max(timeout, MIN_TIMEOUT_MS) } : {}),
    ...(policies === null ? {} : { policies }),
    ...(alwaysLoad === true ? { alwaysLoad } : {}),
  }
}

/** The part `oauth` of an entry, or what is wrong with it. */
function readOAuth(raw: unknown): OAuthConfig | string {
  if (!isObject(raw)) return '"oauth" must be an object'
  const { clientId, callbackPort, authServerMetadataUrl: metadata, scopes } = raw
  if (clientId !== undefined && (typeof clientId !== "string" || clientId === ""))
    return '"oauth.clientId" must be a text'
  if (callbackPort !== undefined && !isPort(callbackPort))
    return '"oauth.callbackPort" must be a port from 1 to 65535'
  if (metadata !== undefined && (typeof metadata !== "string" || !isSafeAddress(metadata)))
    return '"oauth.authServerMetadataUrl" must be an https address'
  const words = isTexts(scopes) ? scopes.join(" ") : scopes
  if (words !== undefined && typeof words !== "string") return '"oauth.scopes" must be a text'
  return {
    ...(typeof clientId === "string" && { clientId }),
    ...(isPort(callbackPort) && { callbackPort }),
    ...(typeof metadata === "string" && { authServerMetadataUrl: metadata }),
    ...(typeof words === "string" && words.trim() !== "" && { scopes: words.trim() }),
  }
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535
}

const POLICIES = new Set<unknown>(["always_allow", "always_ask", "always_deny"])

export function readPolicies(tools: unknown): Readonly<Record<string, ToolPolicy>> | null {
  if (!Array.isArray(tools)) return null
  const entries = tools.flatMap((tool): [string, ToolPolicy][] =>
    isObject(tool) && typeof tool.name === "string" && POLICIES.has(tool.permission_policy)
      ? [[tool.name, tool.permission_policy as ToolPolicy]]
      : [],
  )
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

/** `${NAME}` and `${NAME:-default}`; a variable that is not set and has no default stays as it is written. */
export function expandVariables(text: string, env: Env, unset: (name: string) => void): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (whole, name: string, fallback?: string) => {
    const value = env[name] ?? fallback
    if (value === undefined) unset(name)
    return value ?? whole
  })
}

/** Where a server is, in one line: its command or address, without secrets. */
export function describeServer(config: ServerConfig): string {
  if (config.type === "stdio") return [config.command, ...config.args].join(" ")
  return config.type === "sdk" ? "in the host's process" : config.url
}

/** What a host is told of a configuration: no environment, no headers. */
export function publicConfig(config: ServerConfig): Json {
  if (config.type === "stdio") return { type: "stdio", command: config.command, args: config.args }
  return config.type === "sdk" ? { type: "sdk" } : { type: config.type, url: config.url }
}

/** Its requests carry a credential of their own already. */
export function isSigned(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "authorization")
}
