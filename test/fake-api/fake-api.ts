/**
 * A Messages API on a local port that answers from a script and rejects what the real one would reject.
 * It is a plain socket server so that faults are real ones: cut connections, silence, half an event.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { RecordedRequest, RequestBody } from "./recorded-request.ts"
import { error, isErrorReply, type Part, type Reply } from "./reply.ts"
import { sendError, sendJson, sendModels, sendStream } from "./send-reply.ts"
import { isSideRequest, sideReply } from "./side-reply.ts"
import { MAX_BODY_BYTES, validateRequest } from "./validate-request.ts"

export type { RecordedRequest, RequestBody } from "./recorded-request.ts"
export * from "./reply.ts"
export { validateRequest } from "./validate-request.ts"

export type Script = readonly Reply[] | ((request: RecordedRequest, index: number) => Reply | Promise<Reply>)

export interface FakeApiOptions {
  readonly script?: Script
  /**
   * Answers side requests (no tools and a small model, or a JSON schema asked for), such as session titles,
   * without consuming the script. `script` treats them like all others.
   */
  readonly side?: "script" | ((request: RecordedRequest) => Reply)
  /** Keys or bearer tokens that are taken; without it any is. */
  readonly keys?: readonly string[]
  /** Models that answer 404. */
  readonly missingModels?: readonly string[]
  /** A longer prompt (4 characters are one token) is rejected as too long. */
  readonly windowTokens?: number
  /** Off only to look at a request that is known to be wrong. */
  readonly validate?: "strict" | "off"
  readonly port?: number
}

export interface FakeApi {
  /** Without a trailing slash; goes into ANTHROPIC_BASE_URL. */
  readonly url: string
  /** Every `POST /v1/messages`, in order of arrival. */
  readonly requests: readonly RecordedRequest[]
  /** The ones the script answered. */
  readonly turns: readonly RecordedRequest[]
  /** `count_tokens`, `models` and anything else. */
  readonly others: readonly RecordedRequest[]
  /** Adds replies to a script given as a list. */
  push(...replies: readonly Reply[]): void
  close(): Promise<void>
}

export async function fakeApi(options: FakeApiOptions = {}): Promise<FakeApi> {
  const requests: RecordedRequest[] = []
  const others: RecordedRequest[] = []
  const script = typeof options.script === "function" ? options.script : [...(options.script ?? [])]
  let taken = 0
  let cached = ""
  let count = 0

  const next = async (request: RecordedRequest): Promise<Reply> => {
    const index = taken++
    if (typeof script === "function") return script(request, index)
    return (
      script[index] ?? error(400, { message: `fake API: the script has no reply for request ${index + 1}` })
    )
  }

  const answer = async (request: RecordedRequest, response: ServerResponse) => {
    const requestId = `req_${(++count).toString().padStart(8, "0")}`
    const fail = (reply: ReturnType<typeof error>) => sendError(request, response, requestId, reply)
    const { body } = request
    const counting = request.path.endsWith("/count_tokens")
    if (request.bytes > MAX_BODY_BYTES) return fail(error(413))
    if (options.keys && !options.keys.includes(keyOf(request.headers)))
      return fail(
        error(401, {
          message: keyOf(request.headers) ? "invalid x-api-key" : "x-api-key header is required",
        }),
      )
    if (request.path.startsWith("/v1/models")) return sendModels(request, response, requestId)
    if (
      request.method !== "POST" ||
      !/^\/v1\/messages(\/count_tokens)?$/.test(request.path.split("?")[0] ?? "")
    )
      return fail(error(404, { message: `Not found: ${request.path.split("?")[0]}` }))
    const problem =
      options.validate === "off"
        ? null
        : validateRequest(body, {
            headers: request.headers,
            endpoint: counting ? "count_tokens" : "messages",
          })
    if (problem) return fail(error(problem.status, problem))
    if (options.missingModels?.includes(body.model))
      return fail(error(404, { message: `model: ${body.model}` }))
    const prompt = JSON.stringify([body.tools ?? [], body.system ?? "", body.messages], (key, value) =>
      key === "cache_control" ? undefined : value,
    )
    const tokens = Math.ceil(prompt.length / 4)
    if (counting) return sendJson(request, response, requestId, 200, { input_tokens: tokens })
    if (options.windowTokens !== undefined && tokens > options.windowTokens)
      return fail(
        error(400, { message: `prompt is too long: ${tokens} tokens > ${options.windowTokens} maximum` }),
      )
    request.side = options.side !== "script" && isSideRequest(body)
    const reply = request.side
      ? typeof options.side === "function"
        ? options.side(request)
        : sideReply(body)
      : await next(request)
    if (isErrorReply(reply)) return fail(reply)
    const read = Math.floor(commonPrefix(cached, prompt) / 4)
    const marked = JSON.stringify(body).includes('"cache_control"')
    if (!request.side && marked) cached = prompt
    const parts: readonly Part[] = "part" in reply ? [reply] : reply
    await sendStream(request, response, requestId, parts, {
      input_tokens: marked ? 3 : tokens,
      cache_creation_input_tokens: marked ? Math.max(0, tokens - read) : 0,
      cache_read_input_tokens: marked ? read : 0,
      cache_creation: {
        ephemeral_5m_input_tokens: marked ? Math.max(0, tokens - read) : 0,
        ephemeral_1h_input_tokens: 0,
      },
      output_tokens: 1,
      service_tier: "standard",
    })
  }

  const server = createServer((incoming, response) => {
    void receive(incoming).then(async (request) => {
      if (request.method === "POST" && request.path.split("?")[0] === "/v1/messages") requests.push(request)
      else others.push(request)
      response.on("close", () => {
        if (!response.writableFinished) request.aborted = true
      })
      try {
        await answer(request, response)
      } catch (cause) {
        if (!response.headersSent)
          sendError(request, response, "req_script", error(400, { message: `fake API script: ${cause}` }))
        else response.socket?.destroy()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get turns() {
      return requests.filter((request) => !request.side)
    },
    others,
    push(...replies) {
      if (typeof script === "function") throw new Error("push needs a script given as a list")
      script.push(...replies)
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function keyOf(headers: Readonly<Record<string, string>>): string {
  return headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /i, "") ?? ""
}

async function receive(incoming: IncomingMessage): Promise<RecordedRequest> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of incoming) {
    bytes += (part as Buffer).length
    // What is over the limit is read and forgotten, so that the client gets its answer instead of a cut socket.
    if (bytes <= MAX_BODY_BYTES) parts.push(part as Buffer)
  }
  let body: RequestBody = {}
  try {
    if (bytes > 0 && bytes <= MAX_BODY_BYTES) body = JSON.parse(Buffer.concat(parts).toString())
  } catch {
    // An unreadable body is judged as an empty one: the validator rejects it.
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  )
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers,
    body,
    bytes,
    at: Date.now(),
    status: 0,
    aborted: false,
    side: false,
  }
}

/** Length of the common prefix, for the simulated prompt cache. */
function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at
}
