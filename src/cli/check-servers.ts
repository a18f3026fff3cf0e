/** Connects the configured servers once and says how they are, for `mcp list` and `mcp get`. */
import { envOn } from "../config/env.ts"
import type { ServerProblem } from "../extend/mcp/server-config.ts"
import { describeServer, type ServerEntry } from "../extend/mcp/server-config.ts"
import { configuredServers } from "./configured-servers.ts"
import type { Prepared } from "./prepare.ts"
import { authOf } from "./server-login.ts"

export interface CheckedServer {
  readonly entry: ServerEntry
  readonly mark: string
  readonly error?: string
  readonly tools: number
}

export async function checkServers(
  prepared: Prepared,
  only?: string,
): Promise<{ readonly servers: readonly CheckedServer[]; readonly problems: readonly ServerProblem[] }> {
  const read = await configuredServers(prepared)
  const entries = read.entries.filter(({ name }) => only === undefined || name === only)
  const [{ createServers }, { mcpLimits }] = await Promise.all([
    import("../extend/mcp/create-servers.ts"),
    import("../extend/mcp/limits.ts"),
  ])
  const env = Object.fromEntries(
    Object.entries(prepared.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const servers = createServers({
    entries,
    problems: read.problems,
    around: {
      plainEnv: envOn(prepared.env, "CLAUDE_CODE_MCP_ALLOWLIST_ENV"),
      env,
      projectDir: prepared.cwd,
      configDir: prepared.paths.configDir,
      roots: [prepared.cwd],
      sessionId: crypto.randomUUID(),
    },
    limits: mcpLimits(prepared.env),
    auth: (entry) => authOf(entry, prepared),
    onChange() {},
    onNotice() {},
  })
  servers.start()
  await servers.ready()
  const status = new Map(servers.status().map((one) => [one.name, one]))
  await servers.close()
  return {
    servers: entries.map((entry) => {
      const one = status.get(entry.name)
      return {
        entry,
        mark: markOf(entry, one?.status),
        tools: one?.tools?.length ?? 0,
        ...(one?.error !== undefined && entry.held === undefined && { error: one.error }),
      }
    }),
    problems: read.problems,
  }
}

function markOf({ held }: ServerEntry, status: string | undefined): string {
  if (held === "pending") return "⏸ Pending approval (run `ccts` to approve)"
  if (held === "rejected") return "✘ Rejected"
  if (held === "disabled") return "⏸ Disabled"
  if (status === "connected") return "✔ Connected"
  return status === "needs-auth" ? "! Needs authentication" : "✘ Failed to connect"
}

/** Servers over WebSocket are in `get` and on the screen only (spec/mcp.md section 7). */
export function isListed({ entry }: CheckedServer): boolean {
  return entry.config.type !== "ws"
}

/** `name: <url or command> (<TRANSPORT>) - ✔ Connected` (spec/mcp.md section 7). */
export function statusLine({ entry, mark, error }: CheckedServer): string {
  const { config, name } = entry
  const transport = config.type === "stdio" || config.type === "sdk" ? "" : ` (${config.type.toUpperCase()})`
  return `${name}: ${describeServer(config)}${transport} - ${mark}${error === undefined ? "" : ` (${error})`}`
}

export function statusDetails({ entry, mark, error, tools }: CheckedServer): readonly string[] {
  const { config, name, scope } = entry
  return [
    `${name}:`,
    `  Scope: ${scope}`,
    `  Status: ${mark}`,
    ...(error === undefined ? [] : [`  Issue: ${error}`]),
    `  Type: ${config.type}`,
    ...(config.type === "stdio"
      ? [
          `  Command: ${config.command}`,
          `  Args: ${config.args.join(" ")}`,
          // Values may be secrets.
          ...Object.keys(config.env).map((variable) => `  Environment: ${variable}`),
        ]
      : config.type === "sdk"
        ? []
        : [`  URL: ${config.url}`, ...Object.keys(config.headers).map((header) => `  Header: ${header}`)]),
    ...(tools === 0 ? [] : [`  Tools: ${tools}`]),
  ]
}
