/** Every kind of block and every stop reason, through the wire, into the record, and back with the next request. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { block, error, type Reply, stop, text, thinking, toolUse, usage } from "../fake-api/reply.ts"
import { rig, toyTool } from "./harness.ts"
import { wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

const look = toyTool("Look", "read", async () => "seen")

/** What the second request sends back of the first reply. */
async function roundTrip(reply: Reply, model = "claude-opus-5-5") {
  const r = await wire({
    script: [reply, text("Second.")],
    tools: [look],
    over: (base) => ({ models: { ...base.models, model } }),
  })
  r.say("First")
  const end = await r.until("turn.end")
  r.say("Second")
  await r.until("turn.end")
  const messages = r.api.requests.at(-1)?.body.messages as { role: string; content: unknown[] }[]
  const rejected = r.rejected()
  const events = [...r.events]
  await r.close()
  return {
    end,
    events,
    rejected,
    sent: messages.filter(({ role }) => role === "assistant")[0]?.content ?? [],
  }
}

describe("blocks", () => {
  test("thinking, visible and redacted, goes back with its signature", async () => {
    const { sent, rejected } = await roundTrip([
      thinking("Let me see.", "signature-1"),
      block({ type: "redacted_thinking", data: "opaque" }),
      text("I see."),
    ])
    expect(sent).toEqual([
      { type: "thinking", thinking: "Let me see.", signature: "signature-1" },
      { type: "redacted_thinking", data: "opaque" },
      { type: "text", text: "I see." },
    ])
    expect(rejected).toEqual([])
  })

  test("citations stay with their text", async () => {
    const citation = {
      type: "char_location",
      cited_text: "sky",
      document_index: 0,
      start_char_index: 0,
      end_char_index: 3,
    }
    const { events } = await roundTrip([
      block({ type: "text", text: "", citations: [] }, [
        { type: "text_delta", text: "The sky is blue." },
        { type: "citations_delta", citation },
      ]),
    ])
    const told = events.find((event) => event.type === "block.end")
    expect(told).toMatchObject({ content: { type: "text", text: "The sky is blue.", citations: [citation] } })
  })

  test("calls of the service's own tools and their results stay together", async () => {
    const { sent, rejected } = await roundTrip([
      block({ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }, [
        { type: "input_json_delta", partial_json: '{"query":"sky"}' },
      ]),
      block({ type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] }),
      text("Blue."),
    ])
    expect(sent.map((one) => (one as { type: string }).type)).toEqual([
      "server_tool_use",
      "web_search_tool_result",
      "text",
    ])
    expect(sent[0]).toMatchObject({ input: { query: "sky" } })
    expect(rejected).toEqual([])
  })

  test("a kind nobody knows yet is kept in the record as it came", async () => {
    const strange = { type: "hologram", depth: 3, parts: [{ a: 1 }] }
    const { events, end, rejected } = await roundTrip([block(strange), text("Look at that.")])
    expect(events.find((event) => event.type === "block.end")).toMatchObject({ content: strange })
    expect(end.result).toBe("Look at that.")
    expect(rejected).toEqual([])
  })
})

