/** Subagents: a conversation of their own, in the same session, under the same person's eyes. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import type { Event } from "../../src/model/event.ts"
import type { AnyTool } from "../../src/model/tool.ts"
import { agentTool } from "../../src/tools/agent.ts"
import type { RecordedRequest } from "../fake-api/fake-api.ts"
import { error, type Reply, silence, text, toolUse, usage } from "../fake-api/reply.ts"
import { toyTool } from "./harness.ts"
import { sessionOf, type WireOptions, wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

const agent = agentTool(BUILT_IN_AGENTS)
const look = toyTool("Read", "read", async () => "seen")
const change = toyTool("Change", "write", async () => "changed")

const isChild = ({ body }: RecordedRequest) =>
  JSON.stringify(body.system ?? "").includes("You are a subagent")
const call = (prompt: string, more: Readonly<Record<string, unknown>> = {}) =>
  toolUse("Agent", { description: "Look it up", prompt, ...more })

/** The parent starts what `first` says and then ends; children answer by `child`. */
function family(options: {
  readonly first: Reply
  readonly child: (request: RecordedRequest, index: number) => Reply | Promise<Reply>
  readonly parent?: (request: RecordedRequest, index: number) => Reply
  readonly tools?: readonly AnyTool[]
  readonly over?: WireOptions["over"]
  readonly client?: WireOptions["client"]
}) {
  let parents = 0
  let children = 0
  return wire({
    script(request) {
      if (isChild(request)) return options.child(request, children++)
      const index = parents++
      return index === 0 ? options.first : (options.parent?.(request, index) ?? text("Parent is done."))
    },
    tools: options.tools ?? [agent, look, change],
    ...(options.over === undefined ? {} : { over: options.over }),
    ...(options.client === undefined ? {} : { client: options.client }),
  })
}

const ofAgents = (events: readonly Event[]) => events.filter((event) => event.agent !== undefined)
const lastResult = (requests: readonly RecordedRequest[]) =>
  JSON.stringify(
    requests
      .filter((request) => !isChild(request))
      .at(-1)
      ?.body.messages.at(-1),
  )

test("in the foreground: its own context, one report, and its transcript beside the parent's", async () => {
  const r = await family({
    first: call("Find the colour"),
    child: (_, index) => (index === 0 ? toolUse("Read", { path: "a" }) : text("It is blue.")),
  })
  r.say("What colour is it?")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("completed")
  const child = r.api.requests.filter(isChild)
  expect(JSON.stringify(child[0]?.body.messages)).toContain("Find the colour")
  expect(JSON.stringify(child[0]?.body.messages)).not.toContain("What colour is it?")
  expect(lastResult(r.api.requests)).toContain("It is blue.")
  expect(lastResult(r.api.requests)).toContain("tool_uses: 1")

  const events = ofAgents(r.events)
  expect(events.length).toBeGreaterThan(4)
  const who = events[0]?.agent
  expect(who).toMatchObject({ type: "general-purpose", description: "Look it up" })
  expect(events.every((event) => event.agent?.id === who?.id)).toBe(true)
  const started = r.events.find((event) => event.type === "tool.begin" && event.tool === "Agent")
  expect(started).toMatchObject({ id: who?.toolUseId as string })

  const file = r.file(await sessionOf(r), who?.id)
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ type: "user", isSidechain: true, agentId: who?.id, parentUuid: null })
  expect(lines.every((line) => line.isSidechain === true && line.agentId === who?.id)).toBe(true)
  expect(JSON.stringify(lines.at(-1))).toContain("It is blue.")
  const own = readFileSync(r.file(await sessionOf(r)), "utf8")
  expect(own).not.toContain('"isSidechain":true')
  // Only the main loop counts as the turn's, all of it as the run's.
  expect(end.requests).toBe(2)
  expect(end.totals.costUsd).toBeGreaterThan(0)
  expect(r.rejected()).toEqual([])
  await r.close()
})

test("several in one reply run side by side, and their reports come in the order of the calls", async () => {
  let together = 0
  let running = 0
  const slow = toyTool("Read", "read", async () => {
    together = Math.max(together, ++running)
    await Bun.sleep(30)
    running--
    return "seen"
  })
  const r = await family({
    first: [call("one"), call("two"), call("three")],
    child: ({ body }) => {
      const said = JSON.stringify(body.messages)
      const name = /one|two|three/.exec(said)?.[0]
      return body.messages.length === 1 ? toolUse("Read", {}) : text(`Report ${name}.`)
    },
    tools: [agent, slow],
  })
  r.say("All three")
  await r.until("turn.end")
  expect(together).toBe(3)
  expect(lastResult(r.api.requests)).toMatch(/Report one.*Report two.*Report three/)
  expect(readdirSync(dirname(r.file(await sessionOf(r), "x"))).length).toBe(3)
  await r.close()
})

