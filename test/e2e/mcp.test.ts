import { describe, expect, test } from "bun:test"
import { bun, everything } from "../extend/servers-rig.ts"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { built, controlRequest, STREAM, userMessage, withPlace } from "./place.ts"

const every = { command: bun, args: [everything, "stdio"] }
const config = JSON.stringify({ mcpServers: { every } })
const ALLOW = ["--allowedTools", "mcp__every__echo"]

interface Offered {
  readonly name: string
  readonly description?: string
  readonly defer_loading?: boolean
}

const offered = (body: { readonly tools?: readonly unknown[] }) => (body.tools ?? []) as readonly Offered[]

describe.skipIf(!built)("MCP servers in a session", () => {
  test.concurrent("their tools are put off, found by words, and then called", () =>
    withPlace(
      [
        toolUse("ToolSearch", { query: "select:mcp__every__echo" }),
        toolUse("mcp__every__echo", { message: "found" }),
        text("done"),
      ],
      async (place) => {
        const env = { ENABLE_TOOL_SEARCH: "true" }
        const { code } = await place.start(["-p", "go", "--mcp-config", config, ...ALLOW], { env }).done
        expect(code).toBe(0)
        const [first, second, third] = place.api.turns
        const tools = offered(first?.body ?? {})
        expect(tools.find(({ name }) => name === "mcp__every__echo")?.defer_loading).toBe(true)
        expect(tools.find(({ name }) => name === "Read")?.defer_loading).toBeUndefined()
        expect(tools.find(({ name }) => name === "ToolSearch")?.description).toContain("mcp__every__echo")
        expect(JSON.stringify(second?.body.messages)).toContain(
          '{"type":"tool_reference","tool_name":"mcp__every__echo"}',
        )
        expect(JSON.stringify(third?.body.messages)).toContain("Echo: found")
      },
    ))

  test.concurrent("what was found stays readable where there is no tool search, and when the server is gone", () =>
    withPlace(
      [toolUse("ToolSearch", { query: "echo" }), text("one"), text("two"), text("three")],
      async (place) => {
        const env = { ENABLE_TOOL_SEARCH: "true" }
        await place.start(["-p", "go", "--mcp-config", config, ...ALLOW], { env }).done
        await place.start(["-p", "again", "--continue", "--mcp-config", config]).done
        await place.start(["-p", "again", "--continue"], { env }).done
        const [, , full, gone] = place.api.turns
        for (const turn of [full, gone]) {
          expect(JSON.stringify(turn?.body.messages)).not.toContain("tool_reference")
          expect(JSON.stringify(turn?.body.messages)).toContain("Found the tool mcp__every__echo.")
        }
        expect(offered(full?.body ?? {}).some((tool) => tool.defer_loading === true)).toBe(false)
        expect(offered(full?.body ?? {}).some(({ name }) => name === "ToolSearch")).toBe(false)
      },
    ))

  test.concurrent("a model that searches no tools has them all", () =>
    withPlace([text("done")], async (place) => {
      const env = { ENABLE_TOOL_SEARCH: "true" }
      const model = ["--model", "claude-haiku-4-5"]
      await place.start(["-p", "go", ...model, "--mcp-config", config], { env }).done
      const tools = offered(place.api.turns[0]?.body ?? {})
      expect(tools.some(({ name }) => name === "ToolSearch")).toBe(false)
      expect(tools.find(({ name }) => name === "mcp__every__echo")?.defer_loading).toBeUndefined()
    }))

  test.concurrent("a prompt of a server is a slash command", () =>
    withPlace([text("done")], async (place) => {
      const prompt = "/mcp__every__args-prompt Bonn NRW"
      await place.start(["-p", prompt, "--mcp-config", config]).done
      expect(JSON.stringify(place.api.turns[0]?.body.messages)).toContain("Bonn, NRW")
    }))

  test.concurrent("a server that is written into .mcp.json while the session runs is there at the next prompt", () =>
    withPlace([text("one"), text("two")], async (place) => {
      const run = place.start(STREAM, { open: true })
      run.send(userMessage("first"))
      await run.message(({ type }) => type === "result")
      place.write(".mcp.json", config)
      const deadline = Date.now() + 15_000
      for (let status = ""; !status.includes('"connected"'); await Bun.sleep(50)) {
        if (Date.now() > deadline) throw new Error(`not connected: ${status}`)
        const asked = controlRequest("mcp_status")
        run.send(asked)
        const answer = await run.message(({ response }) => response?.request_id === asked.request_id)
        status = JSON.stringify(answer)
      }
      run.send(userMessage("second"))
      run.end()
      expect((await run.done).code).toBe(0)
      const [first, second] = place.api.turns.map(({ body }) => offered(body).map(({ name }) => name))
      expect(first).not.toContain("mcp__every__echo")
      expect(second).toContain("mcp__every__echo")
    }))
})
