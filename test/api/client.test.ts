import { afterEach, describe, expect, test } from "bun:test"
import { type ApiOptions, createApi } from "../../src/api/client.ts"
import type { ApiItem, MessagesRequest } from "../../src/model/api.ts"
import {
  chunks,
  dropAfter,
  endAfter,
  error,
  errorEvent,
  type FakeApi,
  type FakeApiOptions,
  fakeApi,
  malformed,
  type Reply,
  rawToolUse,
  silence,
  slowFirstByte,
  text,
  thinking,
  toolUse,
} from "../fake-api/fake-api.ts"

const KEY = "sk-ant-test-0123456789"
const REQUEST: MessagesRequest = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  stream: true,
}
/** Longer than any of these requests may take; a hang fails here with what had happened so far. */
const HANG_MS = 5000

const open: FakeApi[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()))
})

async function serve(script: readonly Reply[], options: FakeApiOptions = {}): Promise<FakeApi> {
  const api = await fakeApi({ script, ...options })
  open.push(api)
  return api
}

interface RunOptions extends Partial<ApiOptions> {
  readonly signal?: AbortSignal
  readonly onItem?: (item: ApiItem) => void
  readonly request?: MessagesRequest
}

async function run(
  url: string,
  { signal, onItem, request, ...options }: RunOptions = {},
): Promise<ApiItem[]> {
  const api = createApi({
    baseUrl: url,
    env: {},
    credential: { headers: async () => ({ "x-api-key": KEY }), refresh: async () => false },
    backoff: { baseMs: 1, capMs: 4 },
    ...options,
  })
  const items: ApiItem[] = []
  const hang = AbortSignal.timeout(HANG_MS)
  const all = signal ? AbortSignal.any([signal, hang]) : hang
  for await (const item of api.stream(request ?? REQUEST, { signal: all, cause: "turn", sessionId: "s1" })) {
    items.push(item)
    onItem?.(item)
  }
  if (hang.aborted) throw new Error(`hung after ${JSON.stringify(items.at(-1))}`)
  return items
}

const kinds = (items: readonly ApiItem[]) =>
  items.filter(({ type }) => type !== "event").map(({ type }) => type)
const retries = (items: readonly ApiItem[]) => items.flatMap((item) => (item.type === "retry" ? [item] : []))
const events = (items: readonly ApiItem[]) =>
  items.flatMap((item) => (item.type === "event" ? [item.event.type] : []))

function failure(items: readonly ApiItem[]) {
  const last = items.at(-1)
  if (last?.type !== "failed") throw new Error(`ended with ${last?.type}`)
  return last.failure
}