test("in the background: the call returns at once, its end is a task event and a turn of its own", async () => {
  const held = Promise.withResolvers<string>()
  const r = await family({
    first: call("take your time", { run_in_background: true }),
    child: ({ body }) => (body.messages.length === 1 ? toolUse("Read", {}) : text("Found at last.")),
    tools: [agent, toyTool("Read", "read", () => held.promise)],
  })
  r.say("Start it")
  const started = await r.until("task", (event) => event.change === "started")
  expect((await r.until("turn.end")).reason).toBe("completed")
  held.resolve("seen")
  const ended = await r.until("task", (event) => event.change === "ended")
  expect(ended.task).toMatchObject({ id: started.task.id, kind: "agent", status: "completed" })
  await r.until("turn.end")
  const notes = r.events.filter((event) => event.type === "prompt" && event.origin === "task")
  expect(notes.length).toBe(1)
  expect(lastResult(r.api.requests)).toContain("Found at last.")
  expect(readFileSync(ended.task.outputFile, "utf8")).toBe("Found at last.")
  await r.close()
})

test("moved to the background by the person: the call returns, the subagent goes on, its end is told", async () => {
  const held = Promise.withResolvers<string>()
  const r = await family({
    first: call("take your time"),
    child: ({ body }) => (body.messages.length === 1 ? toolUse("Read", {}) : text("Found at last.")),
    tools: [agent, toyTool("Read", "read", () => held.promise)],
  })
  r.say("Start it")
  await r.until("tool.grow", (event) => event.agent !== undefined)
  r.send({ type: "background" })
  const started = await r.until("task", (event) => event.change === "started")
  expect((await r.until("turn.end")).reason).toBe("completed")
  expect(lastResult(r.api.requests)).toContain("The user moved the subagent to the background")
  held.resolve("seen")
  const ended = await r.until("task", (event) => event.change === "ended")
  expect(ended.task).toMatchObject({ id: started.task.id, kind: "agent", status: "completed" })
  await r.until("turn.end")
  expect(lastResult(r.api.requests)).toContain("Found at last.")
  await r.close()
})

test("Esc stops the parent and its subagents; the next prompt works", async () => {
  let stopped = false
  const deaf = toyTool("Read", "read", (_, signal) => {
    signal.addEventListener("abort", () => {
      stopped = true
    })
    return new Promise(() => {})
  })
  const r = await family({ first: call("hang"), child: () => toolUse("Read", {}), tools: [agent, deaf] })
  r.say("Go")
  await r.until("tool.grow", (event) => event.agent !== undefined)
  r.send({ type: "interrupt" })
  expect((await r.until("turn.end")).reason).toBe("interrupted")
  expect(stopped).toBe(true)
  r.say("And now?")
  expect((await r.until("turn.end")).result).toBe("Parent is done.")
  expect(r.rejected()).toEqual([])
  await r.close()
})

test("a background agent outlives Esc, ends with the session, and can be stopped by hand", async () => {
  const stops: string[] = []
  const deaf = toyTool("Read", "read", (_, signal) => {
    signal.addEventListener("abort", () => stops.push("stopped"))
    return new Promise(() => {})
  })
  const r = await family({
    first: [call("a", { run_in_background: true }), call("b", { run_in_background: true })],
    child: () => toolUse("Read", {}),
    tools: [agent, deaf],
  })
  r.say("Go")
  await r.until("turn.end")
  const tasks = r.events.flatMap((event) => (event.type === "task" ? [event.task.id] : []))
  // Both are at work: their calls have begun to run.
  const atWork = () =>
    new Set(r.events.flatMap((event) => (event.type === "tool.grow" && event.agent ? [event.agent.id] : [])))
      .size
  while (atWork() < 2) await r.until("tool.grow", (event) => event.agent !== undefined)
  r.send({ type: "interrupt" })
  expect(stops).toEqual([])
  r.send({ type: "stop-task", task: tasks[0] as string })
  const ended = await r.until("task", (event) => event.change === "ended")
  expect(ended.task.status).toBe("killed")
  // Killed by hand: nobody needs to be told.
  expect(r.events.some((event) => event.type === "prompt" && event.origin === "task")).toBe(false)
  await r.close()
  expect(stops.length).toBe(2)
})

