/** Signing in and out with a client of the person's own; the login lies in a place of ours, apart from other programs' logins. */
import { mkdir } from "node:fs/promises"
import type { ConfigPaths, Env } from "../config/paths.ts"
import type { Settings } from "../model/settings.ts"
import { withdrawAgreement } from "./agreement.ts"
import { CredentialError } from "./credential.ts"
import { fromEnv } from "./fixed-credential.ts"
import type { LoginStore } from "./login-store.ts"
import { type LoginOptions, login } from "./oauth.ts"
import { type OAuthClient, oauthClient } from "./oauth-client.ts"
import { refreshTokens, revokeToken, type Tokens } from "./oauth-tokens.ts"
import { ownStore } from "./stores.ts"

export interface SignInPlace {
  readonly paths: ConfigPaths
  readonly env: Env
  readonly settings: Settings
}

/** The client that browser sign-in uses; null when none is configured. @throws CredentialError for a bad endpoint. */
export function signInClient({ settings }: SignInPlace): OAuthClient | null {
  return oauthClient(settings)
}

/** @throws CredentialError with the reason; the signal's reason when cancelled. */
export async function signIn(
  place: SignInPlace,
  client: OAuthClient,
  options: Omit<LoginOptions, "client">,
): Promise<void> {
  await keep(place, await login({ ...options, client }), client)
}

/** Takes a login from CLAUDE_CODE_OAUTH_REFRESH_TOKEN instead of a browser. @throws CredentialError */
export async function signInWithRefreshToken(
  place: SignInPlace,
  client: OAuthClient,
  signal?: AbortSignal,
): Promise<void> {
  const scopes = (place.env.CLAUDE_CODE_OAUTH_SCOPES ?? "").split(/[\s,]+/).filter((scope) => scope !== "")
  const token = fromEnv(place.env, "CLAUDE_CODE_OAUTH_REFRESH_TOKEN")
  const tokens = await refreshTokens(client, token, signal)
  await keep(
    place,
    { ...tokens, refreshToken: tokens.refreshToken ?? token },
    {
      ...client,
      scopes: scopes.length > 0 ? scopes : client.scopes,
    },
  )
}

async function keep({ paths, env }: SignInPlace, tokens: Tokens, client: OAuthClient): Promise<void> {
  const store = ownStore(paths, env)
  try {
    await mkdir(paths.ownDir, { recursive: true, mode: 0o700 })
    await store.write({
      ...tokens,
      scopes: tokens.scopes.length > 0 ? tokens.scopes : client.scopes,
      subscription: null,
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CredentialError(`signed in, but the login could not be stored in ${store.label}: ${why}`)
  }
}

export interface SignedOut {
  /** A login of ours was removed from here. */
  readonly removed: string | null
  /** True when the service confirmed that the tokens are void. */
  readonly revoked: boolean
  /** The agreement to use another program's login was taken back; that login itself is left alone. */
  readonly withdrawn: boolean
}

/**
 * Removes our login (revoked at the service when it answers) and takes back the agreement to use another program's. That
 * program stays signed in: its login is not ours to end.
 */
export async function signOut(place: SignInPlace, signal?: AbortSignal): Promise<SignedOut> {
  const { paths, env } = place
  const store: LoginStore = ownStore(paths, env)
  const found = await store.read()
  let revoked = false
  if (found !== null) {
    const client = clientOrNull(place)
    const token = found.refreshToken ?? found.accessToken
    if (client !== null) revoked = await revokeToken(client, token, signal)
    await store.clear()
  }
  return { removed: found === null ? null : store.label, revoked, withdrawn: await withdrawAgreement(paths) }
}

function clientOrNull(place: SignInPlace): OAuthClient | null {
  try {
    return signInClient(place)
  } catch {
    return null
  }
}