describe("stop reasons", () => {
  test("stop_sequence ends the turn", async () => {
    const { end } = await roundTrip([text("Until here"), stop("stop_sequence")])
    expect(end).toMatchObject({ reason: "completed", stopReason: "stop_sequence", result: "Until here" })
  })

  test("pause_turn goes on where the service stopped, with what it had so far", async () => {
    const call = block({
      type: "server_tool_use",
      id: "srvtoolu_1",
      name: "web_search",
      input: { query: "sky" },
    })
    const r = await wire({ script: [[text("Wait."), call, stop("pause_turn")], text("Blue.")] })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end).toMatchObject({ reason: "completed", result: "Blue.", requests: 2 })
    const last = r.api.requests[1]?.body.messages.at(-1)
    expect(last).toMatchObject({ role: "assistant" })
    expect(JSON.stringify(last)).toContain("srvtoolu_1")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("a service that pauses for ever is given up", async () => {
    const r = await wire({ script: () => [text("Wait."), stop("pause_turn")], client: { deadlines: {} } })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end.reason).toBe("api_error")
    expect(end.message).toContain("paused")
    expect(r.api.requests.length).toBe(21)
    await r.close()
  })

  test("max_tokens goes on, also when it cut a call; the half call never runs", async () => {
    let runs = 0
    const r = await wire({
      script: [
        [
          text("I look."),
          block({ type: "tool_use", id: "toolu_cut", name: "Look", input: {} }, [
            { type: "input_json_delta", partial_json: '{"path": "a' },
          ]),
          stop("max_tokens"),
        ],
        [text("Half of it"), stop("max_tokens")],
        text("and the rest."),
      ],
      tools: [
        toyTool("Look", "read", async () => {
          runs++
          return "seen"
        }),
      ],
    })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end).toMatchObject({ reason: "completed", result: "and the rest.", requests: 3 })
    expect(runs).toBe(0)
    expect(JSON.stringify(r.api.requests[1]?.body.messages)).toContain("not complete JSON")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("a model that cuts every call short is given up, too", async () => {
    const cut = () =>
      block({ type: "tool_use", id: `toolu_${crypto.randomUUID()}`, name: "Look", input: {} }, [
        { type: "input_json_delta", partial_json: '{"path": "a' },
      ])
    const r = await wire({ script: () => [cut(), stop("max_tokens")], tools: [look] })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end).toMatchObject({ reason: "api_error", requests: 4 })
    expect(end.message).toContain("output limit")
    await r.close()
  })

  test("a full window in mid-reply compacts and answers anew", async () => {
    let full = true
    const r = await wire({
      script: ({ body }) => {
        const said = JSON.stringify(body.messages)
        if (said.includes("about to be replaced by a summary")) return text("Summary.")
        if (!said.includes("Second")) return text("First answer. ".repeat(50))
        if (!full) return text("Anew.")
        full = false
        return [text("Half an ans"), stop("model_context_window_exceeded")]
      },
    })
    r.say("First")
    await r.until("turn.end")
    r.say("Second")
    const end = await r.until("turn.end")
    expect(end).toMatchObject({ reason: "completed", result: "Anew." })
    expect(r.events.some((event) => event.type === "compacted")).toBe(true)
    expect(JSON.stringify(r.api.requests.at(-1)?.body.messages)).not.toContain("Half an ans")
    expect(r.rejected()).toEqual([])
    await r.close()
  })
})

describe("remedies", () => {
  test("a block that the service rejects by name is left out from then on, and it is said", async () => {
    let bad = true
    const r = await wire({
      script: ({ body }) => {
        if (bad && body.messages.length > 2) {
          bad = false
          return error(400, { message: "messages.0.content.0: this text cannot be processed" })
        }
        return text("Fine.")
      },
    })
    r.say("A strange text")
    await r.until("turn.end")
    r.say("Next")
    expect((await r.until("notice")).code).toBe("quarantine")
    expect((await r.until("turn.end")).reason).toBe("completed")
    expect(JSON.stringify(r.api.requests.at(-1)?.body.messages)).not.toContain("A strange text")
    r.say("And on")
    await r.until("turn.end")
    expect(JSON.stringify(r.api.requests.at(-1)?.body.messages)).not.toContain("A strange text")
    await r.close()
  })

  test("a 400 that names nothing ends the turn with its words; the next prompt is tried again", async () => {
    const r = await wire({ script: [error(400, { message: "something is odd" }), text("Better.")] })
    r.say("One")
    const end = await r.until("turn.end")
    expect(end.reason).toBe("api_error")
    expect(end.message).toContain("something is odd")
    r.say("Two")
    expect((await r.until("turn.end")).result).toBe("Better.")
    await r.close()
  })

  test("an overloaded model gives way to the next of the chain, for one turn, and nothing of its reply stays", async () => {
    const r = await wire({
      script: ({ body }) => (body.model.includes("haiku") ? text("From the small one.") : error(529)),
      fake: { side: "script" },
      client: { env: { CLAUDE_CODE_MAX_RETRIES: "1" } },
      over: (base) => ({ models: { ...base.models, fallback: ["claude-opus-4-5", "claude-haiku-4-5"] } }),
    })
    r.say("One")
    expect((await r.until("turn.end")).result).toBe("From the small one.")
    const notices = r.events.flatMap((event) => (event.type === "notice" ? [event.code] : []))
    expect(notices.filter((code) => code === "fallback_model").length).toBe(2)
    r.say("Two")
    await r.until("reply.begin")
    await r.until("turn.end")
    const models = r.api.requests.map(({ body }) => body.model.replace(/-\d{8}$/, ""))
    expect(models[0]).toBe("claude-sonnet-4-5")
    expect(models.filter((model) => model === "claude-sonnet-4-5").length).toBe(4)
    await r.close()
  })

  test("a 401 is tried once more with a new credential", async () => {
    const keys = ["sk-old-000000000000", "sk-new-000000000000"]
    let at = 0
    const r = await wire({
      script: () => text("Welcome."),
      fake: { keys: ["sk-new-000000000000"] },
      client: {
        credential: {
          headers: async () => ({ "x-api-key": keys[at] ?? "" }),
          refresh: async () => ++at < keys.length,
        },
      },
    })
    r.say("Hi")
    expect((await r.until("turn.end")).result).toBe("Welcome.")
    expect(r.api.requests.map(({ status }) => status)).toEqual([401, 200])
    await r.close()
  })

  test("a bug below the turn ends it with turn.end, and the session lives on", async () => {
    let broken = true
    const r = rig({
      api: {
        async *stream() {
          if (broken) throw new Error("boom")
          yield { type: "done", requestId: null }
        },
      },
    })
    r.say("One")
    const end = await r.until("turn.end")
    expect(end).toMatchObject({ reason: "crashed" })
    expect(end.message).toContain("boom")
    broken = false
    r.say("Two")
    expect((await r.until("turn.end")).reason).toBe("completed")
    await r.close()
  })

  test("the budget of the process ends the turn before the next request", async () => {
    const r = await wire({
      script: () => [toolUse("Look", {}), usage({ input_tokens: 1_000_000 })],
      tools: [look],
      over: () => ({ limits: { maxBudgetUsd: 5 } }),
    })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end.reason).toBe("budget")
    expect(end.requests).toBe(2)
    expect(end.totals.costUsd).toBeGreaterThan(5)
    await r.close()
  })
})

