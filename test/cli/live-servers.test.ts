import { describe, expect, test } from "bun:test"
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { configuredServers } from "../../src/cli/configured-servers.ts"
import { followServers } from "../../src/cli/live-servers.ts"
import { type Prepared, readConfig } from "../../src/cli/prepare.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import { createServers } from "../../src/extend/mcp/create-servers.ts"
import { mcpLimits } from "../../src/extend/mcp/limits.ts"
import type { McpFile } from "../../src/extend/mcp/read-config.ts"
import type { Servers } from "../../src/extend/mcp/servers.ts"
import { bun, everything, filesystem, stateOf, toyServer } from "../extend/servers-rig.ts"
import { tempDir } from "../sessions/support.ts"

const every = { command: bun, args: [everything, "stdio"] }
const toy = (...more: string[]) => ({ command: bun, args: [toyServer, "plain", ...more] })

interface Setup {
  readonly headless?: boolean
  readonly flag?: object
  before?(write: (name: string, content: unknown) => void): void
}

async function session({ headless = true, flag, before }: Setup = {}) {
  const dir = tempDir()
  const top = realpathSync(dir.path)
  const [home, cwd] = [join(top, "home"), join(top, "work")]
  for (const path of [home, cwd]) mkdirSync(path)
  const paths = configPaths({ HOME: home }, { managedDir: join(top, "managed") })
  const write = (name: string, content: unknown) => {
    const file = join(top, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, typeof content === "string" ? content : JSON.stringify(content))
    renameSync(`${file}.new`, file)
  }
  before?.(write)
  const flagFile = join(top, "flag.json")
  if (flag !== undefined) write("flag.json", { mcpServers: flag })
  const start = {
    flags: flag === undefined ? {} : { mcpConfig: [flagFile] },
    cwd,
    paths,
    trusted: true,
    headless,
  }
  const env = { PATH: process.env.PATH ?? "", HOME: home }
  const prepared: Prepared = {
    ...start,
    config: readConfig(start),
    env,
    state: openState(paths),
    mode: "default",
    modes: ["default"],
    additionalRoots: [],
  }
  const said: string[] = []
  const flagFiles = new Map<string, McpFile>()
  const first = await configuredServers(prepared, flagFiles)
  let servers: Servers | null = null
  const openServers = async () => {
    servers ??= createServers({
      entries: first.entries,
      problems: first.problems,
      around: { env, projectDir: cwd, roots: [cwd], sessionId: "s" },
      limits: mcpLimits({}),
      onChange() {},
      onNotice: (line) => said.push(line),
    })
    return servers
  }
  if (first.entries.length > 0) (await openServers()).start()
  const following = followServers(prepared, {
    first,
    flagFiles,
    servers: () => servers,
    openServers,
    said: (_, text) => said.push(text),
  })
  return {
    top,
    cwd,
    said,
    write,
    remove: (name: string) => rmSync(join(top, name)),
    state: (name: string) => (servers === null ? "absent" : stateOf(servers, name)),
    servers: () => servers as Servers,
    async until(what: string, done: () => boolean) {
      const deadline = Date.now() + 15_000
      while (!done()) {
        if (Date.now() > deadline)
          throw new Error(`waited too long for ${what}: ${JSON.stringify({ said, now: servers?.status() })}`)
        await Bun.sleep(10)
      }
    },
    async [Symbol.asyncDispose]() {
      following.end()
      await servers?.close()
      dir[Symbol.dispose]()
    },
  }
}

