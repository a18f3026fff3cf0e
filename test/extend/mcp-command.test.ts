import { describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { desktopServers, freeName } from "../../src/cli/desktop-servers.ts"
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
    expect(await refused("add", "-H", "A: b", "a", "cmd")).toContain("--header is for http and sse")
    expect(await refused("add", "--client-id", "c", "a", "cmd")).toContain("are for http and sse servers")
    expect(await refused("add", "-t", "http", "a", "https://x.example", "--callback-port", "0")).toContain(
      "Invalid callback port: 0",
    )
    expect(await refused("add", "-t", "http", "a", "https://x.example", "--client-secret")).toBe(
      "--client-secret needs --client-id",
    )
    expect(await refused("add", "-t", "ws", "a", "wss://x.example")).toContain("Invalid transport type: ws")
    expect(await refused("add", "a")).toContain("missing required argument 'commandOrUrl'")
    expect(await refused("add", "--wrong", "a", "b")).toContain("unknown option '--wrong'")
    expect(await refused("remove", "toy", "-s", "user")).toBe(
      "No MCP server found with name: toy in user config",
    )
    expect(await refused("get", "nobody")).toBe("No MCP server found with name: nobody")
    expect(await refused("add-json", "b", "{")).toContain("Invalid JSON")
    expect(await refused("add-json", "b", '{"url": "https://x"}')).toContain('has a "url" but no "type"')
    expect(await refused("remove", "nobody")).toBe("No MCP server found with name: nobody")
  })

  test("writes what an http server needs to sign in, several headers, and says what it did", async () => {
    const { run, cwd, state } = place()
    const { stdout } = await run(
      ...[
        "add",
        "-t",
        "http",
        "--client-id",
        "abc",
        "--callback-port",
        "8123",
        "far",
        "https://x.example/mcp",
      ],
      ...["-H", "A: 1", "B: x: y"],
    )
    expect(stdout).toBe(
      `Added HTTP MCP server far with URL: https://x.example/mcp to local config\nFile modified: ${state}\n`,
    )
    expect(json(state).projects[cwd].mcpServers.far).toEqual({
      type: "http",
      url: "https://x.example/mcp",
      headers: { A: "1", B: "x: y" },
      oauth: { clientId: "abc", callbackPort: 8123 },
    })
    const plain = await run("add", "near", "https://x.example/mcp")
    expect([plain.code, plain.stderr.includes("looks like an address")]).toEqual([0, true])
    expect((await run("add-json", "web", '{"type": "ws", "url": "wss://x.example"}')).stdout).toContain(
      "Added WebSocket MCP server web",
    )
  })

  test("a name in two scopes is removed only where it is said to be", async () => {
    const { run } = place()
    await run("add", "toy", "x")
    await run("add", "-s", "user", "toy", "x")
    const { code, stderr } = await run("remove", "toy")
    expect([code, stderr]).toEqual([1, expect.stringContaining("exists in several scopes: local")])
    expect((await run("remove", "toy", "-s", "user")).stdout).toContain(
      "Removed MCP server toy from user config",
    )
    expect((await run("remove", "toy")).stdout).toContain("from local config")
  })

  test("forgets what was said about the project's servers", async () => {
    const { run, cwd } = place()
    mkdirSync(join(cwd, ".claude"))
    const file = join(cwd, ".claude", "settings.local.json")
    writeFileSync(
      file,
      JSON.stringify({ enabledMcpjsonServers: ["a"], disabledMcpjsonServers: ["b"], model: "x" }),
    )
    expect((await run("reset-project-choices")).code).toBe(0)
    expect(json(file)).toEqual({ model: "x" })
  })

  test("takes over the servers of the desktop app under names that are free", () => {
    const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-desktop-")))
    const folder = join(home, "Library", "Application Support", "Claude")
    mkdirSync(folder, { recursive: true })
    const desktop = { platform: "darwin", home, env: {}, windowsUsers: join(home, "none") } as const
    expect(() => desktopServers(desktop)).toThrow("has no configuration here")
    const servers = { "my files": { command: "npx", args: ["x"] }, odd: { url: "https://x" } }
    writeFileSync(join(folder, "claude_desktop_config.json"), JSON.stringify({ mcpServers: servers }))
    const found = desktopServers(desktop)
    expect(found.servers).toEqual([{ name: "my_files", entry: servers["my files"] }])
    expect(found.problems).toHaveLength(1)
    expect(() => desktopServers({ ...desktop, platform: "linux" })).toThrow("macOS, Windows and WSL only")
    const taken = new Set(["a", "a_1"])
    expect(freeName("a", (name) => taken.has(name))).toBe("a_2")
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
    const { stdout: shown } = await run("get", "toy")
    expect(shown).toContain("Scope: local")
    expect(shown).toContain("To remove this server: ccts mcp remove toy -s local")
    expect((await run("remove", "toy")).code).toBe(0)
    expect((await run("get", "toy")).code).toBe(1)
  })
})
