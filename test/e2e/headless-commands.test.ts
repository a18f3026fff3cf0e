import { describe, expect, test } from "bun:test"
import { everything } from "../extend/servers-rig.ts"
import { text } from "../fake-api/fake-api.ts"
import { built, controlRequest, type Place, STREAM, userMessage, withPlace } from "./place.ts"

const say = async (place: Place, ...args: readonly string[]) => (await place.start(["-p", ...args]).done).out

describe.skipIf(!built)("a command of the terminal in print mode", () => {
  test.concurrent("/mcp says how the servers are, without a request", () =>
    withPlace([], async (place) => {
      const servers = { mcpServers: { every: { command: process.execPath, args: [everything, "stdio"] } } }
      expect(await say(place, "/mcp", "--mcp-config", JSON.stringify(servers))).toMatch(
        /^every: connected, \d+ tools\n$/,
      )
      expect(await say(place, "/mcp")).toBe("There are no MCP servers in this session.\n")
      expect(place.api.turns).toHaveLength(0)
    }))

  test.concurrent("/config shows a setting, changes it, and refuses what does not fit", () =>
    withPlace([], async (place) => {
      expect(await say(place, "/config verbose")).toStartWith("verbose = ")
      expect(await say(place, "/config verbose=true")).toBe("verbose = true\n")
      expect(await say(place, "/config verbose")).toStartWith("verbose = true")
      expect(await say(place, "/config verbose=perhaps")).toContain("verbose")
      expect(await say(place, "/config nothing=1")).toBe("There is no setting nothing.\n")
    }))

  test.concurrent("/fast and /color say that they change nothing", () =>
    withPlace([], async (place) => {
      expect(await say(place, "/fast on")).toContain("nothing was changed")
      expect(await say(place, "/color red")).toContain("nothing was changed")
    }))

  test.concurrent("a change of models is told to the model before the next prompt", () =>
    withPlace([text("one"), text("two")], async (place) => {
      const run = place.start(STREAM, { open: true })
      run.send(controlRequest("initialize"), userMessage("first"))
      await run.message(({ type }) => type === "result")
      run.send(controlRequest("set_model", { model: "claude-opus-4-5" }), userMessage("second"))
      run.end()
      await run.done
      const messages = JSON.stringify(place.api.turns[1]?.body.messages)
      expect(messages).toMatch(/<command-name>\/model<.*Set model to .*\(claude-opus-4-5\).*second/)
    }))
})
