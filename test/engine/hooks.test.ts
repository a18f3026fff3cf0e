import { describe, expect, test } from "bun:test"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { EnginePort } from "../../src/engine/options.ts"
import type { HookOutcome, HookPort } from "../../src/model/hook.ts"
import type { AnyTool } from "../../src/model/tool.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { text, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

type Input = Readonly<Record<string, unknown>>
type Answers = Readonly<Record<string, HookOutcome | ((input: Input) => HookOutcome)>>

/** Hooks that answer from a table and remember what they were asked. */
function hooks(answers: Answers) {
  const fired: { event: string; input: Input; matcher: string | undefined }[] = []
  const port: HookPort = {
    listens: (event) => answers[event] !== undefined,
    async fire(event, input, { matcher }) {
      fired.push({ event, input, matcher })
      const answer = answers[event]
      return typeof answer === "function" ? answer(input) : (answer ?? {})
    },
  }
  const of = (event: string) => fired.filter((one) => one.event === event)
  return { port, fired, of }
}

const over =
  (port: HookPort, more: object = {}) =>
  () => ({ hooks: port, ...more })
const sent = (api: ReturnType<typeof scriptedApi>, at: number) => JSON.stringify(api.requests[at]?.messages)

describe("a prompt", () => {
  test("has what hooks add behind it, and every hook knows where it runs", async () => {
    const { port, fired } = hooks({
      UserPromptSubmit: { context: ["the tests are slow"] },
      SessionStart: { context: ["start"] },
    })
    const api = scriptedApi([text("ok")])
    const engine = rig({ api, over: over(port) })
    engine.say("hello")
    await engine.until("turn.end")
    const messages = sent(api, 0)
    const order = ["start", "hello", "the tests are slow"].map((word) => messages.indexOf(word))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order).not.toContain(-1)
    for (const { input } of fired)
      expect(input).toMatchObject({
        session_id: expect.any(String),
        cwd: engine.folder,
        permission_mode: "default",
        transcript_path: expect.stringMatching(/\.jsonl$/),
      })
    await engine.close()
  })

  test("that a hook stops leaves no trace in the conversation", async () => {
    const { port } = hooks({
      UserPromptSubmit: ({ prompt }) => (prompt === "bad" ? { block: true, reason: "no" } : {}),
    })
    const api = scriptedApi([text("ok")])
    const engine = rig({ api, over: over(port) })
    engine.say("bad")
    expect(await engine.until("turn.end")).toMatchObject({ reason: "completed", terminal: "hook_stopped" })
    engine.say("good")
    await engine.until("turn.end")
    expect(sent(api, 0)).not.toContain("bad")
    await engine.close()
  })
})

describe("a question", () => {
  const write = toyTool("Write", "write", async (input) => `wrote ${JSON.stringify(input)}`)
  test("that a hook answers with another input is judged again", async () => {
    const { port } = hooks({ PermissionRequest: { decision: "allow", updatedInput: { to: "there" } } })
    const api = scriptedApi([toolUse("Write", { to: "here" }), text("ok")])
    const engine = rig({ api, tools: [write], over: over(port) })
    engine.say("go")
    await engine.until("turn.end")
    expect(sent(api, 1)).toContain("there")
    await engine.close()
  })

  test("that a hook refuses with interrupt ends the turn", async () => {
    const { port } = hooks({ PermissionRequest: { decision: "deny", reason: "stop it", interrupt: true } })
    const api = scriptedApi([toolUse("Write", {}), text("never")])
    const engine = rig({ api, tools: [write], over: over(port) })
    engine.say("go")
    expect(await engine.until("turn.end")).toMatchObject({ reason: "interrupted" })
    expect(api.requests).toHaveLength(1)
    await engine.close()
  })

  test("only a person can answer is not answered by a plain allow", async () => {
    const asks: AnyTool = { ...write, name: "Ask", access: () => [{ kind: "person" }] }
    const { port } = hooks({ PreToolUse: { decision: "allow" } })
    const engine = rig({
      api: scriptedApi([toolUse("Ask", {}), text("ok")]),
      tools: [asks],
      over: over(port),
    })
    engine.say("go")
    const { ask } = await engine.until("ask")
    engine.send({ type: "answer", ask, answer: { verdict: "deny", message: "no" } })
    await engine.until("turn.end")
    await engine.close()
  })
})