describe("while a turn runs", () => {
  test("queued prompts can be taken back, survive Esc, and are asked next", async () => {
    const held = Promise.withResolvers<string>()
    const r = await wire({
      script: ({ body }) =>
        JSON.stringify(body.messages).includes("third") ? text("Third it is.") : toolUse("Slow", {}),
      tools: [toyTool("Slow", "free", () => held.promise)],
    })
    r.say("first")
    await r.until("tool.begin")
    r.send({ type: "prompt", content: "second", uuid: "11111111-1111-4111-8111-111111111111" })
    r.say("third")
    await r.until("queue", (event) => event.queued.length === 2)
    r.send({ type: "unqueue", uuid: "11111111-1111-4111-8111-111111111111" })
    const left = await r.until("queue", (event) => event.queued.length === 1)
    expect(left.queued[0]?.text).toBe("third")
    r.send({ type: "interrupt" })
    expect((await r.until("turn.end")).reason).toBe("interrupted")
    expect((await r.until("turn.end")).result).toBe("Third it is.")
    const all = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(all).not.toContain("second")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("an interrupt that drops the queue leaves the session quiet", async () => {
    const r = await wire({
      script: () => toolUse("Slow", {}),
      tools: [toyTool("Slow", "free", () => new Promise(() => {}))],
    })
    r.say("first")
    await r.until("tool.begin")
    r.say("second")
    await r.until("queue", (event) => event.queued.length === 1)
    r.send({ type: "interrupt", dropQueue: true })
    await r.until("turn.end")
    await Bun.sleep(20)
    expect(r.events.at(-1)?.type).toBe("turn.end")
    expect(r.api.requests.length).toBe(1)
    await r.close()
  })

  test("a line added in silence is not lost when the reply is repeated, and goes with the next prompt", async () => {
    let first = true
    const r = await wire({
      script: () => {
        if (!first) return text("Answer.")
        first = false
        return error(529)
      },
      client: { backoff: { baseMs: 50, capMs: 60 } },
    })
    r.say("one")
    await r.until("notice", (event) => event.code === "api_retry")
    r.send({ type: "prompt", content: "by the way", silent: true })
    await r.until("turn.end")
    await r.until("prompt")
    r.say("two")
    await r.until("turn.end")
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("by the way")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("/clear and /resume end it, and a prompt that waits is not lost to /resume", async () => {
    const r = await wire({
      script: ({ body }) =>
        JSON.stringify(body.messages.at(-1)).includes("hang") ? toolUse("Slow", {}) : text("Answer."),
      tools: [toyTool("Slow", "free", () => new Promise(() => {}))],
    })
    r.say("one")
    await r.until("turn.end")
    const opened = r.events.find((event) => event.type === "session")
    const old = opened?.type === "session" ? opened.session.id : ""
    r.send({ type: "clear" })
    await r.until("session", (event) => event.why === "clear")
    r.say("hang")
    await r.until("tool.begin")
    r.send({ type: "resume", session: old })
    r.say("two")
    await r.until("session", (event) => event.why === "resume")
    expect((await r.until("turn.end")).result).toBe("Answer.")
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("one")
    expect(sent).not.toContain("hang")
    await r.close()
  })
})
