/** Requests to one remote server: signed, with a deadline for the first byte and a limit for every message. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js"
import { MAX_MESSAGE_BYTES } from "./limits.ts"
import type { ServerAuth } from "./server-auth.ts"

export interface RemoteFetchOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly auth: ServerAuth | null
  /** Milliseconds until the headers of an answer to a message must be there. */
  readonly firstByteMs: number
}

/** Rejects as `fetch` does, and with one line when the answer is late or too long. */
export function remoteFetch({ headers, auth, firstByteMs }: RemoteFetchOptions): FetchLike {
  return async (url, init = {}) => {
    const late = new AbortController()
    const signal = init.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal
    // A stream of events is opened with GET and stays silent for as long as it likes.
    const timer =
      init.method === "POST"
        ? setTimeout(
            () => late.abort(new Error(`no answer within ${Math.round(firstByteMs / 1_000)} s`)),
            firstByteMs,
          )
        : undefined
    const send = (token: string | null) => {
      const all = new Headers(init.headers)
      // Those of the protocol itself are not the entry's to change.
      for (const [name, value] of Object.entries(headers)) if (!all.has(name)) all.set(name, value)
      if (token !== null) all.set("authorization", `Bearer ${token}`)
      return fetch(url, { ...init, headers: all, signal })
    }
    try {
      const token = (await auth?.token(signal)) ?? null
      const response = await send(token)
      if (response.status !== 401 || auth === null) return bounded(response)
      const fresh = await auth.renew(token, signal)
      if (fresh === null || fresh === token) return bounded(response)
      await response.body?.cancel().catch(() => {})
      return bounded(await send(fresh))
    } finally {
      clearTimeout(timer)
    }
  }
}

/** An answer ends with an error when one message in it grows past the limit. */
function bounded(response: Response): Response {
  if (response.body === null) return response
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true
  let size = 0
  let newline = false
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (!isStream) size += chunk.length
      else
        for (const byte of chunk) {
          // An empty line ends an event.
          if (byte === 10 && newline) size = 0
          else size++
          if (byte !== 13) newline = byte === 10
        }
      if (size > MAX_MESSAGE_BYTES)
        controller.error(new Error(`it sent a message of more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB`))
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}