test("/clear stops background agents, says so, and their end is no news in the new session", async () => {
  const r = await family({
    first: call("a", { run_in_background: true }),
    child: () => toolUse("Read", {}),
    tools: [agent, toyTool("Read", "read", () => new Promise(() => {}))],
  })
  r.say("Go")
  await r.until("turn.end")
  r.send({ type: "clear" })
  await r.until("session", (event) => event.why === "clear")
  const told = await r.until("notice", (event) => event.code === "left_behind")
  expect(told.text).toBe("1 background task of the earlier session stopped")
  const ended = await r.until("task", (event) => event.change === "ended")
  expect(ended.task.status).toBe("killed")
  r.say("Hello")
  await r.until("turn.end")
  expect(JSON.stringify(r.api.requests.at(-1)?.body.messages)).not.toContain("task-notification")
  await r.close()
})

test("a command goes on after /clear, and its end is told to people only", async () => {
  const done = Promise.withResolvers<{ status: "completed"; summary: string }>()
  const serve = toyTool("Serve", "free", async () => "")
  const tools: AnyTool[] = [
    {
      ...serve,
      async *run(_, ctx) {
        yield "starting"
        const outputFile = ctx.tasks.outputFile(ctx.tasks.newId("shell"))
        const { toolUseId } = ctx
        ctx.tasks.add({
          kind: "shell",
          description: "dev server",
          outputFile,
          toolUseId,
          done: done.promise,
          stop: () => done.resolve({ status: "completed", summary: "stopped" }),
        })
        return { content: "runs", data: "runs", view: { kind: "text" } }
      },
    },
  ]
  const r = await family({ first: toolUse("Serve", {}), child: () => text("none"), tools })
  r.say("Go")
  await r.until("turn.end")
  r.send({ type: "clear" })
  expect((await r.until("notice", (event) => event.code === "left_behind")).text).toContain("still running")
  done.resolve({ status: "completed", summary: "done" })
  expect((await r.until("task", (event) => event.change === "ended")).summary).toBe("done")
  r.say("Hello")
  await r.until("turn.end")
  const prompts = r.events.flatMap((event) => (event.type === "prompt" ? [event.origin] : []))
  expect(prompts).not.toContain("task")
  await r.close()
})

