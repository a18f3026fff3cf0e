/** HTTP hooks: the event is posted to an address that policy allows; redirects are not followed. */
import { messageOf } from "../json.ts"
import type { HttpHandler, Ran } from "./handler.ts"
import { MAX_OUTPUT_BYTES } from "./run-command.ts"

export interface HttpLimits {
  /** Addresses with `*`; absent means any, empty means none. */
  readonly allowedUrls?: readonly string[]
  /** Variables that any hook may send; absent means those that the hook names. */
  readonly allowedEnvVars?: readonly string[]
}

export interface HttpRun {
  readonly handler: HttpHandler
  readonly input: string
  readonly env: Readonly<Record<string, string>>
  readonly limits: HttpLimits
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export async function runHttp(run: HttpRun): Promise<Ran> {
  const { handler, limits, signal } = run
  const failed = (error: string): Ran => ({ stdout: "", stderr: "", error })
  if (limits.allowedUrls !== undefined && !limits.allowedUrls.some((one) => urlMatches(one, handler.url)))
    return failed(`${handler.url} is not among allowedHttpHookUrls`)
  const deadline = AbortSignal.timeout(run.timeoutMs)
  try {
    const response = await fetch(handler.url, {
      method: "POST",
      redirect: "manual",
      headers: { ...headersOf(run), "content-type": "application/json" },
      body: run.input,
      signal: AbortSignal.any([signal, deadline]),
    })
    const stdout = await readBounded(response)
    if (stdout === null) return failed(`${handler.url} answered more than ${MAX_OUTPUT_BYTES} bytes`)
    if (!response.ok) return { stdout, stderr: "", error: `${handler.url} answered ${response.status}` }
    return { stdout, stderr: "", exitCode: 0 }
  } catch (error) {
    if (signal.aborted) return { stdout: "", stderr: "", cut: "interrupted" }
    if (deadline.aborted) return { stdout: "", stderr: "", cut: "timeout" }
    return failed(`${handler.url} cannot be reached: ${messageOf(error)}`)
  }
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
