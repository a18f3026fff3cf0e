import { expect, test } from "bun:test"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { MessagesRequest } from "../../src/model/api.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { text, thinking, toolUse, usage } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

/** A small generator with a seed, so that a failing point can be found again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await holds())) if (Date.now() > deadline) throw new Error("it did not happen in time")
}

test("interrupted at a thousand random points, the next request is always valid", async () => {
  const next = random(42)
  const pause = () => (next() < 0.5 ? Promise.resolve() : Bun.sleep(0))
  const tools = [
    toyTool("Look", "read", async () => {
      await pause()
      return "seen"
    }),
    toyTool("Change", "write", async () => {
      await pause()
      return "changed"
    }),
  ]
  const reply = (_: MessagesRequest, index: number) => {
    if (index % 4 === 3) return text("A short end.")
    const calls = Array.from({ length: 1 + Math.floor(next() * 3) }, () =>
      toolUse(next() < 0.5 ? "Look" : "Change", {}),
    )
    return next() < 0.5 ? [thinking("hm"), text("I will."), ...calls] : calls
  }
  const api = scriptedApi(reply)
  const r = rig({
    api,
    tools,
    rules: ["Change"],
    over: (base) => ({ models: { ...base.models, thinking: { type: "budget", tokens: 2000 } } }),
  })
  for (let point = 0; point < 1_000; point++) {
    // A new session now and then keeps the requests small; the rest grow over many interrupts.
    if (point % 50 === 0) {
      r.send({ type: "clear" })
      await r.until("session", (event) => event.why === "clear")
    }
    r.say(`prompt ${point}`)
    await r.until("turn.begin")
    for (let ticks = Math.floor(next() * 60); ticks > 0; ticks--) await Promise.resolve()
    if (next() < 0.3) await Bun.sleep(0)
    r.send({ type: "interrupt" })
    const end = await r.until("turn.end")
    expect(["interrupted", "completed"]).toContain(end.reason)
  }
  r.say("still there?")
  await r.until("turn.end")
  expect(api.rejections).toEqual([])
  await r.close()
}, 60_000)

test("a call that Esc meets while files are being kept for /rewind never runs", async () => {
  let ran = false
  const change = toyTool("Change", "write", async () => {
    ran = true
    return "changed"
  })
  const keeping = Promise.withResolvers<void>()
  const r = rig({
    api: scriptedApi([toolUse("Change", {})]),
    tools: [change],
    over: (base) => ({
      permissions: { ...base.permissions, mode: "bypassPermissions", modes: ["bypassPermissions"] },
      checkpoints: {
        begin: async () => null,
        before() {
          keeping.resolve()
          return new Promise<null>(() => {})
        },
      },
    }),
  })
  r.say("go")
  await keeping.promise
  r.send({ type: "interrupt" })
  expect((await r.until("turn.end")).reason).toBe("interrupted")
  expect(ran).toBe(false)
  await r.close()
})

test("the same with questions, subagents, background work and compactions under way", async () => {
  const next = random(7)
  const pause = () => (next() < 0.5 ? Promise.resolve() : Bun.sleep(0))
  const tools = [
    agentTool(BUILT_IN_AGENTS),
    toyTool("Read", "read", async () => {
      await pause()
      return "seen ".repeat(400)
    }),
    toyTool("Change", "write", async () => {
      await pause()
      return "changed"
    }),
  ]
  const api = scriptedApi((request, index) => {
    const input = usage({ input_tokens: Math.ceil(JSON.stringify(request.messages).length / 4) })
    if (JSON.stringify(request.messages.at(-1)).includes("about to be replaced by a summary"))
      return [text("A summary."), input]
    if (index % 5 === 4) return [text("A short end."), input]
    const calls = Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
      const kind = next()
      if (kind < 0.5) return toolUse("Read", {})
      if (kind < 0.8) return toolUse("Change", {})
      return toolUse("Agent", { description: "d", prompt: "p", run_in_background: next() < 0.3 })
    })
    return [...calls, input]
  })
  const r = rig({
    api,
    tools,
    over: (base) => ({
      models: { ...base.models, resolve: (name) => ({ ...base.models.resolve(name), window: 20_000 }) },
    }),
  })
  let compactions = 0
  let questions = 0
  /** Lets some time pass and answers what is open, with this likelihood. */
  const answer = async (likely: number) => {
    await (next() < 0.6 ? Bun.sleep(0) : Promise.resolve())
    const open = new Set<string>()
    for (const event of r.events) {
      if (event.type === "ask") open.add(event.ask)
      if (event.type === "ask.end") open.delete(event.ask)
    }
    for (const ask of open) {
      questions++
      if (next() < likely) r.send({ type: "answer", ask, answer: { verdict: "allow" } })
    }
  }
  for (let point = 0; point < 300; point++) {
    const uuid = crypto.randomUUID()
    r.send({ type: "prompt", content: `prompt ${point}`, uuid })
    // It may begin a turn, or join one that the end of a background agent began.
    await eventually(async () => {
      await answer(1)
      return r.events.some((event) => event.type === "prompt" && event.uuid === uuid)
    })
    for (let waits = Math.floor(next() * 12); waits > 0; waits--) await answer(0.7)
    // Most compactions are cut short like everything else; some may finish.
    const patient = point % 30 === 29
    if (patient || next() < 0.1) r.send({ type: "compact" })
    r.send({ type: "interrupt" })
    await eventually(async () => {
      if (patient) await answer(1)
      await Bun.sleep(0)
      const last = r.events.findLast((event) => event.type === "turn.begin" || event.type === "turn.end")
      if (last?.type === "turn.begin" && !patient) r.send({ type: "interrupt" })
      return last?.type === "turn.end"
    })
    compactions += r.events.filter((event) => event.type === "compacted").length
    for (const event of r.events) {
      if (event.type === "task" && event.change === "started")
        r.send({ type: "stop-task", task: event.task.id })
      // A call that was cut off by Esc is nobody's refusal.
      if (event.type === "turn.end" && event.reason === "interrupted") expect(event.denials).toEqual([])
    }
    r.forget()
  }
  expect(questions).toBeGreaterThan(20)
  expect(compactions).toBeGreaterThan(0)
  expect(api.rejections).toEqual([])
  await r.close()
}, 60_000)
