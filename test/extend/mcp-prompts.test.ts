import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { readMentionedResource, withServerPrompts } from "../../src/cli/server-commands.ts"
import type { TurnPort } from "../../src/model/intake.ts"
import { bun, everything, withServers } from "./servers-rig.ts"

const every = { command: bun, args: [everything, "stdio"] }
const turn = { sessionId: "s", signal: AbortSignal.timeout(30_000) } as unknown as TurnPort

describe("prompts of a published server", () => {
  test("are slash commands with their arguments, in order, the last one taking the rest", () =>
    withServers({ "every thing": every }, async ({ servers, folder, until }) => {
      await until(() => servers.prompts().length > 0)
      const commands = withServerPrompts(null, { servers: () => servers, spillDir: () => folder })
      const names = commands.list().map(({ name, argumentHint }) => `${name} ${argumentHint}`.trim())
      expect(names).toContain("mcp__every_thing__simple-prompt")
      expect(names).toContain("mcp__every_thing__args-prompt <city> [state]")
      const simple = await commands.expand("mcp__every_thing__simple-prompt", "", turn)
      expect(simple).toMatchObject({ from: "mcp_prompt", text: expect.stringContaining("simple prompt") })
      const filled = await commands.expand("mcp__every_thing__args-prompt", "Bonn  North Rhine", turn)
      expect(filled?.text).toContain("Bonn, North Rhine")
      const missing = await commands.expand("mcp__every_thing__args-prompt", "", turn)
      expect(missing?.text).toContain("city is missing")
      expect(await commands.expand("mcp__every_thing__nothing", "", turn)).toBeNull()
    }))

  test("a command from a file has the name first, and goes on working without servers", async () => {
    const files = {
      list: () => [{ name: "mcp__a__b", description: "", argumentHint: "", skill: false }],
      expand: async (name: string) => (name === "mcp__a__b" ? { name, text: "from a file" } : null),
    }
    const commands = withServerPrompts(files, { servers: () => null, spillDir: () => "/" })
    expect(commands.list()).toHaveLength(1)
    expect((await commands.expand("mcp__a__b", "", turn))?.text).toBe("from a file")
    expect(await commands.expand("mcp__a__c", "", turn)).toBeNull()
  })
})

test("prompts and resources that a server gets while it runs are there after it said so", () =>
  withServers(
    { grow: { command: bun, args: [join(import.meta.dir, "growing-server.ts")] } },
    async ({ servers, run, until }) => {
      await servers.ready()
      expect(servers.prompts().map(({ name }) => name)).toEqual(["mcp__grow__first"])
      expect(await servers.resourceNames()).toEqual(["grow:grow://one"])
      await run("mcp__grow__grow")
      await until(() => servers.prompts().length === 2)
      expect(await servers.resourceNames()).toEqual(["grow:grow://one", "grow:grow://two"])
    },
  ))

describe("resources of a published server", () => {
  test("are named for completion and read where they are mentioned", () =>
    withServers({ every }, async ({ servers, folder }) => {
      await servers.ready()
      const names = await servers.resourceNames()
      const name = names[0] ?? ""
      expect(name).toMatch(/^every:[a-z]+:/)
      const where = {
        maxTokens: 25_000,
        spillDir: join(folder, "spill"),
        signal: AbortSignal.timeout(10_000),
      }
      const blocks = await readMentionedResource(servers, name, where)
      expect(JSON.stringify(blocks)).toContain("The person attached the resource")
      expect(blocks?.length).toBeGreaterThan(1)
      const gone = await readMentionedResource(servers, "every:demo://nothing/at/all", where)
      expect(JSON.stringify(gone)).toContain("cannot be read")
      expect(await readMentionedResource(servers, "https://example.com", where)).toBeNull()
      expect(await readMentionedResource(null, name, where)).toBeNull()
    }))
})
