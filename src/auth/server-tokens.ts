/**
 * The token of one MCP server while a session uses it: renewed once when it ends or the server refuses it, by one process
 * at a time. Where a person would have to sign in there is none. Never rejects.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { withLock } from "../lib/lock.ts"
import { CredentialError } from "./credential.ts"
import { oauthFetch } from "./oauth-fetch.ts"
import { TOKEN_MS } from "./oauth-tokens.ts"
import { askChallenge, discover } from "./server-discovery.ts"
import { serverProvider } from "./server-provider.ts"
import { recordKey, type ServerRecord, serverRecords } from "./server-records.ts"
import type { SignInServer } from "./server-sign-in.ts"

/** Renewed this long before it ends. */
const EARLY_MS = 60_000

/** What `extend/mcp` asks of a sign-in (its `ServerAuth`). */
export interface ServerTokens {
  token(signal: AbortSignal): Promise<string | null>
  renew(stale: string | null, signal: AbortSignal): Promise<string | null>
  offersSignIn(signal: AbortSignal): Promise<boolean>
}

export function serverTokens(
  server: SignInServer,
  { paths, env }: { readonly paths: ConfigPaths; readonly env: Env },
): ServerTokens {
  const records = serverRecords(paths, env)
  const { oauth } = server
  let known: ServerRecord | null = null
  let renewing: Promise<string | null> | null = null

  const accessToken = (record: ServerRecord | null) => record?.tokens?.access_token ?? null

  /** Under the lock: what another process renewed meanwhile is taken instead. */
  async function refresh(stale: string | null): Promise<string | null> {
    await mkdir(paths.ownDir, { recursive: true, mode: 0o700 })
    const lockFile = join(paths.ownDir, `mcp-${Bun.hash(recordKey(server)).toString(36)}`)
    return await withLock(
      lockFile,
      async () => {
        const record = await records.read(server)
        known = record
        if (accessToken(record) !== stale) return accessToken(record)
        if (record.tokens?.refresh_token === undefined) return null
        // Not under the caller's signal: once sent, the old refresh token is used up and the answer must be kept.
        const fetch = oauthFetch()
        const challenge = await askChallenge(server.url, server.headers, fetch)
        const metadataUrl = oauth?.authServerMetadataUrl
        const discovery = await discover(server.url, { challenge, metadataUrl, fetch })
        const { auth } = await import("@modelcontextprotocol/sdk/client/auth.js")
        const provider = serverProvider({
          record,
          async save(parts) {
            await records.write(server, parts)
            known = { ...(known ?? record), ...parts }
          },
          clientId: oauth?.clientId,
          redirectUri: record.redirectUri ?? "http://localhost/callback",
          state: "",
          discovery,
          fresh: false,
          redirect() {
            throw new CredentialError("a person must sign in")
          },
        })
        // Without a client there is nothing to refresh with; one more would be registered for nothing.
        if ((await provider.clientInformation()) === undefined) return null
        await auth(provider, { serverUrl: server.url, fetchFn: fetch })
        return accessToken(known)
      },
      { timeoutMs: 2 * TOKEN_MS },
    )
  }

  const renew = (stale: string | null): Promise<string | null> => {
    renewing ??= refresh(stale)
      .then((token) => (token === stale ? null : token))
      // Refused, or out of reach: the record on disk says what is left.
      .catch(() => null)
      .finally(() => {
        renewing = null
      })
    return renewing
  }

  return {
    async token() {
      if (accessToken(known) === null) known = await records.read(server)
      const token = accessToken(known)
      const { expiresAt = null } = known ?? {}
      if (token === null || expiresAt === null || expiresAt - Date.now() > EARLY_MS) return token
      return (await renew(token)) ?? token
    },
    renew: (stale) => renew(stale),
    async offersSignIn(signal) {
      try {
        const fetch = oauthFetch(signal)
        const challenge = await askChallenge(server.url, server.headers, fetch)
        await discover(server.url, { challenge, metadataUrl: oauth?.authServerMetadataUrl, fetch })
        return true
      } catch {
        return false
      }
    },
  }
}