describe("a reply", () => {
  test("arrives as raw events, whatever way its bytes are cut", async () => {
    const api = await serve([[thinking("hm"), text("héllo 🎉"), toolUse("Read", { a: 1 }), chunks(7)]])
    const items = await run(api.url)
    expect(kinds(items)).toEqual(["sent", "done"])
    expect(events(items)).toContain("message_stop")
    expect(items.at(-1)).toMatchObject({ type: "done", requestId: "req_00000001" })
    const words = items.flatMap((item) =>
      item.type === "event" && item.event.type === "content_block_delta" && "text" in item.event.delta
        ? [item.event.delta.text]
        : [],
    )
    expect(words.join("")).toBe("héllo 🎉")
  })

  test("is asked for under our own name, with the session, the betas and the custom headers", async () => {
    const api = await serve([text("ok")])
    await run(api.url, {
      env: {
        ANTHROPIC_CUSTOM_HEADERS: "X-Team: blue\nbroken line\nX-Trace:  a:b ",
        ANTHROPIC_BETAS: "one-2025-01-01, two-2025-01-01",
        CLAUDE_CODE_EXTRA_BODY: '{"service_tier":"standard_only"}',
      },
      headers: { "x-extra": "1" },
      request: { ...REQUEST, betas: ["three-2025-01-01", "one-2025-01-01"] },
      credential: {
        headers: async () => ({ authorization: "Bearer token-123456", "anthropic-beta": "oauth-2025-04-20" }),
        refresh: async () => false,
      },
    })
    const [request] = api.requests
    expect(request?.path).toBe("/v1/messages?beta=true")
    expect(request?.headers).toMatchObject({
      "user-agent": expect.stringMatching(/^ccts\//),
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "three-2025-01-01,one-2025-01-01,two-2025-01-01,oauth-2025-04-20",
      authorization: "Bearer token-123456",
      "x-claude-code-session-id": "s1",
      "x-team": "blue",
      "x-trace": "a:b",
      "x-extra": "1",
    })
    expect(request?.headers).not.toHaveProperty("x-api-key")
    expect(request?.body).toEqual({ ...REQUEST, service_tier: "standard_only" } as never)
  })

  test("ends with its last event, also when the server keeps the connection open", async () => {
    const whole = await serve([[text("ok"), silence(100_000)]])
    expect(kinds(await run(whole.url))).toEqual(["sent", "done"])
  })

  test("of half a tool input is passed on as it came", async () => {
    const api = await serve([rawToolUse("Read", '{"file_path": "/a')])
    expect(kinds(await run(api.url))).toEqual(["sent", "done"])
  })
})

describe("a failure that may pass is retried, and everything streamed before is void", () => {
  const rows: readonly (readonly [string, Reply, string])[] = [
    ["529", error(529), "overloaded"],
    ["500", error(500), "server_error"],
    ["502 with a page of HTML", error(502, { body: "<html><b>Bad gateway</b></html>" }), "server_error"],
    ["503", error(503), "server_error"],
    ["504", error(504), "timeout"],
    ["408", error(408), "timeout"],
    ["409", error(409), "server_error"],
    ["429", error(429, { retryAfter: 0 }), "rate_limit"],
    ["a connection cut before the first event", [text("x"), dropAfter(0)], "no_network"],
    ["a connection cut in the middle", [text("x".repeat(400)), dropAfter(900)], "no_network"],
    ["a reply that ends without its last event", [text("hello"), endAfter(4)], "server_error"],
    ["an empty reply", [text("hello"), endAfter(0)], "server_error"],
    ["a malformed event", [text("hello"), malformed(3)], "server_error"],
    ["an error event in the stream", [text("hello"), errorEvent()], "overloaded"],
  ]
  for (const [name, fault, category] of rows)
    test(name, async () => {
      const api = await serve([fault, text("ok")])
      const items = await run(api.url)
      expect(kinds(items)).toEqual(["sent", "retry", "sent", "done"])
      expect(retries(items)[0]).toMatchObject({ attempt: 1, maxRetries: 10, failure: { category } })
      expect(api.requests).toHaveLength(2)
      expect(api.requests[1]?.body).toEqual(api.requests[0]?.body as never)
    })

  test("a port nobody listens on is retried, then named with what to do", async () => {
    const api = await fakeApi()
    await api.close()
    const items = await run(api.url, { env: { CLAUDE_CODE_MAX_RETRIES: "2" } })
    expect(kinds(items)).toEqual(["sent", "retry", "sent", "retry", "sent", "failed"])
    expect(failure(items)).toMatchObject({ category: "no_network", status: null })
    expect(failure(items).message).toMatch(
      /Cannot .*127\.0\.0\.1:\d+.*HTTPS_PROXY and ANTHROPIC_BASE_URL.*after 3 attempts/,
    )
  })

  test("no more often than CLAUDE_CODE_MAX_RETRIES, and never more than 15 times", async () => {
    const api = await serve([], { script: () => error(529) })
    expect(retries(await run(api.url))).toHaveLength(10)
    expect(retries(await run(api.url, { env: { CLAUDE_CODE_MAX_RETRIES: "99" } }))).toHaveLength(15)
    expect(retries(await run(api.url, { env: { CLAUDE_CODE_MAX_RETRIES: "0" } }))).toHaveLength(0)
  })

  test("a reply that keeps breaking off is given up after three retries", async () => {
    const api = await serve([], { script: () => [text("hello"), endAfter(4)] })
    const items = await run(api.url)
    expect(retries(items)).toHaveLength(3)
    expect(failure(items).message).toMatch(/broke off.*after 4 attempts/)
  })

  test("the wait is what the service asks for, unless that is too long to wait", async () => {
    const waits = await serve([error(429, { retryAfter: 0.2 }), text("ok")])
    expect(retries(await run(waits.url))[0]?.delayMs).toBe(200)
    const long = await serve([error(429, { retryAfter: 3600 })])
    const items = await run(long.url)
    expect(kinds(items)).toEqual(["sent", "failed"])
    expect(failure(items)).toMatchObject({ category: "rate_limit", status: 429, retryAfterMs: 3_600_000 })
    expect(failure(items).message).toContain("Try again in 60 minutes.")
  })
})

describe("a failure that will not pass ends at once, in one line", () => {
  const rows: readonly (readonly [string, Reply, string, RegExp])[] = [
    ["402", error(402), "billing_error", /cannot pay/],
    ["403", error(403), "authentication_failed", /does not allow/],
    ["404", error(404), "model_not_found", /\/model/],
    ["413", error(413), "request_too_large", /larger/],
    [
      "a spend cap",
      error(429, { message: "You have reached your specified API usage limits" }),
      "rate_limit",
      /usage limits/,
    ],
    ["x-should-retry: false", error(500, { headers: { "x-should-retry": "false" } }), "server_error", /500/],
    [
      "a prompt that is too long",
      error(400, { message: "prompt is too long: 9 tokens > 8 maximum" }),
      "prompt_too_long",
      /9 tokens/,
    ],
  ]
  for (const [name, fault, category, message] of rows)
    test(name, async () => {
      const api = await serve([fault])
      const items = await run(api.url)
      expect(kinds(items)).toEqual(["sent", "failed"])
      expect(failure(items).category).toBe(category as never)
      expect(failure(items).message).toMatch(message)
      expect(failure(items).message).not.toContain("\n")
      expect(failure(items).requestId).toStartWith("req_")
    })

  test("a 400 names the place in the conversation", async () => {
    const api = await serve([])
    const bad = { type: "image", source: { type: "base64", media_type: "image/png", data: "Qk0=" } } as const
    const items = await run(api.url, {
      request: { ...REQUEST, messages: [{ role: "user", content: [bad] }] },
    })
    expect(failure(items)).toMatchObject({
      category: "invalid_request",
      status: 400,
      place: { message: 0, block: 0 },
    })
  })

  test("bad settings are named before anything is sent", async () => {
    const api = await serve([])
    expect(failure(await run(api.url, { env: { CLAUDE_CODE_EXTRA_BODY: "[1]" } })).message).toContain(
      "CLAUDE_CODE_EXTRA_BODY",
    )
    expect(failure(await run("not a url")).message).toContain("ANTHROPIC_BASE_URL")
    expect(failure(await run(api.url, { env: { CLAUDE_CODE_CLIENT_CERT: "/no/such" } })).message).toContain(
      "CLAUDE_CODE_CLIENT_CERT",
    )
    expect(api.requests).toHaveLength(0)
  })
})

describe("credentials", () => {
  test("are reloaded once after a 401, and the request goes on", async () => {
    const api = await serve([text("ok")], { keys: ["new-key-123"] })
    let key = "old-key-123"
    const items = await run(api.url, {
      credential: {
        headers: async () => ({ "x-api-key": key }),
        refresh: async () => {
          key = "new-key-123"
          return true
        },
      },
    })
    expect(kinds(items)).toEqual(["sent", "retry", "sent", "done"])
  })

  test("that stay refused are reported with what to do, after one reload", async () => {
    const api = await serve([], { keys: ["other"] })
    let refreshes = 0
    const items = await run(api.url, {
      credential: {
        headers: async () => ({ "x-api-key": KEY }),
        refresh: async () => ++refreshes > 0,
      },
    })
    expect(kinds(items)).toEqual(["sent", "retry", "sent", "failed"])
    expect(refreshes).toBe(1)
    expect(failure(items)).toMatchObject({ category: "authentication_failed", status: 401 })
    expect(failure(items).message).toContain("/login")
  })

  test("that do not exist end the request before anything is sent", async () => {
    const api = await serve([])
    const items = await run(api.url, {
      credential: {
        headers: () => Promise.reject(new Error("Not signed in. Run /login.")),
        refresh: async () => false,
      },
    })
    expect(failure(items)).toMatchObject({
      category: "authentication_failed",
      message: "Not signed in. Run /login.",
    })
    expect(api.requests).toHaveLength(0)
  })

  test("never appear in a message, even when the service repeats them", async () => {
    const api = await serve([
      error(400, { message: `bad key ${KEY} and blue-team-secret\nand Bearer abcdef` }),
    ])
    const { message } = failure(
      await run(api.url, { env: { ANTHROPIC_CUSTOM_HEADERS: "X-Team: blue-team-secret" } }),
    )
    expect(message).toContain("bad key ***")
    expect(message).not.toMatch(/0123456789|blue-team-secret|abcdef|\n/)
  })
})

describe("silence", () => {
  const deadlines = { firstByteMs: 300, idleMs: 150, silentMs: 40, tickMs: 20 }

  test("in the middle of a reply is reported while it lasts, then the request is sent again", async () => {
    const api = await serve([[text("hello"), silence(500)], text("ok")])
    const items = await run(api.url, { deadlines })
    expect(kinds(items).filter((kind) => kind !== "silence")).toEqual(["sent", "retry", "sent", "done"])
    expect(kinds(items).filter((kind) => kind === "silence").length).toBeGreaterThan(1)
    expect(retries(items)[0]?.failure).toMatchObject({ category: "timeout" })
    expect(api.requests[0]?.aborted).toBe(true)
  })

  test("before the first byte has its own, longer deadline", async () => {
    const late = await serve([[text("ok"), slowFirstByte(200)]])
    expect(kinds(await run(late.url, { deadlines })).filter((kind) => kind !== "silence")).toEqual([
      "sent",
      "done",
    ])
    const never = await serve([[text("ok"), slowFirstByte(2000)], text("ok")])
    expect(retries(await run(never.url, { deadlines }))).toHaveLength(1)
  })

  test("is not what a slow stream of pings and pieces is", async () => {
    const api = await serve([[text("a".repeat(60)), chunks(60, 10)]])
    expect(retries(await run(api.url, { deadlines }))).toHaveLength(0)
  })

  test("is not a slow reader either", async () => {
    const api = await serve([text("x".repeat(3000), { delta: 1 })])
    const client = createApi({
      baseUrl: api.url,
      env: {},
      credential: { headers: async () => ({ "x-api-key": KEY }), refresh: async () => false },
      deadlines,
    })
    const options = { signal: AbortSignal.timeout(HANG_MS), cause: "turn", sessionId: "s" } as const
    let last: ApiItem | undefined
    let seen = 0
    for await (const item of client.stream(REQUEST, options)) {
      last = item
      if (++seen === 20) await Bun.sleep(400)
    }
    expect(last?.type).toBe("done")
  })
})

describe("an interrupt ends the request in every state", () => {
  const after = (items: ApiItem["type"], controller: AbortController) => (item: ApiItem) => {
    if (item.type === items) controller.abort()
  }
  const slow = { baseMs: 60_000, capMs: 60_000 }
  const rows: readonly (readonly [string, Reply, ApiItem["type"]])[] = [
    ["before the first byte", [text("x"), slowFirstByte(60_000)], "sent"],
    ["in the middle of a reply", [text("hello"), silence(700)], "event"],
    ["while waiting for a retry", error(529), "retry"],
  ]
  for (const [name, reply, state] of rows)
    test(name, async () => {
      const api = await serve([reply])
      const controller = new AbortController()
      const items = await run(api.url, {
        signal: controller.signal,
        backoff: slow,
        onItem: after(state, controller),
      })
      expect(failure(items).category).toBe("aborted")
    })

  test("while the network is silent, and while the credential is being fetched", async () => {
    const api = await serve([[text("hello"), silence(300)]])
    const late = new AbortController()
    setTimeout(() => late.abort(), 60)
    expect(failure(await run(api.url, { signal: late.signal })).category).toBe("aborted")
    const stuck = new AbortController()
    setTimeout(() => stuck.abort(), 20)
    const never = new Promise<never>(() => {})
    const credential = { headers: () => never, refresh: () => never }
    expect(failure(await run(api.url, { signal: stuck.signal, credential })).category).toBe("aborted")
  })

  test("a reader that leaves closes the connection", async () => {
    const api = await serve([[text("x".repeat(50)), silence(900)]])
    const client = createApi({
      baseUrl: api.url,
      env: {},
      credential: { headers: async () => ({ "x-api-key": KEY }), refresh: async () => false },
    })
    const options = { signal: AbortSignal.timeout(HANG_MS), cause: "turn", sessionId: "s" } as const
    for await (const item of client.stream(REQUEST, options)) if (item.type === "event") break
    const deadline = Date.now() + HANG_MS
    while (!api.requests[0]?.aborted && Date.now() < deadline) await Bun.sleep(5)
    expect(api.requests[0]?.aborted).toBe(true)
  })
})

test("prewarming never fails, wherever it points", async () => {
  const credential = { headers: async () => ({}), refresh: async () => false }
  await createApi({ baseUrl: "nonsense", env: {}, credential }).prewarm()
  const api = await serve([])
  await createApi({ baseUrl: api.url, env: {}, credential }).prewarm()
  expect(api.requests).toHaveLength(0)
})
