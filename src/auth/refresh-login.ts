/**
 * One refresh per expiry over all processes: a refresh token works once, so whoever holds the lock reads again first, and
 * again before writing, and takes what another wrote meanwhile.
 */
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { withLock } from "../lib/lock.ts"
import type { Login, LoginStore } from "./login-store.ts"
import type { OAuthClient } from "./oauth-client.ts"
import { refreshTokens, TOKEN_MS, TokenRefused } from "./oauth-tokens.ts"
import { sameSecret } from "./secret.ts"

/** Renewed this long before it ends, so that no request starts with a token about to end. */
const EARLY_MS = 5 * 60 * 1000

export interface RefreshOptions {
  readonly store: LoginStore
  readonly client: OAuthClient
  /** A path beside the credentials; its lock spans the request. */
  readonly lockFile: string
  /** The login that was found to be of no more use. */
  readonly stale: Login
  readonly signal?: AbortSignal
  /** The service said no, in its own words. */
  readonly onRefused?: (error: TokenRefused) => void
}

export function isExpiring(login: Login, now: number = Date.now()): boolean {
  return login.expiresAt !== null && login.expiresAt - now < EARLY_MS
}

/**
 * @returns the login to use now: refreshed here or by somebody else; null when the service refused for good.
 * @throws CredentialError when the service cannot be reached; the stored login is unchanged then.
 */
export async function refreshLogin(options: RefreshOptions): Promise<Login | null> {
  const { store, client, stale } = options
  await mkdir(dirname(options.lockFile), { recursive: true, mode: 0o700 })
  const wait = { timeoutMs: 2 * TOKEN_MS, ...(options.signal ? { signal: options.signal } : {}) }
  return withLock(
    options.lockFile,
    async () => {
      const before = await store.read()
      if (!before) return null
      if (!sameSecret(before.accessToken, stale.accessToken)) return before
      if (!before.refreshToken) return null
      let fresh: Login
      try {
        // Not under the caller's signal: once sent, the old refresh token is used up and the answer must be kept.
        const tokens = await refreshTokens(client, before.refreshToken)
        fresh = {
          ...before,
          accessToken: tokens.accessToken,
          refreshToken: tokens.refreshToken ?? before.refreshToken,
          expiresAt: tokens.expiresAt,
          scopes: tokens.scopes.length > 0 ? tokens.scopes : before.scopes,
        }
      } catch (error) {
        if (!(error instanceof TokenRefused) || error.status >= 500 || error.status === 429) throw error
        // Refused: another program that knows no lock of ours may have been first.
        const now = await store.read()
        if (now && !sameSecret(now.accessToken, before.accessToken)) return now
        options.onRefused?.(error)
        return null
      }
      const after = await store.read()
      // Somebody signed in anew, or out, while we asked: theirs stays.
      if (!after || !sameSecret(after.refreshToken, before.refreshToken)) return after
      // The old token is used up now. When the new one cannot be kept (a full disk), this session at least goes on.
      await store.write(fresh).catch(() => store.write(fresh).catch(() => undefined))
      return fresh
    },
    wait,
  )
}
