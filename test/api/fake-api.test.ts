import { describe, expect, test } from "bun:test"
import { error, fakeApi, rawToolUse, text, toolUse } from "../fake-api/fake-api.ts"
import { validateRequest } from "../fake-api/validate-request.ts"
import { PNG } from "./arbitrary-history.ts"

const user = (content: unknown) => ({ role: "user", content })
const assistant = (content: unknown) => ({ role: "assistant", content })
const say = (text: string) => ({ type: "text", text })
const call = (id: string) => ({ type: "tool_use", id, name: "Read", input: {} })
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" })
const thought = { type: "thinking", thinking: "hm", signature: "sig" }
const image = (media_type: string, data: string) => ({
  type: "image",
  source: { type: "base64", media_type, data },
})
const mark = { cache_control: { type: "ephemeral" } }
const hi = user("hi")

function judge(messages: unknown, more: object = {}) {
  return validateRequest({ model: "claude-opus-5-5", max_tokens: 2000, messages, ...more })?.message ?? null
}

describe("the fake takes what the service takes", () => {
  const rows: readonly (readonly [string, unknown, object?])[] = [
    ["a plain question", [hi]],
    ["neighbours of one role", [hi, user([say("more")])]],
    ["a call with its result", [hi, assistant([call("a")]), user([result("a"), say("x")])]],
    [
      "thinking in front of a call",
      [hi, assistant([thought, call("a")]), user([result("a")])],
      { thinking: { type: "adaptive" } },
    ],
    ["a png", [user([image("image/png", PNG)])]],
    [
      "four marks",
      [user([say("a"), say("b")].map((block) => ({ ...block, ...mark })))],
      {
        system: [
          { ...say("s"), ...mark },
          { ...say("t"), ...mark },
        ],
      },
    ],
    ["a prefill on an older model", [hi, assistant("So")], { model: "claude-sonnet-4-5" }],
  ]
  for (const [name, messages, more] of rows)
    test(name, () => {
      expect(judge(messages, more)).toBeNull()
    })
})

describe("the fake rejects what the service rejects", () => {
  const on = { thinking: { type: "adaptive" } }
  const budget = { model: "claude-sonnet-4-5", thinking: { type: "enabled", budget_tokens: 1024 } }
  const rows: readonly (readonly [string, unknown, object, RegExp])[] = [
    ["no messages", [], {}, /at least one message/],
    ["an assistant at the start", [assistant("x"), hi], {}, /first message/],
    ["an unknown role", [{ role: "tool", content: "x" }], {}, /messages\.0\.role/],
    ["a system message", [{ role: "system", content: "x" }], {}, /Unexpected role "system"/],
    ["empty text", [user([say("")])], {}, /text content blocks must be non-empty/],
    ["blank text", [user([say(" ")])], {}, /non-whitespace/],
    ["an empty user message", [user([])], {}, /non-empty content/],
    ["an empty reply in the middle", [hi, assistant([]), hi], {}, /all messages must have non-empty content/],
    [
      "a call without a result",
      [hi, assistant([call("toolu_x")]), hi],
      {},
      /messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_x/,
    ],
    ["a call at the end", [hi, assistant([call("a")])], {}, /without `tool_result`/],
    ["a result without a call", [user([result("a")])], {}, /unexpected `tool_use_id`/],
    [
      "a result after text",
      [hi, assistant([call("a")]), user([say("x"), result("a")])],
      {},
      /immediately after/,
    ],
    ["two results", [hi, assistant([call("a")]), user([result("a"), result("a")])], {}, /single result/],
    [
      "an id used twice",
      [hi, assistant([call("a"), call("a")]), user([result("a")])],
      {},
      /ids must be unique/,
    ],
    [
      "a bad tool name",
      [hi, assistant([{ ...call("a"), name: "a.b" }]), user([result("a")])],
      {},
      /tool_use\.name/,
    ],
    ["a call by the user", [user([call("a")])], {}, /only be specified in `assistant`/],
    ["an unknown block", [user([{ type: "hologram" }])], {}, /does not match any/],
    ["an unknown field", [user([{ ...say("x"), uuid: "1" }])], {}, /Extra inputs are not permitted/],
    ["an unknown top-level field", [hi], { betas: [] }, /betas: Extra inputs/],
    ["no max_tokens", [hi], { max_tokens: undefined }, /max_tokens: Field required/],
    ["too large max_tokens", [hi], { max_tokens: 1e6 }, /maximum allowed number of output tokens/],
    [
      "a budget that leaves nothing",
      [hi],
      { ...budget, max_tokens: 1024 },
      /must be greater than `thinking\.budget_tokens`/,
    ],
    [
      "thinking without a signature",
      [hi, assistant([{ type: "thinking", thinking: "x" }, say("y")]), hi],
      on,
      /signature/,
    ],
    [
      "thinking after text",
      [hi, assistant([say("y"), thought, say("z")]), hi],
      on,
      /first block must be `thinking`/,
    ],
    ["thinking at the end", [hi, assistant([thought]), hi], on, /final block/],
    [
      "a call without its thinking",
      [hi, assistant([call("a")]), user([result("a")])],
      budget,
      /Expected `thinking`/,
    ],
    [
      "adaptive thinking on an old model",
      [hi],
      { ...on, model: "claude-haiku-4-5" },
      /adaptive thinking is not supported/,
    ],
    ["a temperature with thinking", [hi], { ...on, temperature: 0 }, /temperature/],
    ["a bmp", [user([image("image/bmp", PNG)])], {}, /media_type/],
    ["a png called jpeg", [user([image("image/jpeg", PNG)])], {}, /does not appear/],
    ["an image over 5 MB", [user([image("image/png", PNG + "A".repeat(5 << 20))])], {}, /exceeds 5 MB/],
    [
      "an image in an error",
      [
        hi,
        assistant([call("a")]),
        user([{ ...result("a"), is_error: true, content: [image("image/png", PNG)] }]),
      ],
      {},
      /is_error/,
    ],
    [
      "five marks",
      [user(["a", "b", "c", "d", "e"].map((text) => ({ ...say(text), ...mark })))],
      {},
      /maximum of 4 blocks/,
    ],
    ["a mark on empty text", [user([{ ...say(""), ...mark }])], {}, /cannot be set for empty text/],
    [
      "a long mark after a short one",
      [
        user([
          { ...say("a"), ...mark },
          { ...say("b"), cache_control: { type: "ephemeral", ttl: "1h" } },
        ]),
      ],
      {},
      /must not come after/,
    ],
    [
      "white space at the end of a prefill",
      [hi, assistant("So ")],
      { model: "claude-sonnet-4-5" },
      /trailing whitespace/,
    ],
    ["a prefill on a new model", [hi, assistant("So")], {}, /prefill/],
    ["half a character", [user("\ud83d")], {}, /surrogate/],
    [
      "two tools of one name",
      [hi],
      { tools: [1, 2].map(() => ({ name: "a", input_schema: { type: "object" } })) },
      /unique/,
    ],
    ["a tool without a schema", [hi], { tools: [{ name: "a" }] }, /input_schema/],
  ]
  for (const [name, messages, more, message] of rows)
    test(name, () => {
      expect(judge(messages, more)).toMatch(message)
    })

  test("missing headers and oversized bodies, in the service's own error shape", async () => {
    const api = await fakeApi()
    const send = async (headers: Record<string, string>, body: string) => {
      const response = await fetch(`${api.url}/v1/messages`, { method: "POST", headers, body })
      return [response.status, await response.json()] as const
    }
    const body = JSON.stringify({ model: "claude-opus-5-5", max_tokens: 9, messages: [hi] })
    expect(await send({}, body)).toEqual([
      401,
      {
        type: "error",
        error: { type: "authentication_error", message: "x-api-key header is required" },
        request_id: expect.any(String),
      },
    ])
    expect(await send({ "x-api-key": "k" }, body)).toMatchObject([
      400,
      { error: { message: expect.stringMatching(/anthropic-version/) } },
    ])
    const large = `{"model":"${"x".repeat(33 * 1024 * 1024)}"}`
    expect(await send({ "x-api-key": "k" }, large)).toMatchObject([
      413,
      { error: { type: "request_too_large" } },
    ])
    await api.close()
  })
})

