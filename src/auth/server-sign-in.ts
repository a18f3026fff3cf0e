/** Signing in to and out of an MCP server (spec/mcp.md section 4): discovery, registration, PKCE, loopback, tokens kept. */
import { randomBytes } from "node:crypto"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { isSafeAddress } from "../lib/safe-address.ts"
import { CredentialError } from "./credential.ts"
import { type AnswerListener, awaitAnswer } from "./loopback.ts"
import { LOGIN_MS } from "./oauth.ts"
import { oauthFetch } from "./oauth-fetch.ts"
import { askChallenge, discover, scopeFor } from "./server-discovery.ts"
import { type ProviderOptions, serverProvider } from "./server-provider.ts"
import { type ServerName, type ServerRecord, serverRecords } from "./server-records.ts"

/** A server that one can sign in to. */
export interface SignInServer extends ServerName {
  readonly headers: Readonly<Record<string, string>>
  readonly oauth?:
    | {
        readonly clientId?: string
        readonly callbackPort?: number
        readonly authServerMetadataUrl?: string
        readonly scopes?: string
      }
    | undefined
}

export interface ServerSignInOptions {
  readonly paths: ConfigPaths
  readonly env: Env
  /** Shows or opens the address. */
  onUrl(url: string): void
  /** What the person pastes: the address at which their browser ended. */
  readonly pasted?: AsyncIterable<string>
  readonly onWrongPaste?: (message: string) => void
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** @throws CredentialError with the reason; the signal's reason when cancelled. */
export async function signInToServer(server: SignInServer, options: ServerSignInOptions): Promise<void> {
  const { paths, env, signal } = options
  const { oauth } = server
  const fetch = oauthFetch(signal)
  const records = serverRecords(paths, env)
  const [record, challenge, { auth }] = await Promise.all([
    records.read(server),
    askChallenge(server.url, server.headers, fetch),
    import("@modelcontextprotocol/sdk/client/auth.js"),
  ])
  const discovery = await oneLine(() =>
    discover(server.url, { challenge, metadataUrl: oauth?.authServerMetadataUrl, fetch }),
  )
  const state = randomBytes(32).toString("base64url")
  const listener = listen(portOf(server, env), record, {
    state,
    timeoutMs: options.timeoutMs ?? LOGIN_MS,
    signal,
  })
  const { authorizationServerMetadata: metadata } = discovery
  const provider: ProviderOptions = {
    record: { ...record, tokens: null },
    save: (parts) => records.write(server, parts),
    clientId: oauth?.clientId,
    redirectUri: listener.redirectUri,
    state,
    discovery,
    fresh: true,
    redirect(url) {
      // The address comes from the server and is opened on this machine.
      if (!isSafeAddress(url))
        throw new CredentialError(
          `${url.host} wants people to sign in at an unsafe address (${url.protocol})`,
        )
      options.onUrl(url.href)
    },
  }
  const client = serverProvider(provider)
  const scope = scopeFor(oauth?.scopes, challenge, discovery)
  const call = { serverUrl: server.url, fetchFn: fetch, ...(scope !== undefined && { scope }) }
  try {
    await oneLine(() => auth(client, call))
    if (options.pasted) void listener.takePastes(options.pasted, listener.redirectUri, options.onWrongPaste)
    const { code, issuer } = await listener.answer
    // RFC 9207: an answer of another service is not taken to this one.
    if (issuer !== null && metadata !== undefined && issuer !== metadata.issuer)
      throw new CredentialError("the answer comes from another sign-in service than the one that was asked")
    await oneLine(() => auth(client, { ...call, authorizationCode: code }))
    const revocationUrl =
      metadata !== undefined && "revocation_endpoint" in metadata ? metadata.revocation_endpoint : null
    await records.write(server, { revocationUrl: typeof revocationUrl === "string" ? revocationUrl : null })
  } finally {
    await listener.stop()
  }
}

/** Errors of the SDK and of schemas may span lines and repeat what a service sent. */
async function oneLine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CredentialError) throw error
    const text = error instanceof Error ? error.message : String(error)
    throw new CredentialError(`the sign-in failed: ${text.replace(/\s+/g, " ").slice(0, 300)}`)
  }
}

/** The entry's port, MCP_OAUTH_CALLBACK_PORT, or null for any. */
function portOf({ oauth }: SignInServer, env: Env): number | null {
  if (oauth?.callbackPort !== undefined) return oauth.callbackPort
  const given = env.MCP_OAUTH_CALLBACK_PORT
  if (given === undefined || given === "") return null
  const port = Number(given)
  if (/^\d+$/.test(given) && port >= 1 && port <= 65_535) return port
  throw new CredentialError(
    `MCP_OAUTH_CALLBACK_PORT must be a port from 1 to 65535, not ${given.slice(0, 20)}`,
  )
}

/** On the port that our client was registered with, where it is free: the registration holds on. */
function listen(
  port: number | null,
  { redirectUri }: ServerRecord,
  options: Omit<Parameters<typeof awaitAnswer>[0], "port">,
): AnswerListener {
  if (port !== null) return awaitAnswer({ ...options, port })
  const known = redirectUri !== null && URL.canParse(redirectUri) ? Number(new URL(redirectUri).port) : 0
  try {
    return awaitAnswer({ ...options, port: known })
  } catch {
    return awaitAnswer(options)
  }
}

export interface SignedOutOfServer {
  readonly removed: boolean
  /** The service confirmed that the tokens are void. */
  readonly revoked: boolean
}

/** Forgets the tokens and what was registered for us; the secret of a configured client stays. */
export async function signOutOfServer(
  server: ServerName,
  { paths, env, signal }: Pick<ServerSignInOptions, "paths" | "env" | "signal">,
): Promise<SignedOutOfServer> {
  const records = serverRecords(paths, env)
  const record = await records.read(server)
  if (record.tokens === null) return { removed: false, revoked: false }
  const revoked = await revoke(record, signal)
  await records.write(server, {
    tokens: null,
    expiresAt: null,
    client: null,
    redirectUri: null,
    revocationUrl: null,
  })
  return { removed: true, revoked }
}

/** Best effort: an unreachable service must not keep someone from signing out here. */
async function revoke(
  { tokens, client, clientSecret, revocationUrl }: ServerRecord,
  signal?: AbortSignal,
): Promise<boolean> {
  if (tokens === null || revocationUrl === null) return false
  const secret = clientSecret ?? client?.client_secret
  const body = new URLSearchParams({
    token: tokens.refresh_token ?? tokens.access_token,
    token_type_hint: tokens.refresh_token === undefined ? "access_token" : "refresh_token",
    ...(client !== null && { client_id: client.client_id }),
    ...(secret !== undefined && { client_secret: secret }),
  })
  try {
    return (await oauthFetch(signal)(revocationUrl, { method: "POST", body })).ok
  } catch {
    return false
  }
}
