/** One page from the web within limits of size and time; another host is reported, never visited. */
import { isIP } from "node:net"
import { proxyFor } from "../../lib/proxy.ts"
import { version } from "../../lib/version.ts"
import { isLoopback, judgeHost, type Resolve } from "./address.ts"

/** What servers and proxies take at least (RFC 9110 section 4.1 asks for 8000); own choice. */
const MAX_URL = 2_000
/** Of a page, before it becomes Markdown; own choice. */
const MAX_BYTES = 10 * 1024 * 1024
/** Of the whole way with its redirects; own choice. */
const TIMEOUT_MS = 60_000
/** Half of what the Fetch standard follows. */
const MAX_REDIRECTS = 10
/** One may be of a kind this machine has no route for; own choice. */
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

/** What the way to a page depends on. */
export interface FetchPlace {
  /** Proxies are named here. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The system's resolver by default. */
  readonly resolve?: Resolve
  /** Added to the requests: certificates of one's own. */
  readonly tls?: NonNullable<BunFetchRequestInit["tls"]>
  /** Milliseconds; `TIMEOUT_MS` by default. */
  readonly timeoutMs?: number
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
export async function fetchPage(start: URL, place: FetchPlace, signal: AbortSignal): Promise<Fetched> {
  const { timeoutMs = TIMEOUT_MS } = place
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    return await follow(start, place, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) throw new Error(`No answer from ${start.host} within ${timeoutMs / 1000} s.`)
    throw error
  }
}

async function follow(start: URL, place: FetchPlace, signal: AbortSignal): Promise<Fetched> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const proxied = proxyFor(url, place.env) !== undefined
    const judged = await judgeHost(url.hostname, { ...place, proxied })
    if (judged.refusal !== null) throw new Error(`${url.href} was not fetched: ${judged.refusal}.`)
    const response = await ask(url, judged.addresses, place, signal)
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

async function ask(
  url: URL,
  addresses: readonly string[],
  { env, tls }: FetchPlace,
  signal: AbortSignal,
): Promise<Response> {
  const options: BunFetchRequestInit = {
    redirect: "manual",
    signal,
    ...(tls === undefined ? {} : { tls }),
    headers: {
      "user-agent": `ccts/${version}`,
      accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5",
    },
  }
  try {
    return await connect(url, addresses, env, options)
  } catch (error) {
    // A server on this machine seldom speaks TLS.
    if (!signal.aborted && url.protocol === "https:" && isLoopback(url.hostname)) {
      const plain = new URL(url)
      plain.protocol = "http:"
      if (proxyFor(plain, env) !== undefined) throw unreachable(url, error)
      return await connect(plain, addresses, env, options).catch(() => {
        throw unreachable(url, error)
      })
    }
    signal.throwIfAborted()
    throw unreachable(url, error)
  }
}

/**
 * Asks the addresses that were judged, by number: name resolution has no second chance to answer otherwise. Certificate
 * and virtual host are still those of the name. Two ways cannot be bound to a number: a proxy judges and resolves names
 * itself (a number would pass by its rules), and a host that NO_PROXY takes out of the runtime's own proxy is known to
 * the runtime by name only; the person named that host.
 */
export async function connect(
  url: URL,
  addresses: readonly string[],
  env: FetchPlace["env"],
  options: BunFetchRequestInit,
): Promise<Response> {
  const proxy = proxyFor(url, env)
  if (proxy !== undefined) return fetch(url, { ...options, proxy })
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) || runtimeHasProxy(url)) return fetch(url, options)
  const headers = { ...(options.headers as Record<string, string>), host: url.host }
  let failure: unknown
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const direct = new URL(url)
    direct.hostname = isIP(address) === 6 ? `[${address}]` : address
    try {
      return await fetch(direct, {
        ...options,
        headers,
        ...(url.protocol === "https:" ? { tls: { serverName: url.hostname, ...options.tls } } : {}),
      })
    } catch (error) {
      options.signal?.throwIfAborted()
      failure = error
    }
  }
  throw failure
}

/** The runtime reads the process's environment on its own, whatever an option says. */
function runtimeHasProxy(url: URL): boolean {
  return proxyFor(url, { ...process.env, NO_PROXY: "", no_proxy: "" }) !== undefined
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
