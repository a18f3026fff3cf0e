import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { createReply, type ReplyChange } from "../../src/api/fold-stream.ts"
import type { StreamEvent } from "../../src/model/api.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { block, type Part, rawToolUse, stop, text, thinking, toolUse, usage } from "../fake-api/reply.ts"

function play(parts: readonly Part[], cutAfter = Number.POSITIVE_INFINITY) {
  const reply = createReply()
  const changes: ReplyChange[] = []
  const start = { input_tokens: 10, cache_read_input_tokens: 5 }
  let events = 0
  for (const encoded of encodeReply({ model: "claude-opus-5-5", parts, usage: start })) {
    if (events++ >= cutAfter) break
    const data = encoded.split("\ndata: ")[1] ?? ""
    changes.push(...reply.push(JSON.parse(data) as StreamEvent))
  }
  return { changes, message: reply.message() }
}

describe("a streamed reply becomes the blocks the service meant", () => {
  test("text, thinking with its signature, and tool input, in order", () => {
    const { changes, message } = play([
      thinking("let me see", "sig"),
      text("Reading now."),
      toolUse("Read", { file_path: "/a", limit: 3 }, { id: "toolu_1" }),
    ])
    expect(message.content).toEqual([
      { type: "thinking", thinking: "let me see", signature: "sig" },
      { type: "text", text: "Reading now." },
      { type: "tool_use", id: "toolu_1", name: "Read", input: { file_path: "/a", limit: 3 } },
    ])
    expect(message).toMatchObject({ model: "claude-opus-5-5", stopReason: "tool_use", unfinished: [] })
    expect(changes.filter(({ type }) => type !== "grow").map(({ type, index }) => [type, index])).toEqual([
      ["begin", 0],
      ["end", 0],
      ["begin", 1],
      ["end", 1],
      ["begin", 2],
      ["end", 2],
    ])
  })

  test("whatever the pieces, the grows of a text join to the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.integer({ min: 1, max: 9 }),
        (value, delta) => {
          const { changes, message } = play([text(value, { delta })])
          const grown = changes.flatMap((change) => (change.type === "grow" ? [change.text] : [])).join("")
          expect(grown).toBe(value)
          expect(message.content).toEqual([{ type: "text", text: value }])
        },
      ),
      { numRuns: 100 },
    )
  })

  test("a call without input has the empty object", () => {
    expect(play([toolUse("List", {}, { id: "t" })]).message.content).toEqual([
      { type: "tool_use", id: "t", name: "List", input: {} },
    ])
  })

  test("malformed or non-object input is marked, so that the call is answered with an error", () => {
    for (const json of ['{"file_path": "/a', "[1]", "null", '"x"']) {
      const end = play([rawToolUse("Read", json, { id: "t" })]).changes.at(-1)
      expect(end).toEqual({
        type: "end",
        index: 0,
        block: { type: "tool_use", id: "t", name: "Read", input: {} },
        badInput: json,
      })
    }
  })

  test("blocks and deltas of kinds nobody knows are kept as they started", () => {
    const strange = { type: "hologram", beam: [1, 2] }
    const search = { type: "web_search_tool_result", tool_use_id: "s", content: [{ url: "x" }] }
    const { message } = play([block(strange, [{ type: "beam_delta", more: 1 }]), block(search), text("ok")])
    expect(message.content).toEqual([strange, search, { type: "text", text: "ok" }])
  })

  test("service calls get their input like any other", () => {
    const call = { type: "server_tool_use", id: "s", name: "web_search", input: {} }
    const { message } = play([block(call, [{ type: "input_json_delta", partial_json: '{"query":"x"}' }])])
    expect(message.content).toEqual([{ ...call, input: { query: "x" } }])
  })

  test("citations are collected", () => {
    const citation = { type: "web_search_result_location", url: "x" }
    const deltas = [
      { type: "text_delta", text: "so" },
      { type: "citations_delta", citation },
    ]
    expect(play([block({ type: "text", text: "" }, deltas)]).message.content).toEqual([
      { type: "text", text: "so", citations: [citation] },
    ])
  })

  test("usage counts once: the last report replaces, member by member", () => {
    const { message } = play([text("hello"), usage({ output_tokens: 42 }), stop("max_tokens")])
    expect(message.usage).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 42 })
    expect(message.stopReason).toBe("max_tokens")
  })

  test("why the model refused is kept", () => {
    const details = { category: "cyber", explanation: "no" }
    expect(play([text("I cannot"), stop("refusal", details)]).message).toMatchObject({
      stopReason: "refusal",
      stopDetails: details,
    })
  })
})

test("of a reply that was cut, finished blocks count, begun text is shown apart, half a call is nothing", () => {
  const cut = play([text("done"), toolUse("Bash", { command: "rm -rf /" })], 8)
  expect(cut.message).toMatchObject({
    content: [{ type: "text", text: "done" }],
    unfinished: [],
    stopReason: null,
  })
  const words = play([text("one two three four five six")], 5)
  expect(words.message).toMatchObject({ content: [], unfinished: [{ type: "text" }] })
})

test("events out of order change nothing", () => {
  const reply = createReply()
  expect(
    reply.push({ type: "content_block_delta", index: 3, delta: { type: "text_delta", text: "x" } }),
  ).toEqual([])
  expect(reply.push({ type: "content_block_stop", index: 3 })).toEqual([])
  expect(reply.push({ type: "ping" })).toEqual([])
  expect(reply.message().content).toEqual([])
})
