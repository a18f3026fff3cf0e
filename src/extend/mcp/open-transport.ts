/** The way to a server by its kind: a child, HTTP, a WebSocket, or the host's process. */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { version } from "../../lib/version.ts"
import type { ConnectRequest, Surroundings } from "./connect-request.ts"
import { remoteFetch } from "./remote-fetch.ts"
import type { ServerAuth } from "./server-auth.ts"
import { isSigned, type StdioConfig } from "./server-config.ts"

export async function openTransport(request: ConnectRequest, signal: AbortSignal): Promise<Transport> {
  const { entry, channel, manifest, auth, firstByteMs } = request
  const { config, name } = entry
  switch (config.type) {
    case "stdio": {
      const { createStdioTransport } = await import("./stdio-transport.ts")
      return createStdioTransport(stdioRequest(config, request.around()))
    }
    case "http": {
      const { StreamableHTTPClientTransport } = await import(
        "@modelcontextprotocol/sdk/client/streamableHttp.js"
      )
      const headers = await headersOf(request, signal)
      const fetch = remoteFetch({ headers, auth: unlessSigned(auth, headers), firstByteMs })
      return new StreamableHTTPClientTransport(new URL(config.url), { fetch }) as Transport
    }
    case "sse": {
      const { SSEClientTransport } = await import("@modelcontextprotocol/sdk/client/sse.js")
      const headers = await headersOf(request, signal)
      const fetch = remoteFetch({ headers, auth: unlessSigned(auth, headers), firstByteMs })
      return new SSEClientTransport(new URL(config.url), { fetch })
    }
    case "ws": {
      const { createWebSocketTransport } = await import("./ws-transport.ts")
      return createWebSocketTransport(config.url, await headersOf(request, signal))
    }
    case "sdk": {
      if (channel === null) throw new Error("only a host can offer this server, and there is none")
      const { createSdkTransport } = await import("./sdk-transport.ts")
      return createSdkTransport({ name, channel, ...(manifest !== undefined && { manifest }) })
    }
  }
}

/** Of the entry, and over them those of its helper. */
async function headersOf(
  { entry, around }: ConnectRequest,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { config, name, scope } = entry
  const own = { "user-agent": `ccts/${version}`, ...("headers" in config ? config.headers : {}) }
  if (!("headersHelper" in config) || config.headersHelper === undefined) return own
  const { env, projectDir, configDir = projectDir } = around()
  const { runHeadersHelper } = await import("./headers-helper.ts")
  const more = await runHeadersHelper(
    {
      command: config.headersHelper,
      name,
      url: config.url,
      cwd: scope === "user" ? configDir : projectDir,
      env,
      foreign: scope === "project",
    },
    signal,
  )
  return { ...own, ...more }
}

/** Who says themselves how requests are signed needs no sign-in (spec/mcp.md section 4). */
function unlessSigned(auth: ServerAuth | null, headers: Readonly<Record<string, string>>): ServerAuth | null {
  return isSigned(headers) ? null : auth
}

function stdioRequest({ command, args, env }: StdioConfig, around: Surroundings) {
  return {
    argv: [command, ...args],
    cwd: around.projectDir,
    env: {
      ...(around.plainEnv === true ? baseline(around.env) : around.env),
      CLAUDECODE: "1",
      CLAUDE_PROJECT_DIR: around.projectDir,
      CLAUDE_CODE_SESSION_ID: around.sessionId,
      ...env,
    },
  }
}

/** What a program needs to start at all (the list of the MCP SDK, and places for temporary files). */
const BASELINE = new Set(
  "HOME LOGNAME PATH SHELL TERM USER LANG TMPDIR APPDATA HOMEDRIVE HOMEPATH LOCALAPPDATA PROCESSOR_ARCHITECTURE SYSTEMDRIVE SYSTEMROOT TEMP USERNAME USERPROFILE PROGRAMFILES".split(
    " ",
  ),
)

function baseline(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => BASELINE.has(name.toUpperCase())))
}
