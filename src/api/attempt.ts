/**
 * One HTTP attempt, as events. Guarantees an end: the abort of the signal ends it at once whatever the network does,
 * and silence ends it after a deadline. At most `MAX_WAITING` events wait for a slow reader.
 */
import type { BaseAnthropic } from "@anthropic-ai/sdk/client"
import type { ApiItem, StreamEvent } from "../model/api.ts"
import type { NetworkOptions } from "./network.ts"
import { createReadingPace } from "./reading-pace.ts"

export interface Deadlines {
  /** Until the first byte of the reply (API_TIMEOUT_MS). */
  readonly firstByteMs: number
  /** Between two bytes of it (CLAUDE_STREAM_IDLE_TIMEOUT_MS). */
  readonly idleMs: number
  /** Silence is reported from here on … */
  readonly silentMs: number
  /** … and again after this long. */
  readonly tickMs: number
}

export interface AttemptInput {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly deadlines: Deadlines
  readonly network: NetworkOptions
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
  /** A client of another service instead of the API's own. */
  readonly connect?: (fetch: typeof globalThis.fetch) => Promise<BaseAnthropic>
  /** Headers that the client would add of its own accord and must not. */
  readonly blank?: Readonly<Record<string, null>>
}

export type AttemptEnd =
  | { readonly type: "complete"; readonly requestId: string | null }
  | { readonly type: "aborted" }
  /** No byte for so long; the connection was given up. */
  | { readonly type: "stalled"; readonly silentMs: number }
  /** The body ended before the message did. */
  | { readonly type: "cut"; readonly requestId: string | null }
  | { readonly type: "error"; readonly error: unknown; readonly requestId: string | null }

type AttemptItem = Extract<ApiItem, { type: "event" | "silence" }>

const MAX_WAITING = 256

let sdk: Promise<typeof import("@anthropic-ai/sdk/client")> | undefined

/** Loads the SDK once; 3 ms in the compiled program. */
export function loadSdk(): Promise<typeof import("@anthropic-ai/sdk/client")> {
  sdk ??= import("@anthropic-ai/sdk/client")
  return sdk
}

/** Yields events and silences; returns how the attempt ended. Never throws. */
export async function* attempt(input: AttemptInput): AsyncGenerator<AttemptItem, AttemptEnd> {
  const { deadlines, signal } = input
  const connection = new AbortController()
  let waiting: AttemptItem[] = []
  let end: AttemptEnd | null = null
  let wake: () => void = () => {}
  let drained: () => void = () => {}
  let hasBytes = false
  let lastByte = performance.now()

  const finish = (how: AttemptEnd) => {
    if (end) return
    end = how
    wake()
    drained()
  }
  const push = async (item: AttemptItem): Promise<boolean> => {
    waiting.push(item)
    wake()
    if (waiting.length >= MAX_WAITING && !end) {
      await new Promise<void>((resolve) => {
        drained = resolve
      })
      // The reader was slow, not the network.
      lastByte = performance.now()
    }
    return end === null
  }
  const abort = () => {
    waiting = []
    finish({ type: "aborted" })
  }
  const watch = setInterval(() => {
    if (waiting.length >= MAX_WAITING) return
    const silentMs = Math.round(performance.now() - lastByte)
    if (silentMs >= (hasBytes ? deadlines.idleMs : deadlines.firstByteMs))
      finish({ type: "stalled", silentMs })
    else if (silentMs >= deadlines.silentMs) void push({ type: "silence", silentMs })
  }, deadlines.tickMs)

  if (signal.aborted) abort()
  signal.addEventListener("abort", abort)
  const heard = () => {
    hasBytes = true
    lastByte = performance.now()
  }
  void receive(input, connection.signal, heard, push).then(finish)
  try {
    while (true) {
      if (waiting.length === 0) {
        if (end) return end
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const batch = waiting
      waiting = []
      drained()
      for (const item of batch) {
        if (signal.aborted) return { type: "aborted" }
        yield item
      }
    }
  } finally {
    end ??= { type: "aborted" }
    drained()
    clearInterval(watch)
    signal.removeEventListener("abort", abort)
    connection.abort()
  }
}

/** Runs the request through the SDK and pushes its raw events. `push` tells whether anybody still listens. */
async function receive(
  input: AttemptInput,
  signal: AbortSignal,
  heard: () => void,
  push: (item: AttemptItem) => Promise<boolean>,
): Promise<AttemptEnd> {
  let requestId: string | null = null
  try {
    const client = await createClient(input, heard)
    // Not `messages.create`: it warns about old models on the console, over whatever is on the screen.
    const { data, request_id } = await client
      .post("/v1/messages?beta=true", {
        body: input.body,
        headers: { ...(input.blank ?? NO_CREDENTIAL), ...input.headers },
        stream: true,
        signal,
        timeout: input.deadlines.firstByteMs,
      })
      .withResponse()
    requestId = request_id ?? null
    let isStopped = false
    for await (const event of data as AsyncIterable<StreamEvent>) {
      if (!(await push({ type: "event", event }))) return { type: "aborted" }
      // Some gateways leave `message_stop` out, some leave the connection open after it.
      if (event.type === "message_delta" && event.delta?.stop_reason) isStopped = true
      if (event.type === "message_stop") return { type: "complete", requestId }
    }
    return { type: isStopped ? "complete" : "cut", requestId }
  } catch (error) {
    return { type: "error", error, requestId }
  }
}

/** Null keeps the client from sending a credential of its own. */
const NO_CREDENTIAL = { authorization: null, "x-api-key": null } as const

async function createClient(input: AttemptInput, heard: () => void): Promise<BaseAnthropic> {
  const fetch = (async (url: string, init?: RequestInit) =>
    listen(
      await input.fetch(url, { ...init, ...input.network } as RequestInit),
      heard,
    )) as typeof globalThis.fetch
  if (input.connect !== undefined) return input.connect(fetch)
  const { Anthropic } = await loadSdk()
  return new Anthropic({
    // A placeholder: without any credential the client would search the disk for one.
    apiKey: "unused",
    baseURL: input.baseUrl,
    maxRetries: 0,
    logLevel: "off",
    openTelemetry: false,
    fetch,
  })
}

/**
 * The same response, with `heard` called for every piece of its body (the SDK hides pings, and they count). A reply
 * that trickles in is read some thirty times a second at most: each reading costs as much for one token as for ten.
 */
function listen(response: Response, heard: () => void): Response {
  if (!response.body) return response
  const reader = response.body.getReader()
  const rest = createReadingPace()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const wait = rest()
        if (wait > 0) await Bun.sleep(wait)
        const { done, value } = await reader.read()
        heard()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: response.status, headers: response.headers })
}
