import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { buildRequest, placeOf, quarantineKey, type RequestInput } from "../../src/api/build-request.ts"
import { resolveModel } from "../../src/api/models.ts"
import type { MessagesRequest } from "../../src/model/api.ts"
import type { MessageLine } from "../../src/model/line.ts"
import { validateRequest } from "../fake-api/validate-request.ts"
import { history, PNG } from "./arbitrary-history.ts"

const OPUS = resolveModel("opus", {})
const SONNET_45 = resolveModel("claude-sonnet-4-5", {})

function input(lines: readonly unknown[], more: Partial<RequestInput> = {}): RequestInput {
  return {
    history: lines as readonly MessageLine[],
    system: [
      { text: "You are a coding agent.", cacheable: true },
      { text: "Today is Monday.", cacheable: false },
    ],
    tools: [{ name: "Read", description: "Reads a file.", input_schema: { type: "object" } }],
    settings: { model: OPUS, thinking: { type: "adaptive" } },
    ...more,
  }
}

let lines = 0
function user(content: unknown, more: object = {}) {
  return { type: "user", uuid: `u${++lines}`, message: { role: "user", content }, ...more }
}
function assistant(id: string, content: unknown, more: object = {}) {
  return {
    type: "assistant",
    uuid: `a${++lines}`,
    message: { id, role: "assistant", model: OPUS.id, content, stop_reason: null, ...more },
  }
}
const call = (id: string, name = "Read") => ({ type: "tool_use", id, name, input: { file_path: "/a" } })
const result = (id: string, content: unknown = "ok") => ({ type: "tool_result", tool_use_id: id, content })
const say = (text: string) => ({ type: "text", text })

function problem(request: MessagesRequest) {
  const { betas, ...body } = request
  return validateRequest(JSON.parse(JSON.stringify(body)))
}

function build(lines: readonly unknown[], more: Partial<RequestInput> = {}) {
  const request = buildRequest(input(lines, more))
  expect(problem(request)).toBeNull()
  return request
}

/** Messages as [role, block] pairs without cache marks: what the service's cache compares. */
function flat(request: MessagesRequest): string[] {
  return request.messages.flatMap(({ role, content }) =>
    content.map((block) =>
      JSON.stringify([role, block], (key, value) => (key === "cache_control" ? undefined : value)),
    ),
  )
}

function marks(request: MessagesRequest): number {
  return JSON.stringify(request).split('"cache_control"').length - 1
}

