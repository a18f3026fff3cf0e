/** One page from the web within limits of size and time; another host is reported, never visited. */
import { isIP } from "node:net"
import { version } from "../../lib/version.ts"
import { isLoopback, judgeHost } from "./address.ts"

const MAX_URL = 2_000
const MAX_BYTES = 10 * 1024 * 1024
const TIMEOUT_MS = 60_000
const MAX_REDIRECTS = 10
/** One may be of a kind this machine has no route for. */
const MAX_ADDRESSES = 4

export type Fetched =
  | {
      readonly kind: "page"
      readonly url: string
      readonly code: number
      readonly codeText: string
      readonly contentType: string
      readonly bytes: Uint8Array
    }
  /** It leads to another host: that needs a permission of its own. */
  | {
      readonly kind: "redirect"
      readonly from: string
      readonly to: string
      readonly code: number
      readonly codeText: string
    }

/** http becomes https (spec/tools.md WebFetch). Throws an Error whose message is fit for the model. */
export function parsePageUrl(text: string): URL {
  if (text.length > MAX_URL) throw new Error(`The URL is longer than ${MAX_URL} characters.`)
  const url = URL.parse(text)
  if (url === null)
    throw new Error(`Invalid URL "${text}". Give a complete one, such as https://example.com/page.`)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new Error("Only http and https URLs can be fetched.")
  if (url.username || url.password) throw new Error("URLs with a user name or password are not fetched.")
  if (url.protocol === "http:") url.protocol = "https:"
  url.hash = ""
  return url
}

/** Throws an Error whose message is fit for the model; the abort of `signal` rejects with its reason. */
export async function fetchPage(start: URL, signal: AbortSignal): Promise<Fetched> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  try {
    return await follow(start, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) throw new Error(`No answer from ${start.host} within ${TIMEOUT_MS / 1000} s.`)
    throw error
  }
}

async function follow(start: URL, signal: AbortSignal): Promise<Fetched> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const judged = await judgeHost(url.hostname)
    if (judged.refusal !== null) throw new Error(`${url.href} was not fetched: ${judged.refusal}.`)
    const response = await ask(url, judged.addresses, signal)
    const location = response.headers.get("location")
    if (response.status < 300 || response.status >= 400 || location === null) return await page(url, response)
    await response.body?.cancel()
    const next = URL.parse(location, url.href)
    if (next === null) throw new Error(`${url.href} redirects to an invalid address.`)
    if (
      !sameHost(url, next) ||
      (next.protocol !== "https:" && next.protocol !== url.protocol && !isLoopback(next.hostname))
    )
      return {
        kind: "redirect",
        from: url.href,
        to: next.href,
        code: response.status,
        codeText: response.statusText,
      }
    url = next
  }
  throw new Error(`${start.href} redirects more than ${MAX_REDIRECTS} times.`)
}

async function ask(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<Response> {
  const options: RequestInit = {
    redirect: "manual",
    signal,
    headers: {
      "user-agent": `ccts/${version}`,
      accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5",
    },
  }
  try {
    return await connect(url, addresses, options)
  } catch (error) {
    // A server on this machine seldom speaks TLS.
    if (!signal.aborted && url.protocol === "https:" && isLoopback(url.hostname)) {
      const plain = new URL(url)
      plain.protocol = "http:"
      return await connect(plain, addresses, options).catch(() => {
        throw unreachable(url, error)
      })
    }
    signal.throwIfAborted()
    throw unreachable(url, error)
  }
}

/**
 * Asks the addresses that were judged, by number: name resolution has no second chance to answer otherwise. Certificate
 * and virtual host are still those of the name. Behind a proxy the name goes to the proxy, which resolves it itself.
 */
export async function connect(
  url: URL,
  addresses: readonly string[],
  options: RequestInit,
): Promise<Response> {
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) || hasProxy()) return fetch(url, options)
  const headers = { ...(options.headers as Record<string, string>), host: url.host }
  let failure: unknown
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const direct = new URL(url)
    direct.hostname = isIP(address) === 6 ? `[${address}]` : address
    try {
      return await fetch(direct, {
        ...options,
        headers,
        ...(url.protocol === "https:"
          ? { tls: { serverName: url.hostname, ...(options as BunFetchRequestInit).tls } }
          : {}),
      })
    } catch (error) {
      options.signal?.throwIfAborted()
      failure = error
    }
  }
  throw failure
}

function hasProxy(): boolean {
  return ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].some(
    (name) => (process.env[name] ?? "") !== "",
  )
}

function unreachable(url: URL, error: unknown): Error {
  return new Error(`${url.host} could not be reached: ${(error as Error).message}`)
}

async function page(url: URL, response: Response): Promise<Fetched> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error(`${url.href} is larger than ${MAX_BYTES / 1024 / 1024} MB.`)
    chunks.push(chunk)
  }
  return {
    kind: "page",
    url: url.href,
    code: response.status,
    codeText: response.statusText,
    contentType: response.headers.get("content-type") ?? "",
    bytes: Buffer.concat(chunks, size),
  }
}

/** A leading `www.` may come or go. */
function sameHost(a: URL, b: URL): boolean {
  const bare = (url: URL) => url.host.toLowerCase().replace(/^www\./, "")
  return bare(a) === bare(b)
}
