import { describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bun, toyServer } from "./servers-rig.ts"

const main = join(import.meta.dir, "../../src/main.ts")

interface Place {
  readonly cwd: string
  readonly state: string
  run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

function place(): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ccts-mcp-command-")))
  const cwd = join(root, "project")
  mkdirSync(cwd)
  const env = { PATH: process.env.PATH ?? "", HOME: root, CLAUDE_CONFIG_DIR: root }
  return {
    cwd,
    state: join(root, ".claude.json"),
    async run(...args) {
      const child = Bun.spawn([bun, main, "mcp", ...args], {
        cwd,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 20_000,
      })
      const [stdout, stderr, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { code, stdout, stderr }
    },
  }
}

const json = (file: string) => JSON.parse(readFileSync(file, "utf8"))

describe("ccts mcp", () => {
  test("adds to each scope's file and keeps what it does not know there", async () => {
    const { run, cwd, state } = place()
    writeFileSync(state, '{"numStartups": 7, "mcpServers": {"old": {"command": "x"}}}')
    expect(
      await run("add", "-s", "user", "-e", "A=1", "B=2", "mine", "--", "npx", "-y", "thing"),
    ).toMatchObject({ code: 0, stderr: "" })
    await run("add", "near", "cmd", "--flag")
    await run("add", "--transport=http", "--scope", "project", "far", "https://x.example/mcp", "-H", "K: V")
    expect(json(state)).toEqual({
      numStartups: 7,
      mcpServers: {
        old: { command: "x" },
        mine: { type: "stdio", command: "npx", args: ["-y", "thing"], env: { A: "1", B: "2" } },
      },
      projects: {
        [cwd]: { mcpServers: { near: { type: "stdio", command: "cmd", args: ["--flag"], env: {} } } },
      },
    })
    expect(json(join(cwd, ".mcp.json")).mcpServers.far).toEqual({
      type: "http",
      url: "https://x.example/mcp",
      headers: { K: "V" },
    })
  })

  test("refuses what cannot be, with one line", async () => {
    const { run } = place()
    await run("add-json", "toy", '{"command": "x"}')
    const refused = async (...args: string[]) => {
      const { code, stderr } = await run(...args)
      expect([code, stderr.trim().split("\n").length]).toEqual([1, 1])
      return stderr.trim()
    }
    expect(await refused("add", "toy", "x")).toBe("MCP server toy already exists in local config")
    expect(await refused("add", "a b", "x")).toContain("Invalid name")
    expect(await refused("add", "-s", "moon", "a", "x")).toContain("Invalid scope: moon")
    expect(await refused("add", "-t", "http", "a", "nowhere")).toBe("Invalid URL: nowhere")
    expect(await refused("add-json", "b", "{")).toContain("Invalid JSON")
    expect(await refused("add-json", "b", '{"url": "https://x"}')).toContain('has a "url" but no "type"')
    expect(await refused("remove", "nobody")).toBe("No MCP server found with name: nobody")
  })

  test("lists how servers are, shows one, removes it", async () => {
    const { run, cwd } = place()
    await run("add", "toy", bun, toyServer)
    await run("add", "crash", bun, toyServer, "crash")
    writeFileSync(join(cwd, ".mcp.json"), JSON.stringify({ mcpServers: { theirs: { command: "rm" } } }))
    const { stdout } = await run("list")
    expect(stdout).toContain(`toy: ${bun} ${toyServer} - ✔ Connected`)
    expect(stdout).toMatch(
      /crash: .* - ✘ Failed to connect \(the process ended with exit code 3: no database to talk to\)/,
    )
    expect(stdout).toContain("theirs: rm - ⏸ Pending approval")
    expect((await run("get", "toy")).stdout).toContain("Scope: local")
    expect((await run("remove", "toy")).code).toBe(0)
    expect((await run("get", "toy")).code).toBe(1)
  })
})
