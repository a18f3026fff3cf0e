/**
 * HTTP hooks: the event is posted to an address that policy allows; redirects are not followed, and an address where
 * machines hand out credentials (link-local) is never asked, whatever name leads there.
 */
import type { HttpHandler, Ran } from "./handler.ts"
import { MAX_OUTPUT_BYTES } from "./run-command.ts"
import { failedRun, type Limits, underDeadline } from "./under-deadline.ts"

export interface HttpLimits {
  /** Addresses with `*`; absent means any, empty means none. */
  readonly allowedUrls?: readonly string[]
  /** Variables that any hook may send; absent means those that the hook names. */
  readonly allowedEnvVars?: readonly string[]
}

export interface HttpRun extends Limits {
  readonly handler: HttpHandler
  readonly input: string
  readonly env: Readonly<Record<string, string>>
  readonly limits: HttpLimits
}

export async function runHttp(run: HttpRun): Promise<Ran> {
  const { handler, limits } = run
  const { url } = handler
  if (limits.allowedUrls !== undefined && !limits.allowedUrls.some((one) => urlMatches(one, url)))
    return failedRun(`${url} is not among allowedHttpHookUrls`)
  return underDeadline(run, async (signal) => {
    const forbidden = await linkLocal(url)
    if (forbidden !== null) return failedRun(`${url} leads to the link-local address ${forbidden}`)
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { ...headersOf(run), "content-type": "application/json" },
      body: run.input,
      signal,
    }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new Error(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`)
    })
    const stdout = await readBounded(response)
    if (stdout === null) return failedRun(`${url} answered more than ${MAX_OUTPUT_BYTES} bytes`)
    if (!response.ok) return { stdout, stderr: "", error: `${url} answered ${response.status}` }
    return { stdout, stderr: "", exitCode: 0 }
  })
}

/** The link-local address that the URL's host is or leads to; null when there is none. */
async function linkLocal(url: string): Promise<string | null> {
  const [{ lookup }, { BlockList, isIP }] = await Promise.all([
    import("node:dns/promises"),
    import("node:net"),
  ])
  const list = new BlockList()
  list.addSubnet("169.254.0.0", 16, "ipv4")
  list.addSubnet("fe80::", 10, "ipv6")
  list.addAddress("fd00:ec2::254", "ipv6")
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "")
  const found = isIP(host) ? [{ address: host }] : await lookup(host, { all: true }).catch(() => [])
  const within = (address: string) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
  return found.find(({ address }) => within(address))?.address ?? null
}

/** `$VAR` and `${VAR}` are filled in for the variables that may leave; others become empty. */
function headersOf({ handler, env, limits }: HttpRun): Record<string, string> {
  const named = new Set(handler.allowedEnvVars ?? [])
  const may = (name: string) => named.has(name) && (limits.allowedEnvVars?.includes(name) ?? true)
  const fill = (text: string) =>
    text
      .replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_, braced?: string, plain?: string) => {
        const name = braced ?? plain ?? ""
        return may(name) ? (env[name] ?? "") : ""
      })
      .replace(/[\r\n\0]/g, "")
  return Object.fromEntries(Object.entries(handler.headers ?? {}).map(([name, value]) => [name, fill(value)]))
}

function urlMatches(pattern: string, url: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${escaped.join(".*")}$`).test(url)
}

async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  if (reader === undefined) return ""
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString("utf8")
    size += value.length
    if (size > MAX_OUTPUT_BYTES) {
      await reader.cancel().catch(() => {})
      return null
    }
    chunks.push(value)
  }
}
