/**
 * Sign-ins to MCP servers, kept beside our own login (`mcpOAuth` of spec/auth-and-storage.md section 2). A record is
 * bound to the server's address: another server under the same name gets nothing.
 */
import { createHash } from "node:crypto"
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js"
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths, Env } from "../config/paths.ts"
import type { JsonEdit } from "../lib/patch-json.ts"
import { isToken } from "./login-store.ts"
import { ownSecrets } from "./secret-place.ts"

/** What is known of one server. Secrets are revealed here; a record goes into no message and no log. */
export interface ServerRecord {
  /** As the SDK gave them, with the issuer that they belong to. */
  readonly tokens: OAuthTokens | null
  /** Milliseconds since 1970; null when the service did not say. */
  readonly expiresAt: number | null
  /** Registered for us, or the configured one once it has been used. */
  readonly client: OAuthClientInformationMixed | null
  /** The redirect that `client` was registered with. */
  readonly redirectUri: string | null
  /** Of the configured client. */
  readonly clientSecret: string | null
  readonly revocationUrl: string | null
}

export const NO_RECORD: ServerRecord = {
  tokens: null,
  expiresAt: null,
  client: null,
  redirectUri: null,
  clientSecret: null,
  revocationUrl: null,
}

export interface ServerRecords {
  /** For people. */
  readonly label: string
  read(server: ServerName): Promise<ServerRecord>
  /** Changes the given parts only; null removes one. */
  write(server: ServerName, parts: Partial<ServerRecord>): Promise<void>
  /** Removes every record under a name. */
  forget(name: string): Promise<void>
}

export interface ServerName {
  readonly name: string
  readonly url: string
}

const MEMBER = "mcpOAuth"

export function serverRecords(paths: ConfigPaths, env: Env): ServerRecords {
  const place = ownSecrets(paths, env)
  return {
    label: place.label,
    async read(server) {
      const text = await place.read()
      return text === null ? NO_RECORD : parseRecord(text, recordKey(server))
    },
    write: (server, parts) =>
      place.patch(() =>
        Object.entries({ serverName: server.name, serverUrl: server.url, ...parts }).map(
          ([part, value]): JsonEdit => ({
            path: [MEMBER, recordKey(server), part],
            value: value ?? undefined,
          }),
        ),
      ),
    forget: (name) =>
      place.patch((read) => {
        const all = read([MEMBER])
        const keys = isObject(all) ? Object.keys(all).filter((key) => key.startsWith(`${name}|`)) : []
        return keys.map((key) => ({ path: [MEMBER, key], value: undefined }))
      }),
  }
}

export function recordKey({ name, url }: ServerName): string {
  return `${name}|${createHash("sha256").update(url).digest("hex").slice(0, 16)}`
}

function parseRecord(text: string, key: string): ServerRecord {
  try {
    const whole: unknown = JSON.parse(text)
    const all = isObject(whole) ? whole[MEMBER] : undefined
    const raw = isObject(all) ? all[key] : undefined
    if (!isObject(raw)) return NO_RECORD
    const { tokens, expiresAt, client, redirectUri, clientSecret, revocationUrl } = raw
    const textOf = (value: unknown) => (typeof value === "string" ? value : null)
    return {
      tokens: isObject(tokens) && isToken(tokens.access_token) ? (tokens as unknown as OAuthTokens) : null,
      expiresAt: typeof expiresAt === "number" && Number.isFinite(expiresAt) ? expiresAt : null,
      client:
        isObject(client) && typeof client.client_id === "string"
          ? (client as unknown as OAuthClientInformationMixed)
          : null,
      redirectUri: textOf(redirectUri),
      clientSecret: textOf(clientSecret),
      revocationUrl: textOf(revocationUrl),
    }
  } catch {
    return NO_RECORD
  }
}
