/** Where an MCP server wants people to sign in: RFC 9728, then RFC 8414 or OpenID Connect discovery. */
import type { OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js"
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js"
import { CredentialError } from "./credential.ts"

/** What a server said when it refused. */
export interface Challenge {
  readonly resourceMetadataUrl: URL | undefined
  readonly scope: string | undefined
}

/** Asks the server without a token. Rejects when it cannot be reached. */
export async function askChallenge(
  url: string,
  headers: Readonly<Record<string, string>>,
  fetch: FetchLike,
): Promise<Challenge> {
  const { extractWWWAuthenticateParams } = await import("@modelcontextprotocol/sdk/client/auth.js")
  const response = await fetch(url, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "ping" }),
  })
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response)
  return { resourceMetadataUrl, scope }
}

/** @throws CredentialError when the server names no place that can be used. */
export async function discover(
  url: string,
  options: {
    readonly challenge: Challenge
    /** `oauth.authServerMetadataUrl` of the entry. */
    readonly metadataUrl: string | undefined
    readonly fetch: FetchLike
  },
): Promise<OAuthDiscoveryState> {
  const { challenge, metadataUrl, fetch } = options
  const { discoverOAuthServerInfo } = await import("@modelcontextprotocol/sdk/client/auth.js")
  if (metadataUrl !== undefined) return await readMetadata(metadataUrl, fetch)
  const { resourceMetadataUrl } = challenge
  const found = await discoverOAuthServerInfo(url, {
    ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    fetchFn: fetch,
  })
  if (found.authorizationServerMetadata === undefined)
    throw new CredentialError(`${new URL(url).host} names no place to sign in`)
  return {
    ...found,
    ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl: resourceMetadataUrl.href }),
  }
}

async function readMetadata(address: string, fetch: FetchLike): Promise<OAuthDiscoveryState> {
  const { OAuthMetadataSchema } = await import("@modelcontextprotocol/sdk/shared/auth.js")
  const response = await fetch(address, { headers: { accept: "application/json" } })
  const parsed = OAuthMetadataSchema.safeParse(await response.json().catch(() => null))
  if (!response.ok || !parsed.success)
    throw new CredentialError(`${address} holds no metadata of an authorisation server`)
  return { authorizationServerUrl: parsed.data.issuer, authorizationServerMetadata: parsed.data }
}

/** The entry's scopes, else those the server asks for, with `offline_access` where the service knows it. */
export function scopeFor(
  configured: string | undefined,
  challenge: Challenge,
  { resourceMetadata, authorizationServerMetadata }: OAuthDiscoveryState,
): string | undefined {
  const wanted = configured ?? challenge.scope ?? resourceMetadata?.scopes_supported?.join(" ") ?? ""
  const words = wanted.split(/\s+/).filter((word) => word !== "")
  const offline = "offline_access"
  if (authorizationServerMetadata?.scopes_supported?.includes(offline) && !words.includes(offline))
    words.push(offline)
  return words.length === 0 ? undefined : words.join(" ")
}
