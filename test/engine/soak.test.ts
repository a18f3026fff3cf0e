/** A very long session: nothing grows but the log. */
import { expect, test } from "bun:test"
import type { MessagesRequest } from "../../src/model/api.ts"
import { text, toolUse, usage } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

const TURNS = 1_000
const WINDOW = 60_000

test("a thousand turns with tools stay within the window and leave nothing behind but the log", async () => {
  let sizes: number[] = []
  const api = scriptedApi((request: MessagesRequest) => {
    // The rig keeps copies of requests for other tests; here they would be the only thing that grows.
    api.requests.length = 0
    const size = JSON.stringify(request.messages).length
    sizes.push(size)
    const used = usage({ input_tokens: Math.ceil(size / 4) })
    if (JSON.stringify(request.messages.at(-1)).includes("about to be replaced by a summary"))
      return [text("A short summary."), used]
    const last = request.messages.at(-1)?.content.at(-1)
    return last?.type === "tool_result"
      ? [text("That is how it is."), used]
      : [text("I look."), toolUse("Look", {}), toolUse("Look", {}), used]
  })
  const look = toyTool("Look", "read", async () => "A line of output.\n".repeat(60))
  const r = rig({
    api,
    tools: [look],
    over: (base) => ({
      models: { ...base.models, resolve: (name) => ({ ...base.models.resolve(name), window: WINDOW }) },
    }),
  })
  const heap: number[] = []
  let lines = 0
  let requests = 0
  let compactions = 0
  for (let turn = 1; turn <= TURNS; turn++) {
    r.say(`prompt ${turn}`)
    const end = await r.until("turn.end")
    if (end.reason !== "completed") throw new Error(`turn ${turn}: ${end.reason} ${end.message}`)
    requests += end.requests
    compactions += r.events.filter((event) => event.type === "compacted").length
    // What the test itself collects is no part of the engine.
    r.forget()
    lines += r.lines.length
    r.lines.length = 0
    if (turn % 200 === 0) {
      Bun.gc(true)
      heap.push(process.memoryUsage().heapUsed)
      expect(Math.max(...sizes) / 4).toBeLessThan(WINDOW)
      sizes = []
    }
  }
  expect(requests).toBe(2 * TURNS)
  expect(compactions).toBeGreaterThan(3)
  // Nothing was dropped from the log: prompt, text, two calls, two results and the answer of every turn.
  expect(lines).toBeGreaterThanOrEqual(7 * TURNS)
  const [first = 0] = heap
  expect(Math.max(...heap) - first).toBeLessThan(12 * 1024 * 1024)
  expect(api.rejections).toEqual([])
  await r.close()
}, 60_000)
