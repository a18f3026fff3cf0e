import { describe, expect, test } from "bun:test"
import { z } from "zod"
import { searchesTools, toolSearchChoice } from "../../src/cli/tool-search-choice.ts"
import { deferTools } from "../../src/extend/mcp/tool-search.ts"
import type { AnyTool, ToolContext } from "../../src/model/tool.ts"

const tool = (name: string, prompt: string): AnyTool => ({
  name,
  prompt,
  schema: z.record(z.string(), z.unknown()),
  inputSchema: { type: "object", properties: {} },
  access: () => [],
  title: () => "",
  async *run() {
    yield ""
    return { content: "", data: "", view: { kind: "text" } }
  },
})

const TOOLS = [
  tool("mcp__mail__send", "Sends a letter to somebody"),
  tool("mcp__mail__list", "Lists letters"),
  tool("mcp__map__route", "Finds a way to send a parcel"),
]
const always = { minChars: 0 }

async function found(query: string, max?: number): Promise<readonly string[]> {
  const search = deferTools(TOOLS, () => false, always).at(-1)
  const input = { query, ...(max !== undefined && { max_results: max }) }
  if (search === undefined) throw new Error("nothing to search with")
  const step = await search.run(input, {} as ToolContext).next()
  return (step.value as { data: { matches: string[] } }).data.matches
}

describe("tools that are put off", () => {
  test("are marked, all but those that are to be there always, and found by a tool that names them", () => {
    const tools = deferTools(TOOLS, ({ name }) => name === "mcp__map__route", always)
    expect(tools.map(({ name, deferred }) => [name, deferred === true])).toEqual([
      ["mcp__mail__send", true],
      ["mcp__mail__list", true],
      ["mcp__map__route", false],
      ["ToolSearch", false],
    ])
    expect(tools.at(-1)?.prompt).toContain("mcp__mail__send")
    expect(tools.at(-1)?.prompt).not.toContain("mcp__map__route")
  })

  test("are not put off while they are few enough, or when none would be", () => {
    expect(deferTools(TOOLS, () => false, { minChars: 10_000 })).toBe(TOOLS)
    expect(deferTools(TOOLS, () => true, always)).toBe(TOOLS)
  })

  test("are found by name, then by description, or exactly", async () => {
    expect(await found("send")).toEqual(["mcp__mail__send", "mcp__map__route"])
    expect(await found("mail letters", 1)).toEqual(["mcp__mail__list"])
    expect(await found("select:MCP__map__route, mcp__mail__send")).toEqual([
      "mcp__mail__send",
      "mcp__map__route",
    ])
    expect(await found("weather")).toEqual([])
  })
})

describe("ENABLE_TOOL_SEARCH", () => {
  test("unset it is on with the service itself and off behind a gateway", () => {
    expect(toolSearchChoice({})).toEqual(always)
    expect(toolSearchChoice({ ANTHROPIC_BASE_URL: "https://api.anthropic.com" })).toEqual(always)
    expect(toolSearchChoice({ ANTHROPIC_BASE_URL: "https://gateway.example" })).toBeNull()
    expect(toolSearchChoice({ ANTHROPIC_BASE_URL: "https://evil-anthropic.com" })).toBeNull()
    expect(toolSearchChoice({ CLAUDE_CODE_USE_BEDROCK: "1" })).toBeNull()
  })

  test("says what it says: on, off, or by size", () => {
    const gateway = { ANTHROPIC_BASE_URL: "https://gateway.example" }
    expect(toolSearchChoice({ ...gateway, ENABLE_TOOL_SEARCH: "true" })).toEqual(always)
    expect(toolSearchChoice({ ENABLE_TOOL_SEARCH: "false" })).toBeNull()
    expect(toolSearchChoice({ ENABLE_TOOL_SEARCH: "auto" })).toEqual({ minChars: 80_000 })
    expect(toolSearchChoice({ ENABLE_TOOL_SEARCH: "auto:5" })).toEqual({ minChars: 40_000 })
    expect([searchesTools("claude-opus-4-5"), searchesTools("claude-haiku-4-5")]).toEqual([true, false])
  })
})
