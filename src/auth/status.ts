/** Which credential a start would use and why, for people and machines. Needs no network, no helper, no working token, and holds no secret. */
import { chooseProvider, PROVIDER_NAMES, type Provider } from "../config/provider.ts"
import type { Account } from "./credential.ts"
import { oauthClient } from "./oauth-client.ts"
import { type Found, lookFor, type ResolveOptions, type WayId, waysOf } from "./ways.ts"
import { WORKING_WAYS } from "./working-ways.ts"

export type AuthMethod = WayId | "provider" | "none"

export interface AuthStatus {
  readonly loggedIn: boolean
  readonly method: AuthMethod
  readonly provider: Provider
  /** The variable, file or setting. */
  readonly source: string | null
  /** One sentence. */
  readonly why: string
  readonly account?: Account
  /** Milliseconds since 1970. */
  readonly expiresAt?: number
  /** What else is there, in its order, and why it is not used. */
  readonly others: readonly { readonly method: AuthMethod; readonly source: string; readonly why: string }[]
  /** What to know or do. */
  readonly notes: readonly string[]
}

const NAMES: Readonly<Record<WayId, string>> = {
  "auth-token": "bearer token",
  "api-key": "API key",
  helper: "API key from a helper",
  "oauth-token": "long-lived token",
  profile: "Anthropic profile",
  "own-login": "login of ccts",
  "existing-login": "login of another program",
  "managed-key": "key of an earlier Console login",
}

/** No client id is built in, and that is said wherever somebody would look for a browser sign-in. */
export const NO_CLIENT =
  "ccts has no OAuth client id of its own and does not use another program's: browser sign-in needs `oauth.clientId` in the user settings."

/** The last days of a login are announced (spec/auth-and-storage.md section 2). */
const WARN_MS = 3 * 24 * 3600 * 1000

export async function authStatus(options: ResolveOptions, now: number = Date.now()): Promise<AuthStatus> {
  const notes: string[] = []
  let { provider, variable }: { provider: Provider; variable: string | null } = {
    provider: "firstParty",
    variable: null,
  }
  let providerProblem: string | null = null
  try {
    ;({ provider, variable } = chooseProvider(options.env))
  } catch (error) {
    providerProblem = error instanceof Error ? error.message : String(error)
  }
  const all: { readonly way: WayId; readonly found: Found }[] = []
  for (const way of waysOf(options)) {
    const found = await lookFor(way, options)
    if (found !== null) all.push({ way, found })
  }
  const used =
    variable === null && providerProblem === null
      ? all.find(({ found }) => found.setAside === undefined)
      : undefined
  const others = all
    .filter((one) => one !== used)
    .map(({ way, found }) => ({
      method: way,
      source: found.source,
      why: found.setAside ?? outranked(variable ?? used?.found.source ?? null),
    }))
  if (providerProblem !== null)
    return { loggedIn: false, method: "none", provider, source: null, why: providerProblem, others, notes }
  if (variable !== null) {
    const why = `${variable} is set: ${PROVIDER_NAMES[provider]} answers, with its own credentials; it outranks everything else`
    return { loggedIn: true, method: "provider", provider, source: variable, why, others, notes }
  }
  if (used === undefined) {
    notes.push(WORKING_WAYS, ...clientNote(options))
    return {
      loggedIn: false,
      method: "none",
      provider,
      source: null,
      why: "no credential was found",
      others,
      notes,
    }
  }
  const { way, found } = used
  if (found.expiresAt !== undefined) notes.push(...expiryNote(found.expiresAt, now, options))
  return {
    loggedIn: true,
    method: way,
    provider,
    source: found.source,
    why: `${NAMES[way]}: the first in the order that is there`,
    ...(found.account === undefined ? {} : { account: found.account }),
    ...(found.expiresAt === undefined ? {} : { expiresAt: found.expiresAt }),
    others,
    notes,
  }
}

function outranked(by: string | null): string {
  return by === null ? "not used" : `outranked by ${by}`
}

function clientNote({ settings }: ResolveOptions): readonly string[] {
  try {
    return oauthClient(settings) === null ? [NO_CLIENT] : []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function expiryNote(expiresAt: number, now: number, options: ResolveOptions): readonly string[] {
  if (expiresAt - now > WARN_MS) return []
  const renewable = clientNote(options).length === 0
  if (expiresAt <= now)
    return [
      renewable
        ? "The access token has ended; it is renewed at the next request."
        : "Login expired: start the program that you signed in with once, so that it renews the login.",
    ]
  if (renewable) return []
  const hours = Math.max(1, Math.round((expiresAt - now) / 3_600_000))
  return [`The access token ends in about ${hours} h; only the program that you signed in with can renew it.`]
}

/** For people. */
export function statusLines(status: AuthStatus): readonly string[] {
  const { account } = status
  const who = [account?.email, account?.organization, account?.subscription].filter(
    (part) => part !== undefined,
  )
  const lines = [
    status.loggedIn ? `Signed in: ${status.source ?? ""}` : "Not signed in",
    `Why: ${status.why}`,
    `Service: ${PROVIDER_NAMES[status.provider]}`,
  ]
  if (who.length > 0) lines.push(`Account: ${who.join(" · ")}`)
  if (status.expiresAt !== undefined)
    lines.push(`Access token until: ${new Date(status.expiresAt).toISOString()}`)
  for (const other of status.others) lines.push(`Not used: ${other.source} (${other.why})`)
  return [...lines, ...status.notes]
}

/** For machines: names that other programs of this kind use, and ours beside them. */
export function statusJson(status: AuthStatus): Readonly<Record<string, unknown>> {
  const { account } = status
  return {
    loggedIn: status.loggedIn,
    authMethod: status.method,
    apiProvider: status.provider,
    source: status.source,
    why: status.why,
    ...(account?.email === undefined ? {} : { email: account.email }),
    ...(account?.organization === undefined ? {} : { orgName: account.organization }),
    ...(account?.subscription === undefined ? {} : { subscriptionType: account.subscription }),
    ...(status.expiresAt === undefined ? {} : { expiresAt: new Date(status.expiresAt).toISOString() }),
    others: status.others,
    notes: status.notes,
  }
}
