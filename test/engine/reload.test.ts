import { expect, test } from "bun:test"
import { text } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

test("a reload of the settings changes rules and modes of the running session, and keeps the session's own", async () => {
  const api = scriptedApi([text("one"), text("two")])
  const it = rig({
    api,
    tools: ["Toy", "Other"].map((name) => toyTool(name, "read", async () => "")),
    over: ({ permissions }) => ({
      permissions: {
        ...permissions,
        mode: "bypassPermissions",
        modes: ["default", "plan", "bypassPermissions"],
      },
    }),
  })
  try {
    const rules = [{ toolName: "Other" }]
    it.send({
      type: "permissions",
      updates: [{ type: "addRules", behavior: "deny", rules, destination: "session" }],
    })
    it.say("first")
    await it.until("turn.end")
    it.send({
      type: "reload",
      rules: [{ behavior: "deny", source: "userSettings", text: "Toy", base: "/" }],
      modes: ["default", "plan"],
      additionalRoots: [],
      env: {},
    })
    const changed = await it.until("session", ({ why }) => why === "mode")
    expect(changed.session).toMatchObject({ mode: "default", modes: ["default", "plan"] })
    it.say("second")
    await it.until("turn.end")
    const offered = api.requests.map(({ tools = [] }) => tools.map(({ name }) => name))
    expect(offered).toEqual([["Toy"], []])
    it.send({ type: "mode", mode: "bypassPermissions" })
    expect((await it.until("notice", ({ code }) => code === "mode")).text).toContain(
      "must be enabled at the start",
    )
  } finally {
    await it.close()
  }
})
