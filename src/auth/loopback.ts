/**
 * The way back from a browser sign-in: a listener on loopback (RFC 8252), or what the person pastes. Ends by itself: with
 * the answer, a refusal, the signal, or its deadline. An answer without our state ends nothing.
 */
import { timingSafeEqual } from "node:crypto"
import { CredentialError } from "./credential.ts"

/** Longest code or state that is looked at. */
const ANSWER_MAX_CHARS = 4096

export interface AuthorizationAnswer {
  readonly code: string
  readonly redirectUri: string
  /** Who says so (RFC 9207), when the answer names it. */
  readonly issuer: string | null
}

export interface AnswerListener {
  /** `http://localhost:<port>/callback`. */
  readonly redirectUri: string
  readonly answer: Promise<AuthorizationAnswer>
  /** Takes `code#state`, or the address that the browser ended at, piece by piece. Never rejects. */
  takePastes(
    pasted: AsyncIterable<string>,
    redirectUri: string,
    onWrong?: (message: string) => void,
  ): Promise<void>
  stop(): Promise<void>
}

/** @throws CredentialError when the port is taken. */
export function awaitAnswer(options: {
  readonly state: string
  readonly timeoutMs: number
  /** A free one by default. */
  readonly port?: number
  readonly signal?: AbortSignal | undefined
}): AnswerListener {
  const { state, timeoutMs, port = 0, signal } = options
  const done = Promise.withResolvers<AuthorizationAnswer>()
  // Also when nobody waits any more.
  done.promise.catch(() => undefined)
  const server = serve(port, (request) => {
    const url = new URL(request.url)
    if (request.method !== "GET" || url.pathname !== "/callback") return page(404, "Not found.")
    const given = url.searchParams.get("state") ?? ""
    // Another page in the browser may call here too: without our state nothing ends, not even by an error.
    if (!same(given, state)) return page(400, "This sign-in does not belong to the program that is waiting.")
    const refused = url.searchParams.get("error")
    if (refused !== null) {
      const code = /^[a-z_]{1,64}$/.test(refused) ? refused : "error"
      done.reject(new CredentialError(`the sign-in was refused (${code})`))
      return page(200, "The sign-in was refused. You can close this page.")
    }
    const code = url.searchParams.get("code") ?? ""
    if (!isCode(code)) return page(400, "The answer has no code.")
    done.resolve({ code, redirectUri, issuer: url.searchParams.get("iss") })
    return page(200, "You are signed in. You can close this page and go back to the terminal.")
  })
  const redirectUri = `http://localhost:${server.port}/callback`
  const timer = setTimeout(
    () => done.reject(new CredentialError(`nobody signed in within ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  const onAbort = () => done.reject(signal?.reason)
  signal?.addEventListener("abort", onAbort, { once: true })
  return {
    redirectUri,
    answer: done.promise,
    async takePastes(pasted, pasteUri, onWrong) {
      try {
        for await (const text of pasted) {
          const { code, given, issuer } = readPaste(text.trim())
          if (isCode(code) && same(given, state)) {
            done.resolve({ code, redirectUri: pasteUri, issuer })
            return
          }
          onWrong?.(
            given === ""
              ? "Paste the whole code, with the part after #, or the whole address"
              : "This code does not belong to this sign-in",
          )
        }
      } catch {
        // The input ended; the browser may still answer.
      }
    },
    async stop() {
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      await server.stop()
    },
  }
}

function serve(port: number, fetch: (request: Request) => Response) {
  try {
    return Bun.serve({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 10,
      maxRequestBodySize: 0,
      fetch,
      error: () => page(500, "Something went wrong."),
    })
  } catch {
    throw new CredentialError(`port ${port} of this machine is taken; the sign-in cannot come back there`)
  }
}

/** `code#state`, or an address with both. */
function readPaste(text: string): {
  readonly code: string
  readonly given: string
  readonly issuer: string | null
} {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    const { searchParams } = new URL(text)
    const [code, given] = [searchParams.get("code") ?? "", searchParams.get("state") ?? ""]
    return { code, given, issuer: searchParams.get("iss") }
  }
  const [code = "", given = ""] = text.split("#")
  return { code, given, issuer: null }
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
