import { expect, test } from "bun:test"
import type { CommandPort } from "../../src/model/intake.ts"
import type { PermissionUpdate } from "../../src/model/permission.ts"
import { text, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

const always: PermissionUpdate = {
  type: "addRules",
  rules: [{ toolName: "Change" }],
  behavior: "allow",
  destination: "localSettings",
}

const change = () => toyTool("Change", "write", async () => "changed")

test("an answered rule works at once: the second call does not ask", async () => {
  const api = scriptedApi([toolUse("Change", {}), toolUse("Change", {}), text("Done.")])
  const r = rig({ api, tools: [change()] })
  r.say("Change it")
  const ask = await r.until("ask")
  r.send({ type: "answer", ask: ask.ask, answer: { verdict: "allow", updates: [always] } })
  await r.until("turn.end")
  expect(r.events.filter(({ type }) => type === "ask")).toHaveLength(1)
  await r.close()
})

test("where only managed rules allow, no rule is offered, and one that a host answers with does not count", async () => {
  const api = scriptedApi([toolUse("Change", {}), toolUse("Change", {}), text("Done.")])
  const written: unknown[] = []
  const r = rig({
    api,
    tools: [change()],
    over: (base) => ({
      permissions: {
        ...base.permissions,
        managedRulesOnly: true,
        persist: async (updates) => {
          written.push(...updates)
          return null
        },
      },
    }),
  })
  r.say("Change it")
  for (let count = 0; count < 2; count++) {
    const ask = await r.until("ask")
    expect(
      ask.decision.offers.flatMap(({ updates }) => updates).filter(({ type }) => type === "addRules"),
    ).toEqual([])
    r.send({ type: "answer", ask: ask.ask, answer: { verdict: "allow", updates: [always] } })
  }
  await r.until("turn.end")
  expect(r.events.filter(({ type }) => type === "ask")).toHaveLength(2)
  expect(written).toEqual([])
  await r.close()
})

test("where only managed rules allow, a command's own rules do not count either", async () => {
  const commands: CommandPort = {
    list: () => [{ name: "go", description: "", argumentHint: "", skill: false }],
    async expand(name, _, turn) {
      turn.allow(["Change"])
      return { name, text: "change it" }
    },
  }
  for (const managedRulesOnly of [false, true]) {
    const api = scriptedApi([toolUse("Change", {}), text("Done.")])
    const r = rig({
      api,
      tools: [change()],
      over: (base) => ({
        commands,
        permissions: { ...base.permissions, ...(managedRulesOnly ? { managedRulesOnly } : {}) },
      }),
    })
    r.say("/go")
    await r.until(managedRulesOnly ? "ask" : "turn.end")
    expect(r.events.some(({ type }) => type === "ask")).toBe(managedRulesOnly)
    await r.close()
  }
})
