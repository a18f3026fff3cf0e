/**
 * Every way to pay, in the documented order (spec/auth-and-storage.md section 1): the one table that sign-in and `auth status`
 * share, so that what is shown is what is used. Looking needs no network and runs no helper.
 */
import { join } from "node:path"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { keyApproval, openState, type State } from "../config/state.ts"
import type { Settings } from "../model/settings.ts"
import { type Account, type Credential, CredentialError, OAUTH_BETA } from "./credential.ts"
import { apiKey, bearer, fixed, fromEnv } from "./fixed-credential.ts"
import { loginRefusal } from "./forced-login.ts"
import { helperCredential } from "./helper-credential.ts"
import { accountOf, loginCredential } from "./login-credential.ts"
import { isToken, type Login, type LoginStore } from "./login-store.ts"
import { oauthClient } from "./oauth-client.ts"
import { findProfile, profileCredential } from "./profile.ts"
import { secret } from "./secret.ts"
import { loginStore, ownStore } from "./stores.ts"

export interface ResolveOptions {
  readonly env: Env
  /** Merged settings; `loadConfig` has left out a helper of a folder that is not trusted. */
  readonly settings: Settings
  readonly paths: ConfigPaths
  /** The person has agreed to the notice about an existing login (`agreement.ts`); without it none is read. */
  readonly agreed: boolean
  /** `--bare`: an API key or a helper, nothing else. */
  readonly bare?: boolean
  /** Interactive: a key is used once the person has said so; a refused one is passed over. */
  readonly askedAbout?: State
  readonly cwd?: string
  /** For tests; default the system's. */
  readonly store?: LoginStore
}

export const WAYS = [
  "auth-token",
  "api-key",
  "helper",
  "oauth-token",
  "profile",
  "own-login",
  "existing-login",
  "managed-key",
] as const
export type WayId = (typeof WAYS)[number]

/** What is there of one way. */
export interface Found {
  /** For people: the variable, file or setting. */
  readonly source: string
  /** Why it is not used although it is there. */
  readonly setAside?: string
  /** When a stored login ends; milliseconds since 1970. */
  readonly expiresAt?: number
  readonly account?: Account
  /** @throws CredentialError when it cannot be used as it stands. */
  credential(): Credential | Promise<Credential>
}

type Look = (options: ResolveOptions) => Found | null | Promise<Found | null>

const LOOKS: Readonly<Record<WayId, Look>> = {
  "auth-token": ({ env }) =>
    given(env, "ANTHROPIC_AUTH_TOKEN", () =>
      fixed("ANTHROPIC_AUTH_TOKEN", "none", bearer(fromEnv(env, "ANTHROPIC_AUTH_TOKEN"))),
    ),
  "api-key": ({ env, askedAbout }) => {
    const found = given(env, "ANTHROPIC_API_KEY", () =>
      fixed("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY", apiKey(fromEnv(env, "ANTHROPIC_API_KEY"))),
    )
    const answer = askedAbout && keyApproval(env.ANTHROPIC_API_KEY?.trim() ?? "", askedAbout)
    return found !== null && answer === "rejected"
      ? { ...found, setAside: "you said no to this key; /login takes it after all" }
      : found
  },
  helper: ({ env, settings, cwd }) => {
    const { apiKeyHelper } = settings
    if (!apiKeyHelper) return null
    const place = { env, ...(cwd === undefined ? {} : { cwd }) }
    return { source: "apiKeyHelper", credential: () => helperCredential(apiKeyHelper, place) }
  },
  "oauth-token": ({ env }) =>
    given(env, "CLAUDE_CODE_OAUTH_TOKEN", () =>
      fixed("CLAUDE_CODE_OAUTH_TOKEN", "oauth", bearer(fromEnv(env, "CLAUDE_CODE_OAUTH_TOKEN")), [
        OAUTH_BETA,
      ]),
    ),
  profile: ({ env }) => {
    const place = findProfile(env)
    if (place === null) return null
    const source = place.name === null ? "workload identity" : `profile ${place.name} (${place.because})`
    return { source, credential: () => profileCredential(place, env) }
  },
  "own-login": async ({ paths, settings, env }) => {
    const store = ownStore(paths, env)
    const login = await store.read()
    if (login === null) return null
    return {
      ...aboutLogin(login, store),
      ...forced(loginRefusal("own", settings, paths)),
      credential: () =>
        loginCredential({
          store,
          found: login,
          client: oauthClient(settings),
          lockFile: join(paths.ownDir, ".login-refresh"),
          source: `login of ccts (${store.label})`,
        }),
    }
  },
  "existing-login": async (options) => {
    const { paths, settings, env } = options
    const store = options.store ?? loginStore(paths, env)
    // Without an agreement its file is looked at only for the answer that there is one.
    const login = await store.read()
    if (login === null) return denied(store)
    const account = accountOf(paths, login)
    return {
      ...aboutLogin(login, store),
      account,
      ...unagreed(options.agreed),
      ...forced(loginRefusal("claudeai", settings, paths)),
      credential: () =>
        loginCredential({
          store,
          found: login,
          client: oauthClient(settings),
          lockFile: join(paths.configDir, ".credentials-refresh"),
          source: `login stored in ${store.label}`,
          account,
        }),
    }
  },
  "managed-key": ({ paths, settings, agreed }) => {
    const key = openState(paths).read(["primaryApiKey"])
    if (!isToken(key)) return null
    const source = `key stored in ${paths.stateFile}`
    return {
      source,
      ...unagreed(agreed),
      ...forced(loginRefusal("console", settings, paths)),
      credential: () => fixed(source, "/login managed key", apiKey(secret(key))),
    }
  },
}

/** There may be a login that the system did not show: said, and never used. */
function denied({ label, trouble }: LoginStore): Found | null {
  if (!trouble) return null
  const credential = () => Promise.reject(new CredentialError(trouble))
  return { source: label, setAside: trouble, credential }
}

function unagreed(agreed: boolean): { readonly setAside?: string } {
  return agreed ? {} : { setAside: "you have not agreed to the notice about it yet: `ccts auth login`" }
}

function forced(refusal: string | null): { readonly setAside?: string } {
  return refusal === null ? {} : { setAside: refusal }
}

/** With `--bare` only these count. */
const BARE: ReadonlySet<WayId> = new Set(["api-key", "helper"])

/** Looks for one way; null when nothing of it is there. */
export async function lookFor(way: WayId, options: ResolveOptions): Promise<Found | null> {
  return LOOKS[way](options)
}

/** The ways that count for this start, first the one that outranks the others. */
export function waysOf({ bare }: ResolveOptions): readonly WayId[] {
  return bare ? WAYS.filter((way) => BARE.has(way)) : WAYS
}

function given(env: Env, name: string, credential: Found["credential"]): Found | null {
  return env[name] ? { source: name, credential } : null
}

function aboutLogin(login: Login, store: LoginStore): Pick<Found, "source" | "expiresAt"> {
  return { source: store.label, ...(login.expiresAt === null ? {} : { expiresAt: login.expiresAt }) }
}