describe("a kind", () => {
  const reviewer = {
    name: "reviewer",
    description: "Reviews",
    prompt: "You are a subagent that reviews.",
    effort: "low",
    permissionMode: "acceptEdits",
    skills: ["style", "missing"],
    source: "project",
  } as const
  const over: WireOptions["over"] = (base) => ({
    agents: { ...base.agents, kinds: [...BUILT_IN_AGENTS, reviewer] },
    models: { ...base.models, model: "claude-opus-4-8", effort: "high" },
    commands: {
      list: () => [],
      expand: async () => null,
      async preload(name, turn) {
        turn.allow(["Bash(*)"])
        return name === "style" ? "Short sentences only." : null
      },
    },
  })
  const edit: AnyTool = {
    ...change,
    access: (_, place) => [{ kind: "write", path: join(place.cwd, "a.txt") }],
  }
  const start = (more: Readonly<Record<string, unknown>> = {}) =>
    family({
      first: call("go", { subagent_type: "reviewer", ...more }),
      child: ({ body }) =>
        JSON.stringify(body.messages).includes("tool_result") ? text("Reviewed.") : toolUse("Change", {}),
      tools: [agent, edit],
      over,
    })
  const child = (r: Awaited<ReturnType<typeof start>>) => r.api.requests.find(isChild)?.body

  test("brings effort, mode and skills of its own; a skill that is missing is told", async () => {
    const r = await start()
    r.say("Go")
    await r.until("turn.end")
    expect(child(r)?.output_config).toEqual({ effort: "low" })
    expect(JSON.stringify(child(r)?.messages)).toContain("Short sentences only.")
    expect(r.events.filter((event) => event.type === "notice").map(({ text }) => text)).toContain(
      'agent "reviewer": skill missing not found',
    )
    expect(r.events.some((event) => event.type === "ask")).toBe(false)
    expect(lastResult(r.api.requests)).toContain("Reviewed.")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("works as hard as the call says, and loosens no mode that the person chose", async () => {
    const r = await start({ effort: "max" })
    r.send({ type: "mode", mode: "plan" })
    r.say("Go")
    const denied = await r.until("tool.end", (event) => event.tool === "Change")
    expect(denied.isError).toBe(true)
    await r.until("turn.end")
    expect(child(r)?.output_config).toEqual({ effort: "max" })
    await r.close()
  })
})

describe("limits", () => {
  test("nesting ends at the depth limit: the deepest has no Agent tool", async () => {
    const r = await family({
      first: call("level 1"),
      child: ({ body }) => {
        const depth = Number(/level (\d)/.exec(JSON.stringify(body.messages[0]))?.[1])
        const canSpawn = body.tools.some((tool: { name: string }) => tool.name === "Agent")
        if (body.messages.length > 1) return text(`Level ${depth} is done.`)
        return canSpawn ? call(`level ${depth + 1}`) : text(`Level ${depth} is the deepest.`)
      },
      over: (base) => ({ agents: { ...base.agents, maxDepth: 2 } }),
    })
    r.say("Go down")
    await r.until("turn.end")
    const texts = ofAgents(r.events).flatMap((event) =>
      event.type === "block.end" && event.content?.type === "text" ? [event.content.text] : [],
    )
    expect(texts).toContain("Level 2 is the deepest.")
    await r.close()
  })

  test("one more than may run at once is refused with a word the model can act on", async () => {
    const r = await family({
      first: [call("one"), call("two"), call("three")],
      child: async () => {
        await Bun.sleep(30)
        return text("Report.")
      },
      over: (base) => ({ agents: { ...base.agents, maxConcurrent: 2 } }),
    })
    r.say("All three")
    await r.until("turn.end")
    expect(lastResult(r.api.requests)).toContain("2 subagents are running already")
    expect(r.api.requests.filter(isChild).length).toBe(2)
    await r.close()
  })

  test("a report is bounded, and a subagent that fails hands its reason back", async () => {
    const r = await family({
      first: [call("much"), call("fail")],
      child: ({ body }) =>
        JSON.stringify(body.messages).includes("much")
          ? text("word ".repeat(20_000), { delta: 5_000 })
          : error(400, { message: "broken request" }),
    })
    r.say("Go")
    await r.until("turn.end")
    const results = lastResult(r.api.requests)
    expect(results.length).toBeLessThan(50_000)
    expect(results).toContain("characters left out")
    expect(results).toContain("broken request")
    await r.close()
  })

  test("the budget is one: a subagent that used it up ends, and so does the turn", async () => {
    const r = await family({
      first: call("spend"),
      child: () => [toolUse("Read", {}), usage({ input_tokens: 1_000_000 })],
      over: () => ({ limits: { maxBudgetUsd: 2 } }),
    })
    r.say("Go")
    const end = await r.until("turn.end")
    expect(end.reason).toBe("budget")
    expect(r.api.requests.filter(isChild).length).toBe(1)
    await r.close()
  })
})

describe("permissions", () => {
  test("what a subagent may not do by itself is asked of the person, under its name", async () => {
    const r = await family({
      first: call("change it"),
      child: ({ body }) => (body.messages.length === 1 ? toolUse("Change", {}) : text("Changed.")),
    })
    r.say("Go")
    const ask = await r.until("ask")
    expect(ask.agent).toMatchObject({ type: "general-purpose" })
    r.send({ type: "answer", ask: ask.ask, answer: { verdict: "allow" } })
    expect((await r.until("tool.end")).agent).toBeDefined()
    expect((await r.until("turn.end")).reason).toBe("completed")
    await r.close()
  })

  test("kinds that only look cannot write, in any mode", async () => {
    const anything = (base: EngineOptions) => ({
      permissions: { ...base.permissions, mode: "bypassPermissions", modes: ["bypassPermissions"] } as const,
    })
    for (const kind of ["Explore", "Plan"]) {
      let folder = ""
      // The Bash of this test writes; Explore has a Bash.
      const bash = toyTool("Bash", "write", async () => {
        throw new Error("must never run")
      })
      const r = await family({
        first: call("write something", { subagent_type: kind }),
        child: ({ body }) =>
          body.messages.length === 1 ? [toolUse("Bash", {}), toolUse("Change", {})] : text("I could not."),
        tools: [agent, look, change, bash],
        over(base) {
          folder = base.place.cwd
          return anything(base)
        },
      })
      r.say("Go")
      await r.until("turn.end")
      const child = r.api.requests.filter(isChild)
      expect(child[0]?.body.tools.map((tool: { name: string }) => tool.name)).toEqual(["Read", "Bash"])
      const results = JSON.stringify(child[1]?.body.messages.at(-1))
      expect(results).toContain("only looks")
      expect(results).toContain("No such tool available: Change")
      expect(existsSync(join(folder, "file.txt"))).toBe(false)
      await r.close()
    }
  })
})

test("a subagent whose connection dies is a failed call, not a hang", async () => {
  const r = await family({
    first: call("hang"),
    child: () => [text("x"), silence(0)],
    client: { env: { CLAUDE_CODE_MAX_RETRIES: "1" }, deadlines: { firstByteMs: 800, tickMs: 10 } },
  })
  r.say("Go")
  expect((await r.until("turn.end")).reason).toBe("completed")
  expect(lastResult(r.api.requests)).toContain("ended early")
  await r.close()
})