describe("a damaged record still makes a request the service takes", () => {
  test("any history, with any thinking, on any model", () => {
    const model = fc.constantFrom(
      OPUS,
      SONNET_45,
      resolveModel("claude-fable-5", {}),
      resolveModel("haiku", {}),
    )
    const thinking = fc.constantFrom(
      { type: "adaptive" } as const,
      { type: "budget", tokens: 4000 } as const,
      { type: "off" } as const,
    )
    fc.assert(
      fc.property(history, model, thinking, (lines, model, thinking) => {
        const request = buildRequest(input(lines, { settings: { model, thinking, effort: "xhigh" } }))
        expect(problem(request)).toBeNull()
        expect(marks(request)).toBeLessThanOrEqual(4)
      }),
      { numRuns: 1500 },
    )
  })

  test("any blocks of it quarantined", () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat({ max: 3 }), { maxLength: 5 }), (lines, picks) => {
        const quarantined = new Set(
          lines.flatMap((line, at) =>
            picks.includes(at % 4) ? [at % 2 ? line.uuid : `${line.uuid}:0`] : [],
          ),
        )
        expect(problem(buildRequest(input(lines, { quarantined })))).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  test("a call without a result gets an error result", () => {
    const { messages } = build([
      user("hi"),
      assistant("m1", [call("t1"), call("t2")]),
      user([result("t2")]),
      user("go on"),
    ])
    expect(messages[2]?.content).toMatchObject([
      { type: "tool_result", tool_use_id: "t1", is_error: true },
      { type: "tool_result", tool_use_id: "t2", content: "ok" },
      { type: "text", text: "go on" },
    ])
  })

  test("results nobody asked for, twice given, or after text are put right", () => {
    const { messages } = build([
      user([result("t0"), say("hi")]),
      assistant("m1", [call("t1")]),
      user([say("note"), result("t1", "first"), result("t1", "second"), result("t9")]),
    ])
    expect(messages[0]?.content).toMatchObject([say("hi")])
    expect(messages[2]?.content).toMatchObject([{ tool_use_id: "t1", content: "first" }, { text: "note" }])
  })

  test("lines of one reply become one message, also with results between them", () => {
    const { messages } = build([
      user("hi"),
      assistant("m1", [say("Two files.")]),
      assistant("m1", [call("t1")]),
      user([result("t1", "one")]),
      assistant("m1", [call("t2")]),
      user([result("t2", "two")]),
    ])
    expect(messages.map(({ role, content }) => [role, content.length])).toEqual([
      ["user", 1],
      ["assistant", 3],
      ["user", 2],
    ])
  })

  test("a call id used twice in the conversation keeps both results with their calls", () => {
    const { messages } = build([
      user("hi"),
      assistant("m1", [call("t1")]),
      user([result("t1", "one")]),
      assistant("m2", [call("t1")]),
      user([result("t1", "two")]),
    ])
    expect(messages[4]?.content).toMatchObject([{ tool_use_id: "t1_2", content: "two" }])
  })

  test("a record that lost its start, or ends with the model's words, still begins and ends with the user", () => {
    const { messages } = build([assistant("m1", [say("hello ")])])
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"])
  })

  test("what only the transcript shows, and errors of the service, are not sent", () => {
    const request = build([
      user("hi"),
      user("shown only", { isVisibleInTranscriptOnly: true }),
      { ...assistant("m1", [say("API Error: 500")]), isApiErrorMessage: true },
      user("a reminder", { isMeta: true }),
    ])
    expect(flat(request)).toEqual([
      '["user",{"type":"text","text":"hi"}]',
      '["user",{"type":"text","text":"a reminder"}]',
    ])
  })

  test("a reply the service paused goes back as it is", () => {
    const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } }
    const { messages } = build([
      user("hi"),
      assistant("m1", [say("Searching "), search], { stop_reason: "pause_turn" }),
    ])
    expect(messages.at(-1)).toMatchObject({ role: "assistant", content: [{ text: "Searching " }, search] })
  })

  test("images: a wrong type is corrected, an oversized one is named, the hundredth and first pushes out old ones", () => {
    const image = (data: string, media_type = "image/jpeg") => ({
      type: "image",
      source: { type: "base64", media_type, data },
    })
    const big = PNG + "A".repeat(5 * 1024 * 1024)
    expect(build([user([image(PNG), image(big)])]).messages[0]?.content).toMatchObject([
      { source: { media_type: "image/png" } },
      { type: "text", text: expect.stringContaining("5 MB") },
    ])
    const many = Array.from({ length: 103 }, () => image(PNG))
    const sent = build([user([say("look"), ...many])]).messages[0]?.content ?? []
    expect(sent.filter(({ type }) => type === "image")).toHaveLength(83)
    const heavy = Array.from({ length: 9 }, () => image(PNG.slice(0, 80) + "A".repeat(4 * 1024 * 1024)))
    expect(JSON.stringify(build([user(heavy)])).length).toBeLessThan(32 * 1024 * 1024)
  })
})

