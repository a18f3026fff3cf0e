import { expect, test } from "bun:test"
import type { MessagesRequest } from "../../src/model/api.ts"
import { text, thinking, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

/** A small generator with a seed, so that a failing point can be found again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
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
