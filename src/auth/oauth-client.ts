/**
 * OAuth endpoints as data. There is no client id here: ccts has not been registered with any service, and it does not use
 * the id of another program. Who has one of their own sets `oauth.clientId` in user settings.
 */
import { isObject } from "../config/key-type.ts"
import { isSafeAddress } from "../lib/safe-address.ts"
import type { Settings } from "../model/settings.ts"
import { CredentialError } from "./credential.ts"

export interface OAuthClient {
  readonly clientId: string
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly revokeUrl: string | null
  /** Where the service shows a code to copy, for a login without a local browser. */
  readonly pasteRedirectUrl: string | null
  readonly scopes: readonly string[]
  /** How requests to the token endpoint are written: as RFC 6749 says, or as JSON, which the default endpoint takes. */
  readonly tokenFormat: "form" | "json"
}

const DEFAULTS = {
  authorizeUrl: "https://platform.claude.com/oauth/authorize",
  tokenUrl: "https://platform.claude.com/v1/oauth/token",
  revokeUrl: "https://platform.claude.com/v1/oauth/token/revoke",
  scopes: ["user:profile", "user:inference"],
} as const

/** Null when no client id is configured. @throws CredentialError when an endpoint is not https (loopback excepted). */
export function oauthClient(settings: Settings): OAuthClient | null {
  const own = isObject(settings.oauth) ? settings.oauth : {}
  const text = (key: string) => (typeof own[key] === "string" && own[key] !== "" ? own[key] : undefined)
  const clientId = text("clientId")
  if (clientId === undefined) return null
  const scopes = Array.isArray(own.scopes)
    ? own.scopes.filter((scope) => typeof scope === "string")
    : DEFAULTS.scopes
  const redirect = text("redirectUrl")
  return {
    clientId,
    authorizeUrl: endpoint(text("authorizeUrl") ?? DEFAULTS.authorizeUrl, "authorizeUrl"),
    tokenUrl: endpoint(text("tokenUrl") ?? DEFAULTS.tokenUrl, "tokenUrl"),
    revokeUrl: endpoint(text("revokeUrl") ?? DEFAULTS.revokeUrl, "revokeUrl"),
    pasteRedirectUrl: redirect === undefined ? null : endpoint(redirect, "redirectUrl"),
    scopes,
    tokenFormat: own.tokenFormat === "json" || text("tokenUrl") === undefined ? "json" : "form",
  }
}

function endpoint(text: string, key: string): string {
  if (isSafeAddress(text)) return new URL(text).href
  throw new CredentialError(`settings: oauth.${key} must be an https address`)
}
