/** Where the tokens and the money went, as the engine tells it. */
import { expect, setDefaultTimeout, test } from "bun:test"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { Report } from "../../src/model/report.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { error, text, toolUse, usage } from "../fake-api/reply.ts"
import { type Rig, rig, scriptedApi, toyTool } from "./harness.ts"
import { wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

async function report<T>(r: Rig, kind: Report["report"], pick: (answer: Report) => T | null): Promise<T> {
  r.send({ type: "report", report: kind, id: kind })
  const data = pick(await r.until("report", (event) => event.id === kind))
  if (data === null) throw new Error(`another report than ${kind}`)
  return data
}
const costOf = (r: Rig) => report(r, "cost", (one) => (one.report === "cost" ? one.data : null))
const contextOf = (r: Rig) => report(r, "context", (one) => (one.report === "context" ? one.data : null))

test("the ledger names the cause of every request, retries and subagents included", async () => {
  let failed = false
  const r = await wire({
    script: ({ body }) => {
      if (JSON.stringify(body.messages).includes("about to be replaced")) return text("Summary.")
      if (JSON.stringify(body.system ?? "").includes("You are a subagent")) return text("Report.")
      if (body.messages.length === 1)
        return [toolUse("Agent", { description: "d", prompt: "p" }), usage({ input_tokens: 1_000 })]
      if (!failed) {
        failed = true
        return error(529)
      }
      return text("Done.")
    },
    tools: [agentTool(BUILT_IN_AGENTS)],
  })
  r.say("Go")
  const end = await r.until("turn.end")
  r.send({ type: "compact" })
  await r.until("turn.end")
  const cost = await costOf(r)
  const causes = Object.fromEntries(cost.causes.map(({ cause, requests }) => [cause, requests]))
  expect(causes).toEqual({ turn: 2, subagent: 1, compaction: 1 })
  expect(cost.costUsd).toBeGreaterThan(end.totals.costUsd)
  expect(cost.models.reduce((sum, model) => sum + model.costUsd, 0)).toBeCloseTo(cost.costUsd, 10)
  expect(cost.causes.reduce((sum, cause) => sum + cause.costUsd, 0)).toBeCloseTo(cost.costUsd, 10)
  expect(cost.cacheShare).toBeGreaterThan(0)
  expect(cost.cacheShare).toBeLessThan(1)
  await r.close()
})

test("/context adds up: its parts are the window", async () => {
  const api = scriptedApi([[toolUse("mcp__box__open", {})], [text("Done."), usage({ input_tokens: 20_000 })]])
  const r = rig({
    api,
    tools: [
      toyTool("Look", "read", async () => "seen"),
      toyTool("mcp__box__open", "read", async () => "x".repeat(4_000)),
    ],
    over: (base) => ({
      prompt: {
        ...base.prompt,
        memory: async () => [{ path: "/p/CLAUDE.md", type: "Local", content: "Rules. ".repeat(500) }],
      },
    }),
  })
  const before = await contextOf(r)
  expect(before.categories.find(({ id }) => id === "messages")?.tokens).toBe(0)
  r.say("Open it")
  await r.until("turn.end")
  const after = await contextOf(r)
  const of = (id: string) => after.categories.find((category) => category.id === id)?.tokens ?? 0
  expect(after.used).toBeGreaterThanOrEqual(20_000)
  expect(after.window).toBe(200_000)
  expect(after.memoryFiles).toEqual([{ path: "/p/CLAUDE.md", type: "Local", tokens: 1_000 }])
  expect(of("memory_files")).toBeGreaterThanOrEqual(1_000)
  expect(after.mcpTools.map(({ name, server }) => [name, server])).toEqual([["mcp__box__open", "box"]])
  expect(after.tools.map(({ name }) => name)).toEqual(["Look"])
  expect(after.messages.toolResults).toBeGreaterThan(1_000)
  expect(after.categories.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(200_000)
  expect(of("autocompact_buffer")).toBe(200_000 - after.compactAt)
  await r.close()
})
