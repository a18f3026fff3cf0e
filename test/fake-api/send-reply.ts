/** Puts replies on the wire, faults included. */
import type { ServerResponse } from "node:http"
import { encodeReply, toMessage } from "./encode-reply.ts"
import type { RecordedRequest } from "./recorded-request.ts"
import type { error, Part } from "./reply.ts"

const MODELS = [
  "claude-fable-5-2",
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-8",
  "claude-sonnet-4-5-20250929",
  "claude-haiku-4-5-20251001",
]

export function sendJson(
  request: RecordedRequest,
  response: ServerResponse,
  requestId: string,
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
) {
  request.status = status
  response.writeHead(status, { "content-type": "application/json", "request-id": requestId, ...more })
  response.end(typeof body === "string" ? body : JSON.stringify(body))
}

export function sendError(
  request: RecordedRequest,
  response: ServerResponse,
  requestId: string,
  { error: { status, type, message, headers, body } }: ReturnType<typeof error>,
) {
  sendJson(
    request,
    response,
    requestId,
    status,
    body ?? { type: "error", error: { type, message }, request_id: requestId },
    headers,
  )
}

export function sendModels(request: RecordedRequest, response: ServerResponse, requestId: string) {
  const data = MODELS.map((id) => ({
    type: "model",
    id,
    display_name: id,
    created_at: "2026-01-01T00:00:00Z",
  }))
  sendJson(request, response, requestId, 200, {
    data,
    has_more: false,
    first_id: MODELS[0],
    last_id: MODELS.at(-1),
  })
}

export async function sendStream(
  request: RecordedRequest,
  response: ServerResponse,
  requestId: string,
  parts: readonly Part[],
  usage: Readonly<Record<string, unknown>>,
) {
  const find = <K extends Part["part"]>(kind: K) =>
    parts.find((part): part is Extract<Part, { part: K }> => part.part === kind)
  const extra = find("headers")?.headers ?? {}
  const input = { model: String(request.body.model), parts, usage }
  const late = find("first-byte")
  if (late) await Bun.sleep(late.delayMs)
  if (request.body.stream !== true)
    return sendJson(request, response, requestId, 200, toMessage(input), extra)
  request.status = 200
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "request-id": requestId,
    ...extra,
  })
  const fault = parts
    .flatMap((part) => (part.part === "fault" ? [part.fault] : []))
    .find((f) => "afterBytes" in f)
  const limit = fault && "afterBytes" in fault ? fault.afterBytes : Number.POSITIVE_INFINITY
  const pace = find("chunks")
  let sent = 0
  /** False when the client is gone or the scripted limit is reached. */
  const write = async (bytes: Buffer): Promise<boolean> => {
    const piece = sent + bytes.length > limit ? bytes.subarray(0, limit - sent) : bytes
    sent += piece.length
    if (piece.length > 0 && !response.write(piece)) await drained(response)
    return sent < limit && !response.destroyed && !response.closed
  }
  response.flushHeaders()
  // Events are joined into writes of some KB, as a busy network does it, unless a pace is asked for.
  let pending: string[] = []
  let size = 0
  let open = limit > 0
  const flush = async () => {
    const bytes = Buffer.from(pending.join(""))
    pending = []
    size = 0
    if (!pace) {
      open = await write(bytes)
      return
    }
    for (let at = 0; open && at < bytes.length; at += pace.size) {
      open = await write(bytes.subarray(at, at + pace.size))
      if (pace.delayMs > 0) await Bun.sleep(pace.delayMs)
    }
  }
  for (const event of encodeReply(input)) {
    if (!open) break
    pending.push(event)
    size += event.length
    if (size > 16_384) await flush()
  }
  if (open && size > 0) await flush()
  if (fault?.kind === "silence") return
  if (fault?.kind === "drop") {
    // Lets what was written leave before the reset, so that the client really sees a part.
    await Bun.sleep(5)
    response.socket?.destroy()
    return
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done)
      response.off("close", done)
      resolve()
    }
    response.on("drain", done)
    response.on("close", done)
  })
}
