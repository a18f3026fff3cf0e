/** One connection to one server: the official client over a transport, with a deadline for every step. */
import { pathToFileURL } from "node:url"
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js"
import { version } from "../../lib/version.ts"
import { isObject, type Json, messageOf } from "../json.ts"
import type { ConnectRequest } from "./connect-request.ts"
import { contentOf, readElicitation } from "./elicitation.ts"
import { openTransport } from "./open-transport.ts"
import { isSigned } from "./server-config.ts"
import type { StdioTransport } from "./stdio-transport.ts"

/** Pages of a list that are read; a server that goes on for ever has no more tools than this. */
const MAX_PAGES = 100
const MAX_ITEMS = 2_000

export interface Connection {
  readonly serverInfo: { readonly name: string; readonly version: string }
  readonly instructions: string
  readonly hasResources: boolean
  /** As the server describes them, unchecked. */
  listPrompts(signal: AbortSignal): Promise<readonly Json[]>
  /** Tools as the server describes them, unchecked. */
  listTools(signal: AbortSignal): Promise<readonly Json[]>
  listResources(signal: AbortSignal): Promise<readonly Json[]>
  request(
    method: string,
    params: Json,
    options: {
      readonly signal: AbortSignal
      readonly timeoutMs: number
      onProgress?(progress: {
        readonly progress: number
        readonly total?: number
        readonly message?: string
      }): void
    },
  ): Promise<Json>
  /** A message that the server sent by way of its host. */
  deliver(message: Json): void
  /** Tells the server that the folders of the session are others now. */
  rootsChanged(): void
  close(): Promise<void>
}

/** The server wants the person to sign in first. */
export class NeedsAuth extends Error {
  override name = "NeedsAuth"
}

/** Rejects with one line saying why, at the latest after `deadlineMs`. */
export async function connect(request: ConnectRequest): Promise<Connection> {
  const [{ Client }, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ])
  const deadline = AbortSignal.timeout(request.deadlineMs)
  const stop = AbortSignal.any([deadline, request.signal])
  const transport = await openTransport(request, stop).catch(async (error: unknown) => {
    throw await explain(error, request, deadline.aborted, "")
  })
  const client = new Client(
    { name: "ccts", version },
    {
      capabilities: { roots: { listChanged: true }, elicitation: { form: {}, url: {} } },
    },
  )
  client.setRequestHandler(types.ListRootsRequestSchema, () => ({
    roots: request.around().roots.map((root) => ({ uri: pathToFileURL(root).href })),
  }))
  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }, { signal }) => {
    const answer = await request.onElicit(readElicitation(request.entry.name, { ...params }), signal)
    return answer.action === "accept" ? { action: "accept", content: contentOf(answer) } : answer
  })
  client.setNotificationHandler(types.ElicitationCompleteNotificationSchema, ({ params }) =>
    request.onElicited(params.elicitationId),
  )
  client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => request.onListChanged("tools"))
  client.setNotificationHandler(types.ResourceListChangedNotificationSchema, () =>
    request.onListChanged("resources"),
  )
  client.setNotificationHandler(types.PromptListChangedNotificationSchema, () =>
    request.onListChanged("prompts"),
  )
  // Errors beside a request (a log line that is no message, a broken stream) are not the end of a server.
  client.onerror = () => {}

  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const onAbort = () => aborted.reject(stop.reason)
  stop.addEventListener("abort", onAbort, { once: true })
  try {
    await Promise.race([
      client.connect(transport, { timeout: request.deadlineMs, signal: stop }),
      aborted.promise,
    ])
  } catch (error) {
    void transport.close().catch(() => {})
    throw await explain(error, request, deadline.aborted, endingOf(transport))
  } finally {
    stop.removeEventListener("abort", onAbort)
  }
  client.onclose = () => request.onLost(endingOf(transport) || "the connection was closed")
  return wrap(client, types, transport, "url" in request.entry.config ? request.onLost : () => {})
}