describe("the script", () => {
  const headers = { "x-api-key": "k", "anthropic-version": "2023-06-01" }
  const ask = async (url: string, more: object = {}, path = "/v1/messages") => {
    const body = JSON.stringify({ model: "claude-opus-5-5", max_tokens: 9, messages: [hi], ...more })
    return (await fetch(url + path, { method: "POST", headers, body })).json()
  }

  test("answers in order, says when it has run out, and leaves side requests alone", async () => {
    const api = await fakeApi({ script: [text("one")] })
    expect(await ask(api.url, { model: "claude-haiku-5-5" })).toMatchObject({
      content: [{ text: "A short title" }],
    })
    const format = {
      type: "json_schema",
      schema: { type: "object", properties: { title: { type: "string" } } },
    }
    expect(await ask(api.url, { output_config: { format } })).toMatchObject({
      content: [{ text: '{"title":"A short title"}' }],
    })
    expect(await ask(api.url)).toMatchObject({ content: [{ text: "one" }], stop_reason: "end_turn" })
    expect(await ask(api.url)).toMatchObject({
      error: { message: expect.stringMatching(/no reply for request 2/) },
    })
    expect(api.requests.map(({ side }) => side)).toEqual([true, true, false, false])
    await api.close()
  })

  test("may be a function of the request", async () => {
    const api = await fakeApi({
      script: ({ body }, index) => (index === 0 ? toolUse("Read", { n: body.messages.length }) : error(529)),
    })
    expect(await ask(api.url)).toMatchObject({
      content: [{ name: "Read", input: { n: 1 } }],
      stop_reason: "tool_use",
    })
    expect(await ask(api.url)).toMatchObject({ error: { type: "overloaded_error" } })
    await api.close()
  })

  test("counts tokens, lists models, knows windows and missing models", async () => {
    const api = await fakeApi({
      windowTokens: 20,
      missingModels: ["gone"],
      script: [rawToolUse("Read", "{}")],
    })
    expect(await ask(api.url, { max_tokens: undefined }, "/v1/messages/count_tokens")).toEqual({
      input_tokens: expect.any(Number),
    })
    const models = (await (await fetch(`${api.url}/v1/models`, { headers })).json()) as {
      data: { id: string }[]
    }
    expect(models.data.map(({ id }) => id)).toContain("claude-opus-5-5")
    expect(await ask(api.url, { messages: [user("x".repeat(200))] })).toMatchObject({
      error: { message: expect.stringMatching(/prompt is too long/) },
    })
    expect(await ask(api.url, { model: "gone" })).toMatchObject({ error: { type: "not_found_error" } })
    await api.close()
  })

  test("reports a prompt that grew at its end as read from the cache", async () => {
    const api = await fakeApi({ script: [text("a"), text("b")] })
    const first = [user([{ ...say("x".repeat(4000)), ...mark }])]
    await ask(api.url, { messages: first })
    const second = await ask(api.url, {
      messages: [...first, assistant("a"), user([{ ...say("y"), ...mark }])],
    })
    expect(
      (second as { usage: { cache_read_input_tokens: number } }).usage.cache_read_input_tokens,
    ).toBeGreaterThan(900)
    await api.close()
  })
})
