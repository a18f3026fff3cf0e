import { expect, setDefaultTimeout, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { textOf } from "../../src/model/block.ts"
import type { UserLine } from "../../src/model/line.ts"
import { error, rawToolUse, stop, text, thinking, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

const read = toyTool("Look", "read", async () => "seen")
const write = toyTool("Change", "write", async () => "changed")

test("a prompt streams an answer, and every block is in the log before it is told", async () => {
  const api = scriptedApi([text("Hello there.")])
  const r = rig({ api })
  r.say("Hi")
  const block = await r.until("block.end")
  expect(block.content).toEqual({ type: "text", text: "Hello there." })
  expect(r.lines.some((line) => "uuid" in line && line.uuid === block.uuid)).toBe(true)
  const end = await r.until("turn.end")
  expect(end.reason).toBe("completed")
  expect(end.result).toBe("Hello there.")
  expect(end.requests).toBe(1)
  await r.close()
})

test("a tool call that only reads runs unasked, and its result goes to the model", async () => {
  const api = scriptedApi([[text("I look."), toolUse("Look", {})], text("Done.")])
  const r = rig({ api, tools: [read] })
  r.say("Look at it")
  expect((await r.until("tool.end")).isError).toBe(false)
  expect((await r.until("turn.end")).result).toBe("Done.")
  expect(r.events.some((event) => event.type === "ask")).toBe(false)
  const sent = api.requests[1]?.messages.at(-1)
  expect(sent?.content[0]).toMatchObject({ type: "tool_result", content: "seen" })
  await r.close()
})

test("a call that writes asks first, and yes lets it run", async () => {
  const api = scriptedApi([toolUse("Change", {}), text("Done.")])
  const r = rig({ api, tools: [write] })
  r.say("Change it")
  const ask = await r.until("ask")
  r.send({ type: "answer", ask: ask.ask, answer: { verdict: "allow" } })
  expect((await r.until("tool.end")).data).toEqual({ text: "changed" })
  expect((await r.until("turn.end")).denials).toEqual([])
  await r.close()
})

test("a refusal with a word goes to the model and the turn goes on", async () => {
  const api = scriptedApi([toolUse("Change", {}), text("Then not.")])
  const r = rig({ api, tools: [write] })
  r.say("Change it")
  const ask = await r.until("ask")
  r.send({ type: "answer", ask: ask.ask, answer: { verdict: "deny", message: "use the other file" } })
  const end = await r.until("turn.end")
  expect(end.reason).toBe("completed")
  expect(end.denials).toHaveLength(1)
  expect(JSON.stringify(api.requests[1]?.messages.at(-1))).toContain("use the other file")
  await r.close()
})

test("a refusal without a word ends the turn, and the next request is still valid", async () => {
  const api = scriptedApi([[toolUse("Change", {}), toolUse("Change", {})], text("What now?")])
  const r = rig({ api, tools: [write] })
  r.say("Change it")
  const ask = await r.until("ask")
  r.send({ type: "answer", ask: ask.ask, answer: { verdict: "deny" } })
  expect((await r.until("turn.end")).reason).toBe("interrupted")
  r.say("Go on")
  expect((await r.until("turn.end")).reason).toBe("completed")
  expect(api.rejections).toEqual([])
  await r.close()
})

test("where nobody can be asked, policy refuses and says so", async () => {
  const api = scriptedApi([toolUse("Change", {}), text("I may not.")])
  const r = rig({ api, tools: [write], over: () => ({ canAsk: false }) })
  r.say("Change it")
  expect((await r.until("tool.end")).refused?.by).toBe("policy")
  expect((await r.until("turn.end")).reason).toBe("completed")
  await r.close()
})

test("readers run side by side, a writer alone, results stay in order", async () => {
  let running = 0
  let together = 0
  let writerAlone = true
  const slow = toyTool("Look", "read", async (input) => {
    together = Math.max(together, ++running)
    await Bun.sleep(Number(input.ms))
    running--
    return String(input.ms)
  })
  const writer = toyTool("Change", "write", async () => {
    writerAlone &&= running === 0
    return "changed"
  })
  const calls = [
    toolUse("Look", { ms: 20 }),
    toolUse("Look", { ms: 1 }),
    toolUse("Change", {}),
    toolUse("Look", { ms: 2 }),
  ]
  const api = scriptedApi([calls, text("Done.")])
  const r = rig({ api, tools: [slow, writer], rules: ["Change"] })
  r.say("All of it")
  await r.until("turn.end")
  expect(together).toBe(2)
  expect(writerAlone).toBe(true)
  const results = api.requests[1]?.messages
    .at(-1)
    ?.content.map((block) => (block as { content?: unknown }).content)
  expect(results).toEqual(["20", "1", "changed", "2"])
  await r.close()
})

test("calls that keep something in the session run one after the other", async () => {
  const order: string[] = []
  const keep = toyTool("Keep", "free", async ({ name, ms }) => {
    await Bun.sleep(Number(ms))
    order.push(String(name))
    return "kept"
  })
  const api = scriptedApi([
    [toolUse("Keep", { name: "first", ms: 20 }), toolUse("Keep", { name: "second", ms: 0 })],
    text("Done."),
  ])
  const r = rig({ api, tools: [keep] })
  r.say("Keep both")
  await r.until("turn.end")
  expect(order).toEqual(["first", "second"])
  await r.close()
})

test("a tool that cannot say what it touches is a failed call, not the end of the session", async () => {
  const broken = {
    ...toyTool("Broken", "read", async () => "never"),
    access(): never {
      throw new Error("no idea")
    },
  }
  const titleless = {
    ...toyTool("Titleless", "read", async () => "never"),
    title(): never {
      throw new Error("no words")
    },
  }
  const api = scriptedApi([
    [toolUse("Broken", {}), toolUse("Titleless", {}), toolUse("Look", {})],
    text("Done."),
  ])
  const r = rig({ api, tools: [broken, titleless, read] })
  r.say("Try")
  expect((await r.until("turn.end")).reason).toBe("completed")
  const results = JSON.stringify(api.requests[1]?.messages.at(-1))
  expect(results).toContain("no idea")
  expect(results).toContain("no words")
  expect(results).toContain("seen")
  expect(api.rejections).toEqual([])
  await r.close()
})

test("an unknown tool, a broken input and a crash become results, not the end", async () => {
  const broken = toyTool("Break", "free", async () => {
    throw new Error("boom")
  })
  const api = scriptedApi([
    [toolUse("Nope", {}), rawToolUse("Break", '{"a": '), toolUse("Break", {})],
    text("I see."),
  ])
  const r = rig({ api, tools: [broken] })
  r.say("Try")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("completed")
  const results = JSON.stringify(api.requests[1]?.messages.at(-1))
  expect(results).toContain("No such tool available: Nope")
  expect(results).toContain("not complete JSON")
  expect(results).toContain("Break crashed: boom")
  await r.close()
})

test("Esc gives the prompt back at once, even if the tool ignores it", async () => {
  const deaf = toyTool("Deaf", "free", () => new Promise(() => {}))
  const api = scriptedApi([[toolUse("Deaf", {}), toolUse("Deaf", {})], text("Back.")])
  const r = rig({ api, tools: [deaf] })
  r.say("Hang")
  await r.until("tool.grow")
  const before = performance.now()
  r.send({ type: "interrupt" })
  const end = await r.until("turn.end")
  expect(end.reason).toBe("interrupted")
  expect(end.during).toBe("tools")
  // A promise of the product (100 ms), with room for a loaded machine.
  expect(performance.now() - before).toBeLessThan(1_000)
  r.say("And now?")
  expect((await r.until("turn.end")).result).toBe("Back.")
  expect(api.rejections).toEqual([])
  await r.close()
})

test("what was typed during a turn reaches the model at the next tool boundary", async () => {
  const held = Promise.withResolvers<string>()
  const slow = toyTool("Slow", "free", () => held.promise)
  const api = scriptedApi([toolUse("Slow", {}), text("Understood.")])
  const r = rig({ api, tools: [slow] })
  r.say("Start")
  await r.until("tool.begin")
  r.say("and mind the tests")
  await r.until("queue", (event) => event.queued.length === 1)
  held.resolve("ok")
  await r.until("turn.end")
  const last = api.requests[1]?.messages.at(-1)
  expect(last?.content.map((block) => block.type)).toEqual(["tool_result", "text"])
  expect(textOf(last?.content.slice(1) ?? [])).toBe("and mind the tests")
  expect(api.requests).toHaveLength(2)
  await r.close()
})

test("a reply cut off by the output limit goes on, a bounded number of times", async () => {
  const api = scriptedApi(() => [text("more "), stop("max_tokens")])
  const r = rig({ api })
  r.say("Tell me everything")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("api_error")
  expect(end.message).toContain("output limit")
  expect(api.requests).toHaveLength(4)
  await r.close()
})

test("a refusal is said plainly", async () => {
  const api = scriptedApi([[text("…"), stop("refusal", { category: "cyber", explanation: "too dangerous" })]])
  const r = rig({ api })
  r.say("Do something bad")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("refused")
  expect(end.message).toContain("too dangerous")
  await r.close()
})

test("thinking is kept with its signature for the next request", async () => {
  const api = scriptedApi([[thinking("Let me see"), toolUse("Look", {})], text("Done.")])
  const r = rig({
    api,
    tools: [read],
    over: (base) => ({ models: { ...base.models, thinking: { type: "budget", tokens: 2000 } } }),
  })
  r.say("Think")
  await r.until("turn.end")
  const assistant = api.requests[1]?.messages.find((message) => message.role === "assistant")
  expect(assistant?.content[0]).toMatchObject({ type: "thinking", thinking: "Let me see" })
  expect(api.rejections).toEqual([])
  await r.close()
})

test("an overloaded model is replaced by the fallback for the rest of the turn", async () => {
  const api = scriptedApi([error(529), text("From the other.")])
  const r = rig({ api, over: (base) => ({ models: { ...base.models, fallback: ["claude-haiku-4-5"] } }) })
  r.say("Hi")
  expect((await r.until("turn.end")).result).toBe("From the other.")
  expect(api.requests[1]?.model).toContain("haiku")
  await r.close()
})

test("--max-turns stops the loop and says so", async () => {
  const api = scriptedApi(() => toolUse("Look", {}))
  const r = rig({ api, tools: [read], over: () => ({ limits: { maxTurns: 3 } }) })
  r.say("Loop")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("max_turns")
  expect(end.requests).toBe(3)
  await r.close()
})

test("the log is a chain: every line names the one before it", async () => {
  const api = scriptedApi([[text("a"), toolUse("Look", {}), toolUse("Look", {})], text("b")])
  const r = rig({ api, tools: [read] })
  r.say("Go")
  await r.until("turn.end")
  const chain = r.lines.filter((line): line is UserLine => "uuid" in line)
  expect(chain[0]?.parentUuid).toBeNull()
  for (let i = 1; i < chain.length; i++) expect(chain[i]?.parentUuid).toBe(chain[i - 1]?.uuid as string)
  await r.close()
})

test("/clear starts an empty conversation in the same process", async () => {
  const api = scriptedApi([text("one"), text("two")])
  const r = rig({ api })
  r.say("first")
  await r.until("turn.end")
  r.send({ type: "clear" })
  const changed = await r.until("session", (event) => event.why === "clear")
  r.say("second")
  await r.until("turn.end")
  expect(api.requests[1]?.messages).toHaveLength(1)
  expect(r.lines.at(-1)).toMatchObject({ sessionId: changed.session.id })
  await r.close()
})

test("the ledger adds up what was paid, per model", async () => {
  const api = scriptedApi([toolUse("Look", {}), text("Done.")])
  const r = rig({ api, tools: [read] })
  r.say("Go")
  const end = await r.until("turn.end")
  expect(end.usage.input_tokens).toBe(20)
  expect(end.totals.costUsd).toBeGreaterThan(0)
  expect(Object.keys(end.totals.models)).toEqual(["claude-sonnet-4-5"])
  await r.close()
})

test("a tool that is told of ready made is loaded when it is called, not before", async () => {
  let loads = 0
  const spec = { name: "Look", description: "Looks.", input_schema: { type: "object", properties: {} } }
  const lazy = {
    name: "Look",
    spec,
    load: async () => {
      loads += 1
      return read
    },
  }
  const api = scriptedApi([text("Not needed."), toolUse("Look", {}), text("Done.")])
  const r = rig({ api, tools: [lazy] })
  r.say("Say something")
  await r.until("turn.end")
  expect(api.requests[0]?.tools).toEqual([spec])
  expect(loads).toBe(0)
  r.say("Look at it")
  expect((await r.until("tool.end")).isError).toBe(false)
  await r.until("turn.end")
  expect(loads).toBeGreaterThan(0)
  await r.close()
})

test("a refusal is put to the next model of the chain, unless switchModelsOnFlag is off", async () => {
  const refused = [text("…"), stop("refusal", { category: "cyber", explanation: "too dangerous" })]
  for (const switches of [true, false]) {
    const api = scriptedApi([refused, text("I can say this much.")])
    const r = rig({
      api,
      over: (base) => ({
        models: { ...base.models, fallback: ["claude-haiku-4-5"], switchesOnRefusal: switches },
      }),
    })
    r.say("Do something")
    const end = await r.until("turn.end")
    expect(end.reason).toBe(switches ? "completed" : "refused")
    expect(api.requests.map(({ model }) => model)).toEqual([
      "claude-sonnet-4-5",
      ...(switches ? ["claude-haiku-4-5"] : []),
    ])
    // What the first model began is not what the second one reads.
    expect(JSON.stringify(api.requests.at(-1)?.messages)).not.toContain("…")
    await r.close()
  }
})

test("fast mode asks the faster service for models that have one, from the next request on", async () => {
  const api = scriptedApi(() => text("ok"))
  const r = rig({
    api,
    over: (base) => ({ models: { ...base.models, model: "claude-opus-5-5", fast: true } }),
  })
  const turnOf = async (words: string) => {
    r.say(words)
    await r.until("turn.end")
    return api.requests.at(-1)
  }
  expect(await turnOf("one")).toMatchObject({
    speed: "fast",
    betas: expect.arrayContaining(["fast-mode-2026-02-01"]),
  })
  r.send({ type: "fast", on: false })
  expect((await turnOf("two"))?.speed).toBeUndefined()
  r.send({ type: "fast", on: true })
  expect((await turnOf("three"))?.speed).toBe("fast")
  r.send({ type: "model", model: "claude-sonnet-5-5" })
  expect((await turnOf("four"))?.speed).toBeUndefined()
  r.send({ type: "fast", on: true })
  expect((await r.until("notice", ({ code }) => code === "fast")).text).toContain("has no fast mode")
  expect(api.rejections).toEqual([])
  await r.close()
})

test("where the service has no faster one, fast mode is refused", async () => {
  const r = rig({
    api: scriptedApi([]),
    over: (base) => ({ models: { ...base.models, model: "claude-opus-5-5" } }),
  })
  r.send({ type: "fast", on: true })
  expect((await r.until("notice")).text).toBe("this service has no fast mode")
  await r.close()
})

test("plans go where plansDirectory says, and the model is told so", async () => {
  const api = scriptedApi([text("I plan.")])
  const r = rig({
    api,
    over: (base) => ({
      place: { ...base.place, plansDir: join(base.place.cwd, "docs/plans") },
      permissions: { ...base.permissions, mode: "plan" },
    }),
  })
  r.say("Plan it")
  await r.until("turn.end")
  expect(JSON.stringify(api.requests[0]?.messages)).toMatch(
    new RegExp(`Plan file: ${r.folder}/docs/plans/[\\w-]+\\.md`),
  )
  await r.close()
})

test("CLAUDE_CODE_DISABLE_ATTACHMENTS leaves @path in a prompt as text", async () => {
  for (const expands of [true, false]) {
    const api = scriptedApi([text("ok")])
    const r = rig({ api, over: () => ({ expandsMentions: expands }) })
    mkdirSync(join(r.folder, "notes"))
    r.say("look at @notes/")
    await r.until("turn.end")
    expect(api.requests[0]?.messages.flatMap(({ content }) => content).length).toBe(expands ? 2 : 1)
    await r.close()
  }
})
