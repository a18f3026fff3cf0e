import type { ControlFrame, ControlReply } from "./sdk-message.ts"

/** The way to ask the host something (spec/headless.md section 2.5). */
export interface HostChannel {
  /**
   * Sends `{subtype, ...payload}` and settles with the reply's `response`. Rejects with `HostError` when the host
   * answers an error or has closed its input. An abort of `signal` withdraws the request and rejects.
   * Without a reply it waits: the host may answer some other way.
   */
  request(subtype: string, payload: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>
}

export class HostError extends Error {
  override name = "HostError"
}

/** Open requests at one time; more than that is a runaway. */
const MAX_OPEN = 1_000

interface Waiting {
  readonly frame: ControlFrame & { readonly type: "control_request" }
  resolve(response: unknown): void
  reject(error: Error): void
}

export interface HostLink extends HostChannel {
  /** Requests of this subtype that nobody has answered yet. */
  pending(subtype: string): readonly ControlFrame[]
  /** A `control_response` came in; an unknown id is an answer that nobody waits for any more. */
  settle(reply: ControlReply): void
  /** The host reads no more answers to us: everything open is rejected, and so is whatever comes. */
  close(): void
}

export function createHostLink(send: (frame: ControlFrame) => void, newId: () => string): HostLink {
  const open = new Map<string, Waiting>()
  let closed = false
  return {
    request(subtype, payload, signal) {
      if (closed) return Promise.reject(new HostError("The host has closed its input."))
      if (open.size >= MAX_OPEN) return Promise.reject(new HostError("Too many open requests to the host."))
      if (signal.aborted) return Promise.reject(signal.reason)
      const request_id = newId()
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          open.delete(request_id)
          send({ type: "control_cancel_request", request_id })
          reject(signal.reason)
        }
        const finish = () => {
          open.delete(request_id)
          signal.removeEventListener("abort", onAbort)
        }
        const frame = { type: "control_request", request_id, request: { subtype, ...payload } } as const
        open.set(request_id, {
          frame,
          resolve(response) {
            finish()
            resolve(response)
          },
          reject(error) {
            finish()
            reject(error)
          },
        })
        signal.addEventListener("abort", onAbort, { once: true })
        send(frame)
      })
    },
    pending: (subtype) =>
      [...open.values()].flatMap(({ frame }) => (frame.request.subtype === subtype ? [frame] : [])),
    settle(reply) {
      const waiting = open.get(reply.request_id)
      if (reply.subtype === "success") waiting?.resolve(reply.response ?? {})
      else waiting?.reject(new HostError(reply.error))
    },
    close() {
      closed = true
      for (const waiting of [...open.values()])
        waiting.reject(new HostError("The host has closed its input."))
    },
  }
}
