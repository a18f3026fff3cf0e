/** Which MCP servers people sign in to; apart from the signing in, which is loaded when somebody does. */
import {
  isSigned,
  type RemoteConfig,
  type ServerConfig,
  type ServerEntry,
} from "../extend/mcp/server-config.ts"

/** It is remote, and its entry has no Authorization header of its own. */
export function isSignInServer({ config }: ServerEntry): boolean {
  return isRemote(config) && !isSigned(config.headers)
}

export function isRemote(config: ServerConfig): config is RemoteConfig {
  return config.type === "http" || config.type === "sse"
}