describe("a subagent", () => {
  test("starts with what hooks add, and goes on when they want more", async () => {
    let asked = 0
    const { port, of } = hooks({
      SubagentStart: { context: ["mind the gap"] },
      SubagentStop: () => (asked++ === 0 ? { block: true, reason: "look again" } : {}),
      Stop: {},
    })
    const api = scriptedApi([
      toolUse("Agent", { description: "look", prompt: "look", subagent_type: "Explore" }),
      text("first"),
      text("second"),
      text("done"),
    ])
    const engine = rig({ api, tools: [agentTool(BUILT_IN_AGENTS)], over: over(port) })
    engine.say("go")
    await engine.until("turn.end")
    expect(sent(api, 1)).toContain("mind the gap")
    expect(sent(api, 2)).toContain("look again")
    expect(
      of("SubagentStop").map(({ input, matcher }) => [
        input.stop_hook_active,
        input.last_assistant_message,
        matcher,
      ]),
    ).toEqual([
      [false, "first", "Explore"],
      [true, "second", "Explore"],
    ])
    expect(of("SubagentStart")[0]?.input).toMatchObject({
      agent_type: "Explore",
      agent_id: expect.any(String),
    })
    expect(of("Stop")).toHaveLength(1)
    await engine.close()
  })
})

describe("a session", () => {
  test("tells hooks of its ends and starts", async () => {
    const { port, fired } = hooks({ SessionStart: {}, SessionEnd: {} })
    const engine = rig({ api: scriptedApi([text("ok")]), over: over(port) })
    engine.say("go")
    await engine.until("turn.end")
    engine.send({ type: "clear" })
    await engine.until("session", ({ why }) => why === "clear")
    await engine.close()
    expect(fired.map(({ event, matcher }) => `${event} ${matcher}`)).toEqual([
      "SessionStart startup",
      "SessionEnd clear",
      "SessionStart clear",
      "SessionEnd other",
    ])
  })

  test("keeps its conversation when a hook stops the compaction", async () => {
    const { port } = hooks({ PreCompact: { block: true, reason: "not now" } })
    const api = scriptedApi([text("one"), text("two")])
    const engine = rig({ api, over: over(port) })
    engine.say("go")
    await engine.until("turn.end")
    engine.send({ type: "compact" })
    const notice = await engine.until("notice", ({ code }) => code === "compact_failed")
    expect(notice.text).toContain("not now")
    expect(api.requests).toHaveLength(1)
    await engine.close()
  })
})

describe("tools that come later", () => {
  test("are offered from the next request on", async () => {
    const tools: AnyTool[] = []
    let engineOf: EnginePort | undefined
    const api = scriptedApi([text("one"), text("two")])
    const engine = rig({
      api,
      over: () => ({
        get tools() {
          return tools
        },
        attach: (port: EnginePort) => {
          engineOf = port
        },
      }),
    })
    engine.say("go")
    await engine.until("turn.end")
    tools.push(toyTool("Later", "free", async () => "x"))
    engineOf?.changed()
    expect((await engine.until("session", ({ why }) => why === "tools")).session).toBeDefined()
    engine.say("again")
    await engine.until("turn.end")
    expect(api.requests.map((request) => (request.tools ?? []).length)).toEqual([0, 1])
    await engine.close()
  })

  test("are waited for before the first request, and Esc does not wait", async () => {
    const gate = Promise.withResolvers<void>()
    const api = scriptedApi([text("one"), text("two")])
    const engine = rig({ api, over: () => ({ ready: () => gate.promise }) })
    engine.say("go")
    engine.send({ type: "interrupt" })
    expect(await engine.until("turn.end")).toMatchObject({ reason: "interrupted" })
    expect(api.requests).toHaveLength(0)
    engine.say("again")
    gate.resolve()
    await engine.until("turn.end")
    expect(api.requests).toHaveLength(1)
    await engine.close()
  })
})