describe("thinking", () => {
  const thought = { type: "thinking", thinking: "hm", signature: "sig" }

  test("goes back unmodified while it is on and the model is the same", () => {
    const lines = [
      user("hi"),
      assistant("m1", [thought]),
      assistant("m1", [call("t1")]),
      user([result("t1")]),
    ]
    expect(build(lines).messages[1]?.content).toEqual([thought, call("t1")])
    const off = build(lines, { settings: { model: OPUS, thinking: { type: "off" } } })
    expect(off.messages[1]?.content).toEqual([call("t1")])
    const other = build(lines, { settings: { model: SONNET_45, thinking: { type: "budget", tokens: 2000 } } })
    expect(other.messages[1]?.content).toEqual([call("t1")])
    // A budget model could not go on in the middle of calls that were made without thinking.
    expect(other.thinking).toBeUndefined()
  })

  test("without a signature (an interrupted reply) is left out", () => {
    const request = build([
      user("hi"),
      assistant("m1", [{ ...thought, signature: "" }, say("x")]),
      user("go"),
    ])
    expect(request.messages[1]?.content).toEqual([say("x")])
  })

  test("is asked for in the way the model knows, and always leaves room for the answer", () => {
    const settings = (model: string, tokens: number, maxTokens: number) => ({
      settings: { model: resolveModel(model, {}), thinking: { type: "budget" as const, tokens }, maxTokens },
    })
    expect(build([user("x")], settings("opus", 5000, 8000)).thinking).toMatchObject({ type: "adaptive" })
    expect(build([user("x")], settings("claude-haiku-4-5", 50_000, 8000)).thinking).toEqual({
      type: "enabled",
      budget_tokens: 7999,
    })
    expect(build([user("x")], settings("claude-haiku-4-5", 5000, 1000)).thinking).toBeUndefined()
  })
})

describe("the prompt cache holds", () => {
  const conversation = [
    user("first"),
    assistant("m1", [say("one"), call("t1")]),
    user([result("t1")]),
    assistant("m2", [call("t2")]),
    // Interrupted: no result was ever recorded.
    user("second"),
    assistant("m3", [say("two")]),
    user([say("third"), { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }]),
    assistant("m4", [say("done")]),
    user("fourth"),
  ]

  test("each request's messages are a prefix of the next one's", () => {
    let before: string[] = []
    for (let end = 1; end <= conversation.length; end++) {
      if (conversation[end - 1]?.type !== "user") continue
      const now = flat(build(conversation.slice(0, end)))
      expect(now.slice(0, before.length)).toEqual(before)
      before = now
    }
  })

  test("for any conversation that grows by whole replies", () => {
    const text = fc.string({ minLength: 1, maxLength: 8 })
    const step = fc.record({ words: text, calls: fc.nat({ max: 3 }), lost: fc.nat({ max: 3 }), prompt: text })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const lines: unknown[] = [user("start")]
        let before = flat(buildRequest(input(lines)))
        for (const [at, { words, calls, lost, prompt }] of steps.entries()) {
          const ids = Array.from({ length: calls }, (_, n) => `t${at}_${n}`)
          lines.push(assistant(`m${at}`, [say(words)]), ...ids.map((id) => assistant(`m${at}`, [call(id)])))
          lines.push(user([...ids.slice(lost).map((id) => result(id)), say(prompt)]))
          const now = flat(buildRequest(input(lines)))
          // A reply of blanks alone is nothing: then the prompts join, and the prefix is still the same.
          expect(now.slice(0, before.length)).toEqual(before)
          before = now
        }
      }),
      { numRuns: 200 },
    )
  })

  test("marks stand at the end of the static system part and of the last two user messages", () => {
    const request = build(conversation)
    expect(marks(request)).toBe(3)
    expect(request.system?.[0]).toHaveProperty("cache_control")
    expect(request.messages.at(-1)?.content.at(-1)).toHaveProperty("cache_control")
    expect(request.messages.at(-3)?.content.at(-1)).toHaveProperty("cache_control")
    expect(marks(build(conversation, { system: [], ttl: "1h" }))).toBe(3)
    expect(marks(build(conversation, { ttl: "off" }))).toBe(0)
  })
})

test("a place the service names is found in the record, and quarantining it takes the content out", () => {
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }
  const lines = [
    user("hi"),
    assistant("m1", [call("t1")]),
    user([result("t1", [image])]),
    user([say("see"), image]),
  ]
  const given = input(lines)
  const place = placeOf(given, { message: 2, block: 2 })
  expect(place).toEqual({ uuid: (lines[3] as { uuid: string }).uuid, block: 1 })
  if (!place) throw new Error("no place")
  const request = build(lines, { quarantined: new Set([quarantineKey(place)]) })
  expect(JSON.stringify(request).split('"image/png"')).toHaveLength(2)
  expect(placeOf(given, { message: 2 })).toEqual({ uuid: (lines[2] as { uuid: string }).uuid, block: 0 })
  expect(placeOf(given, { message: 9 })).toBeNull()
})
