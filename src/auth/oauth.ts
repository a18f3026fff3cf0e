/**
 * Sign-in with the authorization code flow for native programs (RFC 8252) and PKCE (RFC 7636): a listener on loopback takes
 * the answer, or the person pastes `code#state`. Ends by itself: at success, refusal, cancel or its deadline.
 */
import { createHash, randomBytes } from "node:crypto"
import { awaitAnswer } from "./loopback.ts"
import type { OAuthClient } from "./oauth-client.ts"
import { exchangeCode, type Tokens } from "./oauth-tokens.ts"

/** How long the person has. */
export const LOGIN_MS = 5 * 60 * 1000

export interface LoginOptions {
  readonly client: OAuthClient
  /** Shows or opens the addresses: `local` comes back by itself, `paste` (when the service has one) shows a code. */
  readonly onUrls: (urls: LoginUrls) => void
  /** Further parameters of the address, such as `login_hint`. */
  readonly hints?: Readonly<Record<string, string>>
  /** What the person pastes, piece by piece; wrong ones are reported through `onWrongPaste`. */
  readonly pasted?: AsyncIterable<string>
  readonly onWrongPaste?: (message: string) => void
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface LoginUrls {
  readonly local: string
  readonly paste: string | null
}

/** @throws CredentialError with the reason; the signal's reason when cancelled. Nothing is stored here. */
export async function login(options: LoginOptions): Promise<Tokens> {
  const { client, signal } = options
  signal?.throwIfAborted()
  const verifier = randomBytes(32).toString("base64url")
  const state = randomBytes(32).toString("base64url")
  const challenge = createHash("sha256").update(verifier).digest("base64url")
  const listener = awaitAnswer({ state, timeoutMs: options.timeoutMs ?? LOGIN_MS, signal })
  const paste = client.pasteRedirectUrl
  const address = (redirectUri: string) =>
    authorizeUrl(client, { redirectUri, state, challenge, hints: options.hints ?? {} })
  try {
    options.onUrls({ local: address(listener.redirectUri), paste: paste === null ? null : address(paste) })
    if (options.pasted)
      void listener.takePastes(options.pasted, paste ?? listener.redirectUri, options.onWrongPaste)
    const answer = await listener.answer
    return await exchangeCode(
      client,
      { code: answer.code, state, verifier, redirectUri: answer.redirectUri },
      signal,
    )
  } finally {
    await listener.stop()
  }
}

function authorizeUrl(
  client: OAuthClient,
  ask: {
    readonly redirectUri: string
    readonly state: string
    readonly challenge: string
    readonly hints: Readonly<Record<string, string>>
  },
): string {
  const url = new URL(client.authorizeUrl)
  const query = {
    ...ask.hints,
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: ask.redirectUri,
    scope: client.scopes.join(" "),
    code_challenge: ask.challenge,
    code_challenge_method: "S256",
    state: ask.state,
  }
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url.href
}