function wrap(
  client: Client,
  types: typeof import("@modelcontextprotocol/sdk/types.js"),
  transport: Transport,
  onGone: (why: string) => void,
): Connection {
  const { name = "", version: serverVersion = "" } = client.getServerVersion() ?? {}
  const capabilities = client.getServerCapabilities()
  const request: Connection["request"] = async (method, params, { signal, timeoutMs, onProgress }) => {
    try {
      return (await client.request({ method, params } as never, types.ResultSchema, {
        signal,
        timeout: timeoutMs,
        ...(onProgress !== undefined && { onprogress: onProgress as never }),
      })) as Json
    } catch (error) {
      // A server over HTTP does not say that it goes; one finds it gone.
      if (wasNotHeard(error) || codeOf(error) === 401) onGone(lineOf(error))
      throw error
    }
  }
  const list = async (method: string, member: string, signal: AbortSignal): Promise<readonly Json[]> => {
    const items: Json[] = []
    let cursor: unknown
    for (let page = 0; page < MAX_PAGES && items.length < MAX_ITEMS; page++) {
      const params = typeof cursor === "string" ? { cursor } : {}
      // The caller's signal is the deadline of the whole list.
      const result = await request(method, params, { signal, timeoutMs: LIST_MS })
      const found = result[member]
      if (Array.isArray(found)) items.push(...found.filter(isObject))
      cursor = result.nextCursor
      if (typeof cursor !== "string" || cursor === "") break
    }
    return items.slice(0, MAX_ITEMS)
  }
  return {
    serverInfo: { name, version: serverVersion },
    instructions: client.getInstructions() ?? "",
    hasResources: capabilities?.resources !== undefined,
    listTools: async (signal) =>
      capabilities?.tools === undefined ? [] : await list("tools/list", "tools", signal),
    listPrompts: async (signal) =>
      capabilities?.prompts === undefined ? [] : await list("prompts/list", "prompts", signal),
    listResources: async (signal) =>
      capabilities?.resources === undefined ? [] : await list("resources/list", "resources", signal),
    request,
    deliver: (message) => transport.onmessage?.(message as unknown as JSONRPCMessage),
    rootsChanged: () => void client.sendRootsListChanged().catch(() => {}),
    async close() {
      client.onclose = () => {}
      await transport.close().catch(() => {})
      await client.close().catch(() => {})
    },
  }
}

/** One page of a list, when the caller's signal does not end it sooner. */
const LIST_MS = 60_000

function endingOf(transport: Transport): string {
  return "ending" in transport ? (transport as StdioTransport).ending() : ""
}

/** Codes of a service that does not know who asks. */
const UNKNOWN_CALLER = new Set<unknown>([401, 403])

async function explain(
  error: unknown,
  { entry, auth, deadlineMs, signal }: ConnectRequest,
  late: boolean,
  ending: string,
): Promise<Error> {
  const { config } = entry
  const code = codeOf(error)
  const name = error instanceof Error ? error.name : ""
  if (UNKNOWN_CALLER.has(code) || name === "UnauthorizedError") {
    const where = "url" in config ? new URL(config.url).host : "the server"
    const answer = `HTTP ${String(code ?? 401)}`
    if ("headers" in config && isSigned(config.headers))
      return new Error(`${where} refuses the Authorization header of its entry (${answer})`)
    if (auth !== null && !(await auth.offersSignIn(signal)))
      return new Error(`${where} refuses (${answer}) and names no place to sign in`)
    return new NeedsAuth(`${where} wants a sign-in (${answer})`)
  }
  if (late) return new Error(`did not answer within ${Math.round(deadlineMs / 100) / 10} s`)
  if (ending !== "") return new Error(ending)
  return new Error(lineOf(error))
}

function codeOf(error: unknown): unknown {
  return isObject(error) ? error.code : undefined
}

function lineOf(error: unknown): string {
  return messageOf(error).split("\n", 1)[0]?.slice(0, 500) ?? "unknown error"
}

/** The request reached nobody, or a server that has forgotten this session: it may be sent again. */
export function wasNotHeard(error: unknown): boolean {
  return codeOf(error) === 404 || /ECONNREFUSED|Unable to connect/i.test(messageOf(error))
}

/** Worth another try: the network or the service, not the configuration. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NeedsAuth) return false
  const text = messageOf(error)
  return /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|socket|Unable to connect|fetch failed|\b50[0234]\b|\b429\b/i.test(
    text,
  )
}
