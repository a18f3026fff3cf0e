/** Which MCP servers people sign in to; apart from the signing in, which is loaded when somebody does. */
import type { RemoteConfig, ServerConfig, ServerEntry } from "../extend/mcp/server-config.ts"

/** It is remote, and its entry has no Authorization header of its own. */
export function isSignInServer({ config }: ServerEntry): boolean {
  return isRemote(config) && !isSigned(config)
}

export function isRemote(config: ServerConfig): config is RemoteConfig {
  return config.type === "http" || config.type === "sse"
}

export function isSigned({ headers }: RemoteConfig): boolean {
  return Object.keys(headers).some((header) => header.toLowerCase() === "authorization")
}
