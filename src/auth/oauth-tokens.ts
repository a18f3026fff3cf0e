/** The token endpoint (RFC 6749 sections 4.1.3 and 6, RFC 7009): requests with a deadline, answers checked before use. */
import { isObject } from "../config/key-type.ts"
import { sanitiseLine } from "../lib/sanitise.ts"
import { CredentialError } from "./credential.ts"
import { isToken } from "./login-store.ts"
import type { OAuthClient } from "./oauth-client.ts"
import { type Secret, secret } from "./secret.ts"

export interface Tokens {
  readonly accessToken: Secret
  /** Null: the service did not give a new one. */
  readonly refreshToken: Secret | null
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null
  readonly scopes: readonly string[]
}

/** The service refused; `error` is its code (RFC 6749 section 5.2) when it gave one, `words` its description. */
export class TokenRefused extends CredentialError {
  constructor(
    readonly status: number,
    readonly error: string | null,
    words: string | null = null,
  ) {
    const said = words === null ? "" : `: “${words}”`
    super(`the sign-in service refused (${status}${error === null ? "" : ` ${error}`})${said}`)
  }
}

export const TOKEN_MS = 30_000
const ANSWER_MAX_BYTES = 64 * 1024
/** Longest life of a token that is believed: two years. */
const LIFE_MAX_S = 2 * 366 * 24 * 3600

export function refreshTokens(
  client: OAuthClient,
  refreshToken: Secret,
  signal?: AbortSignal,
): Promise<Tokens> {
  return requestTokens(client, { grant_type: "refresh_token", refresh_token: refreshToken.reveal() }, signal)
}

export interface CodeGrant {
  readonly code: string
  readonly state: string
  readonly verifier: string
  readonly redirectUri: string
}

export function exchangeCode(client: OAuthClient, grant: CodeGrant, signal?: AbortSignal): Promise<Tokens> {
  const body = {
    grant_type: "authorization_code",
    code: grant.code,
    state: grant.state,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.verifier,
  }
  return requestTokens(client, body, signal)
}

/** Best effort: an unreachable service must not keep someone from signing out here. */
export async function revokeToken(
  client: OAuthClient,
  token: Secret,
  signal?: AbortSignal,
): Promise<boolean> {
  if (client.revokeUrl === null) return false
  try {
    const answer = await post(
      client.revokeUrl,
      { token: token.reveal(), client_id: client.clientId },
      client,
      signal,
    )
    return answer.status === 200
  } catch {
    return false
  }
}

async function requestTokens(
  client: OAuthClient,
  body: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Tokens> {
  const answer = await post(client.tokenUrl, { ...body, client_id: client.clientId }, client, signal)
  const raw = parse(answer.text)
  if (answer.status !== 200) throw new TokenRefused(answer.status, errorCode(raw), errorWords(raw, body))
  if (!isObject(raw) || !isToken(raw.access_token))
    throw new CredentialError("the sign-in service sent an answer without a token")
  const type = raw.token_type
  if (typeof type === "string" && type.toLowerCase() !== "bearer")
    throw new CredentialError("the sign-in service sent a token of an unknown type")
  const life = raw.expires_in
  const known = typeof life === "number" && life > 0 && life <= LIFE_MAX_S
  return {
    accessToken: secret(raw.access_token),
    refreshToken: isToken(raw.refresh_token) ? secret(raw.refresh_token) : null,
    expiresAt: known ? Date.now() + life * 1000 : null,
    scopes: typeof raw.scope === "string" ? raw.scope.split(" ").filter((scope) => scope !== "") : [],
  }
}

const CONTENT_TYPES = { json: "application/json", form: "application/x-www-form-urlencoded" } as const

async function post(
  url: string,
  body: Readonly<Record<string, string>>,
  { tokenFormat }: OAuthClient,
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const deadline = AbortSignal.timeout(TOKEN_MS)
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": CONTENT_TYPES[tokenFormat], accept: "application/json" },
      body: tokenFormat === "json" ? JSON.stringify(body) : new URLSearchParams(body).toString(),
      // A redirect would carry the secret to another place.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    return { status: response.status, text: await readAnswer(response) }
  } catch (error) {
    if (signal?.aborted || error instanceof CredentialError) throw error
    const why = deadline.aborted ? `did not answer in ${TOKEN_MS / 1000} s` : "cannot be reached"
    throw new CredentialError(`the sign-in service at ${new URL(url).host} ${why}`)
  }
}

async function readAnswer(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > ANSWER_MAX_BYTES) throw new CredentialError("the sign-in service sent too long an answer")
    parts.push(part)
  }
  return Buffer.concat(parts).toString("utf8")
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Longest description of a refusal that is shown, in characters. */
const WORDS_MAX_CHARS = 300

/** The service's own words on a refusal: one line, without control characters, and nothing of what was sent. */
function errorWords(raw: unknown, sent: Readonly<Record<string, string>>): string | null {
  if (!isObject(raw)) return null
  const words = isObject(raw.error) ? raw.error.message : raw.error_description
  if (typeof words !== "string") return null
  const secrets = Object.entries(sent)
    .filter(([name]) => name !== "grant_type")
    .map(([, value]) => value)
  const line = secrets.reduce((text, value) => text.replaceAll(value, "***"), sanitiseLine(words)).trim()
  return line === "" ? null : line.slice(0, WORDS_MAX_CHARS)
}

/** Only what looks like a code is repeated: the rest of an answer may hold anything. */
function errorCode(raw: unknown): string | null {
  const code = isObject(raw) ? (isObject(raw.error) ? raw.error.type : raw.error) : null
  return typeof code === "string" && /^[a-z_]{1,64}$/.test(code) ? code : null
}
