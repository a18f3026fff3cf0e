/** Finds who pays, in the documented order (spec/auth-and-storage.md section 1). Cloud providers are chosen before this. */
import { join } from "node:path"
import { envInt } from "../config/env.ts"
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { keyApproval, openState, type State } from "../config/state.ts"
import type { Settings } from "../model/settings.ts"
import { type Account, type Credential, CredentialError } from "./credential.ts"
import { runHelper } from "./helper.ts"
import { isToken, type Login, type LoginStore, loginStore } from "./login-store.ts"
import { oauthClient } from "./oauth-client.ts"
import { isExpiring, refreshLogin } from "./refresh-login.ts"
import { type Secret, secret } from "./secret.ts"

export interface ResolveOptions {
  readonly env: Env
  /** Merged settings; `loadConfig` has left out a helper of a folder that is not trusted. */
  readonly settings: Settings
  readonly paths: ConfigPaths
  /** The person has agreed to the notice about an existing login (`agreement.ts`); without it none is read. */
  readonly agreed: boolean
  /** `--bare`: an API key or a helper, nothing else. */
  readonly bare?: boolean
  /** Interactive: a key that the person has refused is passed over. */
  readonly askedAbout?: State
  readonly cwd?: string
  /** For tests; default the system's. */
  readonly store?: LoginStore
}

/** The beta that requests with a subscription token carry. */
const OAUTH_BETA = "oauth-2025-04-20"
const HELPER_TTL_MS = 5 * 60 * 1000

/**
 * Null when there is nothing to sign in with.
 * @throws CredentialError when a variable holds what no header can carry.
 */
export async function resolveCredential(options: ResolveOptions): Promise<Credential | null> {
  const { env, settings } = options
  if (!options.bare && env.ANTHROPIC_AUTH_TOKEN) {
    return fixed("ANTHROPIC_AUTH_TOKEN", "none", bearer(fromEnv(env, "ANTHROPIC_AUTH_TOKEN")))
  }
  if (env.ANTHROPIC_API_KEY) {
    const key = fromEnv(env, "ANTHROPIC_API_KEY")
    const refused = options.askedAbout && keyApproval(key.reveal(), options.askedAbout) === "rejected"
    if (!refused) return fixed("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY", apiKey(key))
  }
  if (settings.apiKeyHelper) return fromHelper(settings.apiKeyHelper, options)
  if (options.bare) return null
  if (env.CLAUDE_CODE_OAUTH_TOKEN) {
    return fixed("CLAUDE_CODE_OAUTH_TOKEN", "oauth", bearer(fromEnv(env, "CLAUDE_CODE_OAUTH_TOKEN")), [
      OAUTH_BETA,
    ])
  }
  return options.agreed ? fromLogin(options) : null
}

/** Whether an agreement would find a login; reads the file's presence only where that suffices. */
export async function hasStoredLogin(
  paths: ConfigPaths,
  env: Env,
  store: LoginStore = loginStore(paths, env),
): Promise<boolean> {
  if ((await store.read()) !== null) return true
  return isToken(openState(paths).read(["primaryApiKey"]))
}

type Headers = () => Record<string, string>
const bearer =
  (token: Secret): Headers =>
  () => ({ authorization: `Bearer ${token.reveal()}` })
const apiKey =
  (key: Secret): Headers =>
  () => ({ "x-api-key": key.reveal() })

function fixed(
  source: string,
  apiKeySource: Credential["apiKeySource"],
  headers: Headers,
  betas: readonly string[] = [],
): Credential {
  return { source, apiKeySource, betas, headers: async () => headers(), refresh: async () => false }
}

function fromEnv(env: Env, name: string): Secret {
  const value = env[name]?.trim()
  if (!isToken(value)) throw new CredentialError(`${name} must hold one key of printable ASCII characters`)
  return secret(value)
}

function fromHelper(command: string, options: ResolveOptions): Credential {
  const life = envInt(options.env, "CLAUDE_CODE_API_KEY_HELPER_TTL_MS") ?? HELPER_TTL_MS
  let held: { readonly key: Secret; readonly until: number } | null = null
  // Requests that start together share one run of the helper.
  let running: Promise<Secret> | null = null
  const run = (): Promise<Secret> => {
    running ??= runHelper(command, {
      env: options.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
      .then((key) => {
        held = { key, until: Date.now() + life }
        return key
      })
      .finally(() => {
        running = null
      })
    return running
  }
  return {
    source: "apiKeyHelper",
    apiKeySource: "apiKeyHelper",
    betas: [],
    async headers(signal) {
      const key = held && Date.now() < held.until ? held.key : await abortable(run(), signal)
      return { "x-api-key": key.reveal(), authorization: `Bearer ${key.reveal()}` }
    },
    async refresh(signal) {
      const before = held?.key.reveal()
      held = null
      return (await abortable(run(), signal)).reveal() !== before
    },
  }
}

async function fromLogin(options: ResolveOptions): Promise<Credential | null> {
  const { paths, settings } = options
  const store = options.store ?? loginStore(paths, options.env)
  const found = await store.read()
  if (!found) return fromManagedKey(paths)
  let login: Login = found
  const client = oauthClient(settings)
  // Requests that start together share one refresh; other processes wait at the lock.
  let running: Promise<Login | null> | null = null
  const renew = (): Promise<Login | null> => {
    if (!client) return rereadLogin(store, login)
    const lockFile = join(paths.configDir, ".credentials-refresh")
    running ??= refreshLogin({ store, client, lockFile, stale: login }).finally(() => {
      running = null
    })
    return running
  }
  return {
    source: `login stored in ${store.label}`,
    apiKeySource: "oauth",
    betas: [OAUTH_BETA],
    ...accountOf(paths, found),
    async headers(signal) {
      if (isExpiring(login)) {
        const fresh = await abortable(renew(), signal)
        if (fresh) login = fresh
        if (login.expiresAt !== null && login.expiresAt <= Date.now())
          throw new CredentialError(expired(client !== null))
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
    ? "Login expired: sign in again with /login, or set ANTHROPIC_API_KEY"
    : "Login expired: start the program that you signed in with once, so that it renews the login, or set ANTHROPIC_API_KEY"
}

/** A key that a Console sign-in left in the shared state. */
function fromManagedKey(paths: ConfigPaths): Credential | null {
  const key = openState(paths).read(["primaryApiKey"])
  return isToken(key)
    ? fixed(`key stored in ${paths.stateFile}`, "/login managed key", apiKey(secret(key)))
    : null
}

function accountOf(paths: ConfigPaths, login: Login): { account?: Account } {
  const raw = openState(paths).read(["oauthAccount"])
  const text = (key: string) => (isObject(raw) && typeof raw[key] === "string" ? raw[key] : undefined)
  const email = text("emailAddress")
  const organization = text("organizationName")
  const subscription = login.subscription
  return {
    account: {
      ...(email === undefined ? {} : { email }),
      ...(organization === undefined ? {} : { organization }),
      ...(subscription === null ? {} : { subscription }),
    },
  }
}

/** The wait ends with the signal; the work goes on for the others who wait. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  signal.throwIfAborted()
  const stop = Promise.withResolvers<never>()
  const onAbort = () => stop.reject(signal.reason)
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    return await Promise.race([work, stop.promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}