/** The process of a toy server. */
async function pidOf(servers: Servers, name: string): Promise<number> {
  const { content } = await servers.call(`mcp__${name}__env`, {}, AbortSignal.timeout(10_000))
  const [block] = content as { text: string }[]
  return JSON.parse(block?.text ?? "{}").pid
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe("MCP servers that change while a session runs", () => {
  test("one that is written into .mcp.json connects and brings its tools; one that is taken out is gone", async () => {
    await using it = await session()
    it.write("work/.mcp.json", { mcpServers: { every, toy: toy() } })
    await it.until("both", () => it.state("every") === "connected" && it.state("toy") === "connected")
    expect(
      it
        .servers()
        .tools()
        .map(({ name }) => name),
    ).toContain("mcp__every__echo")
    expect(it.said.join()).toContain("new: every, toy")
    const pid = await pidOf(it.servers(), "toy")
    it.write("work/.mcp.json", { mcpServers: { every } })
    await it.until("the end of the toy", () => it.state("toy") === "absent" && !runs(pid))
    expect(it.state("every")).toBe("connected")
    expect(
      it
        .servers()
        .tools()
        .map(({ name }) => name),
    ).not.toContain("mcp__toy__env")
    it.remove("work/.mcp.json")
    await it.until("the end of all", () => it.state("every") === "absent")
  })

  test("one whose entry changed connects anew, the others keep their process", async () => {
    await using it = await session({
      before: (write) => write("home/.claude.json", { mcpServers: { a: toy(), b: toy() } }),
    })
    await it.until("both", () => it.state("a") === "connected" && it.state("b") === "connected")
    const [a, b] = [await pidOf(it.servers(), "a"), await pidOf(it.servers(), "b")]
    it.write("home/.claude.json", { numStartups: 9, mcpServers: { a: toy("other"), b: toy() } })
    await it.until("the change", () => it.said.some((line) => line.includes("changed: a")))
    await it.until("a again", () => it.state("a") === "connected" && !runs(a))
    expect(await pidOf(it.servers(), "a")).not.toBe(a)
    expect(await pidOf(it.servers(), "b")).toBe(b)
  })

  test("a scope that comes nearer covers the farther one, and uncovers it again", async () => {
    await using it = await session({
      before: (write) => write("home/.claude.json", { mcpServers: { one: toy() } }),
    })
    await it.until("the user's", () => it.state("one") === "connected")
    it.write("home/.claude.json", {
      mcpServers: { one: toy() },
      projects: { [it.cwd]: { mcpServers: { one: { command: "no-such-program" } } } },
    })
    await it.until("the local one", () => it.state("one") === "failed")
    it.write("home/.claude.json", { mcpServers: { one: toy() } })
    await it.until("the user's again", () => it.state("one") === "connected")
  })

  test("a file that is broken for a moment takes no server away", async () => {
    await using it = await session({
      before: (write) => write("work/.mcp.json", { mcpServers: { toy: toy() } }),
    })
    await it.until("the toy", () => it.state("toy") === "connected")
    const pid = await pidOf(it.servers(), "toy")
    it.write("work/.mcp.json", '{"mcpServers": {"toy": ')
    await it.until("a word about it", () => it.said.some((line) => line.includes("is not valid JSON")))
    expect(it.state("toy")).toBe("connected")
    it.write("work/.mcp.json", { mcpServers: { toy: toy(), more: toy() } })
    await it.until("the other", () => it.state("more") === "connected")
    expect(await pidOf(it.servers(), "toy")).toBe(pid)
  })

  test("what --mcp-config named stays as it was at the start", async () => {
    await using it = await session({ flag: { fixed: toy() } })
    await it.until("the toy", () => it.state("fixed") === "connected")
    it.write("flag.json", { mcpServers: {} })
    it.write("work/.mcp.json", { mcpServers: { more: toy() } })
    await it.until("the other", () => it.state("more") === "connected")
    expect(it.state("fixed")).toBe("connected")
  })

  test("a settings file that forbids a server ends it", async () => {
    await using it = await session({
      before: (write) => write("work/.mcp.json", { mcpServers: { toy: toy() } }),
    })
    await it.until("the toy", () => it.state("toy") === "connected")
    it.write("work/.claude/settings.local.json", { disabledMcpjsonServers: ["toy"] })
    await it.until("its end", () => it.state("toy") === "disabled")
    it.write("work/.claude/settings.local.json", {})
    await it.until("its return", () => it.state("toy") === "connected")
  })

  test("a new server of the project waits for its yes where a person can give it", async () => {
    await using it = await session({ headless: false })
    it.write("work/.mcp.json", { mcpServers: { toy: toy() } })
    await it.until("a word", () => it.said.some((line) => line.includes("wait for your approval: toy")))
    expect(it.state("toy")).toBe("pending")
    it.write("work/.claude/settings.local.json", { enabledMcpjsonServers: ["toy"] })
    await it.until("the toy", () => it.state("toy") === "connected")
    // The yes was given to what stood there.
    it.write("work/.mcp.json", { mcpServers: { toy: toy("changed") } })
    await it.until("the question again", () => it.state("toy") === "pending")
  })

  test("a folder that is added is open to a server that asks for the session's folders", async () => {
    await using it = await session({
      before: (write) => {
        write("work/.mcp.json", { mcpServers: { files: { command: bun, args: [filesystem] } } })
        write("more/a.txt", "from the added folder")
      },
    })
    await it.until("the server", () => it.state("files") === "connected")
    const more = join(it.top, "more")
    const read = async () =>
      JSON.stringify(
        await it
          .servers()
          .call("mcp__files__read_text_file", { path: join(more, "a.txt") }, AbortSignal.timeout(10_000)),
      )
    expect(await read()).toContain("denied")
    it.servers().setRoots([it.cwd, more])
    const deadline = Date.now() + 10_000
    let text = await read()
    while (text.includes("denied") && Date.now() < deadline) text = await read()
    expect(text).toContain("from the added folder")
  })
})
