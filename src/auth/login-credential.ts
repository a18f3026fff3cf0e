/** A stored login as a credential: renewed before it ends when there is a client for that, else read again. */
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths } from "../config/paths.ts"
import { openState } from "../config/state.ts"
import { abortable } from "./abortable.ts"
import { type Account, type Credential, CredentialError, OAUTH_BETA } from "./credential.ts"
import type { Login, LoginStore } from "./login-store.ts"
import type { OAuthClient } from "./oauth-client.ts"
import { isExpiring, refreshLogin } from "./refresh-login.ts"
import { WORKING_WAYS } from "./working-ways.ts"

export interface LoginCredentialOptions {
  readonly store: LoginStore
  readonly found: Login
  readonly client: OAuthClient | null
  /** A path beside the credentials; its lock spans a refresh. */
  readonly lockFile: string
  readonly source: string
  readonly account?: Account
}

export function loginCredential(options: LoginCredentialOptions): Credential {
  const { store, client } = options
  let login: Login = options.found
  let refusal = ""
  // Requests that start together share one refresh; other processes wait at the lock.
  let running: Promise<Login | null> | null = null
  const renew = (): Promise<Login | null> => {
    if (!client) return rereadLogin(store, login)
    running ??= refreshLogin({
      store,
      client,
      lockFile: options.lockFile,
      stale: login,
      onRefused(error) {
        refusal = `${error.message}. `
      },
    }).finally(() => {
      running = null
    })
    return running
  }
  return {
    source: options.source,
    apiKeySource: "oauth",
    betas: [OAUTH_BETA],
    ...(options.account === undefined ? {} : { account: options.account }),
    async headers(signal) {
      if (isExpiring(login)) {
        const isOver = () => login.expiresAt !== null && login.expiresAt <= Date.now()
        try {
          const fresh = await abortable(renew(), signal)
          if (fresh) login = fresh
        } catch (error) {
          // What is still valid is used: the service may be back before it ends.
          if (isOver() || signal?.aborted) throw error
        }
        if (isOver()) throw new CredentialError(`${refusal}${expired(client !== null)}`)
      }
      return { authorization: `Bearer ${login.accessToken.reveal()}` }
    },
    async refresh(signal) {
      const fresh = await abortable(renew(), signal)
      if (fresh) login = fresh
      return fresh !== null
    },
  }
}

/** Without a client of our own we cannot renew; the program that owns the login may have done so. */
async function rereadLogin(store: LoginStore, stale: Login): Promise<Login | null> {
  const now = await store.read()
  return now && now.accessToken.reveal() !== stale.accessToken.reveal() ? now : null
}

function expired(canRenew: boolean): string {
  return canRenew
    ? `Login expired: sign in again with /login. ${WORKING_WAYS}`
    : `Login expired: start the program that you signed in with once, so that it renews the login. ${WORKING_WAYS}`
}

/** Whose login it is, as the shared state tells. */
export function accountOf(paths: ConfigPaths, login: Login): Account {
  const raw = openState(paths).read(["oauthAccount"])
  const text = (key: string) => (isObject(raw) && typeof raw[key] === "string" ? raw[key] : undefined)
  const email = text("emailAddress")
  const organization = text("organizationName")
  const subscription = login.subscription
  return {
    ...(email === undefined ? {} : { email }),
    ...(organization === undefined ? {} : { organization }),
    ...(subscription === null ? {} : { subscription }),
  }
}
