/**
 * Sign-in with the authorization code flow for native programs (RFC 8252) and PKCE (RFC 7636): a listener on loopback takes
 * the answer, or the person pastes `code#state`. Ends by itself: at success, refusal, cancel or its deadline.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { CredentialError } from "./credential.ts"
import type { OAuthClient } from "./oauth-client.ts"
import { exchangeCode, type Tokens } from "./oauth-tokens.ts"

/** How long the person has. */
export const LOGIN_MS = 5 * 60 * 1000
/** Longest code or state that is looked at. */
const ANSWER_MAX_CHARS = 4096

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

interface Answer {
  readonly code: string
  readonly redirectUri: string
}

/** @throws CredentialError with the reason; the signal's reason when cancelled. Nothing is stored here. */
export async function login(options: LoginOptions): Promise<Tokens> {
  const { client, signal } = options
  signal?.throwIfAborted()
  const verifier = randomBytes(32).toString("base64url")
  const state = randomBytes(32).toString("base64url")
  const challenge = createHash("sha256").update(verifier).digest("base64url")
  const done = Promise.withResolvers<Answer>()
  // Also when nobody waits any more.
  done.promise.catch(() => undefined)
  const listener = listen(state, done)
  const seconds = (options.timeoutMs ?? LOGIN_MS) / 1000
  const timer = setTimeout(
    () => done.reject(new CredentialError(`nobody signed in within ${seconds} s`)),
    seconds * 1000,
  )
  const onAbort = () => done.reject(signal?.reason)
  signal?.addEventListener("abort", onAbort, { once: true })
  const paste = client.pasteRedirectUrl
  const address = (redirectUri: string) =>
    authorizeUrl(client, { redirectUri, state, challenge, hints: options.hints ?? {} })
  try {
    options.onUrls({ local: address(listener.redirectUri), paste: paste === null ? null : address(paste) })
    if (options.pasted)
      void takePastes(options.pasted, state, paste ?? listener.redirectUri, done, options.onWrongPaste)
    const answer = await done.promise
    return await exchangeCode(
      client,
      { code: answer.code, state, verifier, redirectUri: answer.redirectUri },
      signal,
    )
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener("abort", onAbort)
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

function listen(
  state: string,
  done: PromiseWithResolvers<Answer>,
): { redirectUri: string; stop(): Promise<void> } {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 10,
    maxRequestBodySize: 0,
    fetch(request) {
      const url = new URL(request.url)
      if (request.method !== "GET" || url.pathname !== "/callback") return page(404, "Not found.")
      const given = url.searchParams.get("state") ?? ""
      // Another page in the browser may call here too: without our state nothing ends, not even by an error.
      if (!same(given, state))
        return page(400, "This sign-in does not belong to the program that is waiting.")
      const refused = url.searchParams.get("error")
      if (refused !== null) {
        const code = /^[a-z_]{1,64}$/.test(refused) ? refused : "error"
        done.reject(new CredentialError(`the sign-in was refused (${code})`))
        return page(200, "The sign-in was refused. You can close this page.")
      }
      const code = url.searchParams.get("code") ?? ""
      if (!isCode(code)) return page(400, "The answer has no code.")
      done.resolve({ code, redirectUri })
      return page(200, "You are signed in. You can close this page and go back to the terminal.")
    },
    error: () => page(500, "Something went wrong."),
  })
  const redirectUri = `http://localhost:${server.port}/callback`
  return { redirectUri, stop: () => server.stop() }
}

async function takePastes(
  pasted: AsyncIterable<string>,
  state: string,
  redirectUri: string,
  done: PromiseWithResolvers<Answer>,
  onWrong: LoginOptions["onWrongPaste"],
): Promise<void> {
  try {
    for await (const text of pasted) {
      const [code = "", given = ""] = text.trim().split("#")
      if (isCode(code) && same(given, state)) {
        done.resolve({ code, redirectUri })
        return
      }
      onWrong?.(
        given === ""
          ? "Paste the whole code, with the part after #"
          : "This code does not belong to this sign-in",
      )
    }
  } catch {
    // The input ended; the browser may still answer.
  }
}

function isCode(text: string): boolean {
  return text.length <= ANSWER_MAX_CHARS && /^[\x21-\x7e]+$/.test(text)
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given.slice(0, ANSWER_MAX_CHARS)), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function page(status: number, text: string): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    connection: "close",
  }
  return new Response(`<!doctype html><meta charset="utf-8"><title>Sign-in</title><p>${text}</p>`, {
    status,
    headers,
  })
}
