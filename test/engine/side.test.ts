/** Requests beside the conversation: titles, questions of tools, web search. They are billed and never in the way. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Tool, ToolContext } from "../../src/model/tool.ts"
import { edit } from "../../src/tools/edit.ts"
import { webSearch } from "../../src/tools/web-search.ts"
import { block, error, type Reply, silence, stop, text, toolUse, usage } from "../fake-api/reply.ts"
import { toyTool } from "./harness.ts"
import { sessionOf, wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

/** A tool that hands its context to the test. */
function contextTool(work: (ctx: ToolContext) => Promise<string>): Tool<Record<string, unknown>> {
  const toy = toyTool("Probe", "free", async () => "")
  return {
    ...toy,
    async *run(_, ctx) {
      yield "working"
      const content = await work(ctx)
      return { content, data: content, view: { kind: "text", text: content } }
    },
  }
}

describe("a title", () => {
  const titled = (title: Reply | (() => Reply)) =>
    wire({
      script: () => text("Answer."),
      fake: { side: () => (typeof title === "function" ? title() : title) },
      over: () => ({ titles: true }),
    })

  test("is asked of the small model once, after the first prompt, and written beside the conversation", async () => {
    const r = await titled(text('"Paint the shed blue."'))
    r.say("Please paint the shed")
    await r.until("turn.end")
    const told = await r.until("session", (event) => event.why === "title")
    expect(told.session.title).toBe("Paint the shed blue")
    r.say("And the door")
    await r.until("turn.end")
    const side = r.api.requests.filter((request) => request.side)
    expect(side.length).toBe(1)
    expect(side[0]?.body.model).toContain("haiku")
    expect(side[0]?.body.messages).toHaveLength(1)
    const file = readFileSync(r.file(await sessionOf(r)), "utf8")
    expect(file).toContain('{"type":"ai-title","aiTitle":"Paint the shed blue"')
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("that never comes holds nothing up", async () => {
    const r = await titled([text("x"), silence(0)])
    for (const words of ["one", "two"]) {
      r.say(words)
      expect((await r.until("turn.end")).reason).toBe("completed")
    }
    await r.close()
    expect(r.events.some((event) => event.type === "notice")).toBe(false)
  })

  test("that fails is silent", async () => {
    const r = await titled(error(400))
    r.say("one")
    await r.until("turn.end")
    r.say("two")
    await r.until("turn.end")
    expect(r.events.some((event) => event.type === "notice")).toBe(false)
    expect(readFileSync(r.file(await sessionOf(r)), "utf8")).not.toContain("ai-title")
    await r.close()
  })

  test("is not asked for where there is no list to read it in", async () => {
    const r = await wire({ script: () => text("Answer.") })
    r.say("one")
    await r.until("turn.end")
    await r.close()
    expect(r.api.requests.length).toBe(1)
  })
})

describe("a tool's question to the small model", () => {
  test("is answered, billed, and no part of the conversation", async () => {
    const probe = contextTool(
      async (ctx) => `It said: ${await ctx.ask?.("What is on the page?", ctx.signal)}`,
    )
    const r = await wire({
      script: [toolUse("Probe", {}), text("Done.")],
      tools: [probe],
      fake: { side: () => [text("A blue page."), usage({ input_tokens: 500, output_tokens: 20 })] },
    })
    r.say("Look")
    const end = await r.until("turn.end")
    const sent = JSON.stringify(r.api.turns.at(-1)?.body.messages)
    expect(sent).toContain("It said: A blue page.")
    expect(sent).not.toContain("What is on the page?")
    expect(Object.keys(end.totals.models).some((id) => id.includes("haiku"))).toBe(true)
    await r.close()
  })

  test("that fails is a failure of the call, in one line", async () => {
    const probe = contextTool(async (ctx) => {
      await ctx.ask?.("?", ctx.signal)
      return "unreachable"
    })
    const r = await wire({
      script: [toolUse("Probe", {}), text("Done.")],
      tools: [probe],
      fake: { side: () => error(400, { message: "not today" }) },
    })
    r.say("Look")
    expect((await r.until("tool.end")).isError).toBe(true)
    expect((await r.until("turn.end")).reason).toBe("completed")
    expect(JSON.stringify(r.api.turns.at(-1)?.body.messages)).toContain("not today")
    await r.close()
  })
})

describe("WebSearch", () => {
  const hit = (n: number) => ({
    type: "web_search_result",
    title: `Page ${n}`,
    url: `https://example.com/${n}`,
    encrypted_content: "x",
    page_age: null,
  })
  const search = (n: number) => [
    block({ type: "server_tool_use", id: `srvtoolu_${n}`, name: "web_search", input: { query: "paint" } }),
    block({ type: "web_search_tool_result", tool_use_id: `srvtoolu_${n}`, content: [hit(n)] }),
  ]

  test("runs the service's search in a request of its own, over its pauses", async () => {
    const isSearch = (body: unknown) => JSON.stringify(body).includes("web_search_20250305")
    let rounds = 0
    const r = await wire({
      script: ({ body }, index) => {
        if (isSearch(body)) {
          rounds++
          return rounds === 1
            ? [...search(1), stop("pause_turn")]
            : [...search(2), text("Blue is in stock."), usage({ input_tokens: 10 })]
        }
        return index === 0
          ? toolUse("WebSearch", { query: "blue paint", allowed_domains: ["example.com"] })
          : text("Done.")
      },
      tools: [webSearch],
      rules: ["WebSearch"],
    })
    r.say("Find paint")
    const done = await r.until("tool.end")
    expect(done.isError).toBe(false)
    expect(done.data).toMatchObject({
      searchCount: 2,
      results: [
        { tool_use_id: "srvtoolu_1", content: [{ title: "Page 1", url: "https://example.com/1" }] },
        { tool_use_id: "srvtoolu_2" },
        "Blue is in stock.",
      ],
    })
    await r.until("turn.end")
    const sent = r.api.requests.filter(({ body }) => isSearch(body))
    expect(sent[0]?.body.tools).toEqual([
      { type: "web_search_20250305", name: "web_search", max_uses: 8, allowed_domains: ["example.com"] },
    ])
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("is ended by Esc like any call", async () => {
    const r = await wire({
      script: ({ body }) =>
        JSON.stringify(body).includes("web_search_20250305")
          ? [text("x"), silence(0)]
          : toolUse("WebSearch", { query: "blue paint" }),
      tools: [webSearch],
      rules: ["WebSearch"],
      client: { deadlines: { firstByteMs: 60_000 } },
    })
    r.say("Find paint")
    await r.until("tool.grow")
    r.send({ type: "interrupt" })
    expect((await r.until("turn.end")).reason).toBe("interrupted")
    await r.close()
  })
})

test("newer models edit a file they have not read; older ones read it first", async () => {
  for (const [model, allowed] of [
    ["claude-opus-5-5", true],
    ["claude-sonnet-4-5", false],
  ] as const) {
    let folder = ""
    const r = await wire({
      script: (_, index) =>
        index === 0
          ? toolUse("Edit", { file_path: join(folder, "a.txt"), old_string: "red", new_string: "blue" })
          : text("Done."),
      tools: [edit, toyTool("Read", "read", async () => "")],
      over(base) {
        folder = base.place.cwd
        writeFileSync(join(folder, "a.txt"), "red\n")
        return {
          models: { ...base.models, model },
          permissions: { ...base.permissions, mode: "acceptEdits" },
        }
      },
    })
    r.say("Paint it")
    expect((await r.until("tool.end")).isError).toBe(!allowed)
    await r.until("turn.end")
    await r.close()
  }
})
