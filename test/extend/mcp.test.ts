import { describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServers } from "../../src/extend/mcp/create-servers.ts"
import { mcpLimits } from "../../src/extend/mcp/limits.ts"
import { bun, DEADLINE_MS, everything, filesystem, stateOf, toyServer, withServers } from "./servers-rig.ts"

/** It is there and not only waiting to be fetched by its parent. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

const stdio = (script: string, ...args: string[]) => ({ command: bun, args: [script, ...args] })
const toy = (mode = "plain", ...args: string[]) => stdio(toyServer, mode, ...args)

describe("a published server over stdio", () => {
  test("brings its tools, with the schemas it gave, and they work", () =>
    withServers({ every: stdio(everything, "stdio") }, async ({ servers, run, tool }) => {
      await servers.ready()
      expect(stateOf(servers, "every")).toBe("connected")
      expect(tool("mcp__every__echo").inputSchema).toMatchObject({
        type: "object",
        properties: { message: { type: "string" } },
        required: ["message"],
      })
      const { output } = await run("mcp__every__echo", { message: "hello" })
      expect(output).toMatchObject({ content: "Echo: hello" })
      expect(output.isError).toBeUndefined()
    }))

  test("gives images as images", () =>
    withServers({ every: stdio(everything, "stdio") }, async ({ servers, run }) => {
      await servers.ready()
      const { output } = await run("mcp__every__get-tiny-image")
      expect(output.content).toContainEqual(
        expect.objectContaining({
          type: "image",
          source: expect.objectContaining({ type: "base64", media_type: "image/png" }),
        }),
      )
    }))

  test("tells its progress while it works", () =>
    withServers({ every: stdio(everything, "stdio") }, async ({ servers, run }) => {
      await servers.ready()
      const { progress } = await run("mcp__every__trigger-long-running-operation", { duration: 1, steps: 4 })
      expect(progress.at(-1)).toMatch(/4$/)
    }))

  test("offers its resources through the two resource tools", () =>
    withServers({ every: stdio(everything, "stdio") }, async ({ servers, run }) => {
      await servers.ready()
      const { output: list } = await run("ListMcpResourcesTool")
      const [first] = list.data as { uri: string; server: string }[]
      expect(first?.server).toBe("every")
      const { output } = await run("ReadMcpResourceTool", { server: "every", uri: first?.uri })
      expect(String(output.content)).toContain(`[Resource ${first?.uri}]`)
      const folder = (first?.uri ?? "").replace(/\/[^/]*$/, "")
      const { output: below } = await run("ReadMcpResourceDirTool", { server: "every", uri: folder })
      expect((below.data as { resources: unknown[] }).resources).toContainEqual(
        expect.objectContaining({ uri: first?.uri }),
      )
      const { output: unknown } = await run("ReadMcpResourceTool", { server: "nobody", uri: "x:y" })
      expect(unknown).toMatchObject({
        isError: true,
        content: expect.stringContaining("Available servers: every"),
      })
    }))

  test("is asked for the folders of the session", () =>
    withServers({ files: stdio(filesystem) }, async ({ servers, run, folder }) => {
      writeFileSync(join(folder, "a.txt"), "from disk")
      await servers.ready()
      // It asks for the folders after the handshake, so the first calls may come too early.
      const read = async () =>
        String((await run("mcp__files__read_text_file", { path: join(folder, "a.txt") })).output.content)
      const deadline = Date.now() + DEADLINE_MS
      let content = await read()
      while (content.includes("Access denied") && Date.now() < deadline) content = await read()
      expect(content).toContain("from disk")
      const { output: outside } = await run("mcp__files__read_text_file", { path: "/etc/hostname" })
      expect(outside.isError).toBe(true)
    }))

  test("that only reads may run beside others", () =>
    withServers({ files: stdio(filesystem) }, async ({ servers, tool, folder }) => {
      await servers.ready()
      const place = { cwd: folder, home: folder }
      expect(tool("mcp__files__read_text_file").access({}, place)).toMatchObject([
        { kind: "mcp", readOnly: true },
      ])
      expect(tool("mcp__files__write_file").access({}, place)).toMatchObject([
        { kind: "mcp", readOnly: false },
      ])
    }))
})

describe("a published server over HTTP", () => {
  for (const [type, path] of [
    ["http", "streamableHttp"],
    ["sse", "sse"],
  ] as const) {
    test(`${type}: connects and answers`, async () => {
      const port = await freePort()
      const child = Bun.spawn([bun, everything, path], {
        env: { ...process.env, PORT: String(port) },
        stdio: ["ignore", "ignore", "ignore"],
      })
      const url = `http://127.0.0.1:${port}/${type === "sse" ? "sse" : "mcp"}`
      try {
        await listening(port)
        await withServers({ far: { type, url } }, async ({ servers, run }) => {
          await servers.ready()
          expect(stateOf(servers, "far")).toBe("connected")
          const { output } = await run("mcp__far__echo", { message: "over the wire" })
          expect(output.content).toBe("Echo: over the wire")
        })
      } finally {
        child.kill()
        await child.exited
      }
    })
  }

  test("that asks for a sign-in is not called broken", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response("who are you", { status: 401 }) })
    await withServers({ locked: { type: "http", url: server.url.href } }, async ({ servers, notices }) => {
      await servers.ready()
      expect(stateOf(servers, "locked")).toBe("needs-auth")
      expect(notices.join()).toContain("wants a sign-in")
    })
    await server.stop(true)
  })

  test("that never answers ends at its deadline", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Promise<Response>(() => {}) })
    await withServers(
      { mute: { type: "http", url: server.url.href } },
      async ({ servers, until }) => {
        await until(() => stateOf(servers, "mute") === "failed")
        expect(servers.status()).toMatchObject([{ error: "did not answer within 0.3 s" }])
      },
      { connectMs: 300 },
    )
    await server.stop(true)
  })

  test("that is not there is tried again, then named with its reason", () =>
    withServers({ gone: { type: "http", url: "http://127.0.0.1:9/mcp" } }, async ({ servers, until }) => {
      await until(() => stateOf(servers, "gone") === "failed")
      expect(servers.status()[0]?.error).toContain("Unable to connect")
    }))
})

describe("a server that misbehaves holds nobody up", () => {
  test("one that says nothing fails at its deadline, the others work meanwhile", () =>
    withServers(
      { silent: toy("silent"), well: toy() },
      async ({ servers, run, until }) => {
        await until(() => stateOf(servers, "well") === "connected")
        expect((await run("mcp__well__env")).output.isError).toBeUndefined()
        await until(() => stateOf(servers, "silent") === "failed")
        expect(servers.status().find(({ name }) => name === "silent")?.error).toContain(
          "did not answer within",
        )
      },
      { connectMs: 2_000 },
    ))

  test("one that crashes is named with its exit code and last words", () =>
    withServers({ crash: toy("crash") }, async ({ servers }) => {
      await servers.ready()
      expect(servers.status()).toMatchObject([
        { status: "failed", error: "the process ended with exit code 3: no database to talk to" },
      ])
    }))

  test("one that does not exist is named", () =>
    withServers({ none: { command: "no-such-program-here" } }, async ({ servers }) => {
      await servers.ready()
      expect(servers.status()).toMatchObject([{ status: "failed" }])
      expect(servers.status()[0]?.error).toContain("no-such-program-here")
    }))

  test("one that prints without end is stopped", () =>
    withServers(
      { flood: toy("endless-line") },
      async ({ servers }) => {
        await servers.ready()
        expect(stateOf(servers, "flood")).toBe("failed")
      },
      { connectMs: 8_000 },
    ))

  test("one that dies during a call gives an error result, and lives again at the next call", () =>
    withServers({ toy: toy() }, async ({ servers, run, until }) => {
      await servers.ready()
      const { output } = await run("mcp__toy__die")
      expect(output.isError).toBe(true)
      await until(() => stateOf(servers, "toy") === "failed")
      expect((await run("mcp__toy__env")).output.isError).toBeUndefined()
      expect(stateOf(servers, "toy")).toBe("connected")
    }))

  test("a call that is interrupted is cancelled at the server", () =>
    withServers({ toy: toy("plain", "cancelled") }, async ({ servers, run, until, folder }) => {
      await servers.ready()
      const abort = new AbortController()
      const running = run("mcp__toy__wait", {}, abort.signal)
      setTimeout(() => abort.abort(new Error("stop")), 100)
      await expect(running).rejects.toThrow()
      await until(() => existsSync(join(folder, "cancelled")))
    }))

  test("a call has a deadline of its own", () =>
    withServers({ toy: { ...toy(), timeout: 1_000 } }, async ({ servers, run }) => {
      await servers.ready()
      const { output } = await run("mcp__toy__wait")
      expect(output).toMatchObject({ isError: true, content: expect.stringContaining("timed out") })
    }))

  test("a call without a sign of life is given up after a while, one that tells its progress is not", () =>
    withServers(
      { toy: toy(), every: stdio(everything, "stdio") },
      async ({ servers, run }) => {
        await servers.ready()
        const { output } = await run("mcp__toy__wait")
        expect(output).toMatchObject({ isError: true, content: "The server gave no sign of life for 0.8 s." })
        const work = { duration: 2, steps: 8 }
        const { output: done } = await run("mcp__every__trigger-long-running-operation", work)
        expect(done.isError).toBeUndefined()
      },
      { idleMs: 800 },
    ))

  test("a call that takes long goes on in the background, and its result is in a file", () =>
    withServers(
      { every: stdio(everything, "stdio"), toy: toy() },
      async ({ servers, run, tasks, ends }) => {
        await servers.ready()
        const work = { duration: 1, steps: 2 }
        const { output } = await run("mcp__every__trigger-long-running-operation", work)
        const [task] = tasks.list()
        expect(String(output.content)).toContain(`in the background as task ${task?.id}`)
        await tasks.idle()
        expect(readFileSync(task?.outputFile ?? "", "utf8")).toContain("Long running operation completed")
        expect(ends).toEqual(["every trigger-long-running-operation has its result"])
        // What is stopped there ends at the server, too.
        await run("mcp__toy__wait")
        const waiting = tasks.list().find(({ status }) => status === "running")
        expect(tasks.stop(waiting?.id ?? "")).toBe(true)
        await tasks.idle()
        expect(tasks.get(waiting?.id ?? "")?.status).toBe("killed")
      },
      { backgroundMs: 200 },
    ))

  test("one that hears no signal and has children of its own is gone when it is closed", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "ccts-stubborn-")), "pids")
    await withServers({ deaf: toy("stubborn", file) }, async ({ servers }) => {
      await servers.ready()
      expect(stateOf(servers, "deaf")).toBe("connected")
    })
    const pids = JSON.parse(readFileSync(file, "utf8")) as number[]
    expect(pids).toHaveLength(3)
    const deadline = Date.now() + DEADLINE_MS
    const left = () => pids.filter(isRunning)
    while (left().length > 0 && Date.now() < deadline) await Bun.sleep(20)
    expect(left()).toEqual([])
  })

  test("two thousand announcements of new tools cost one or two lists, and the tool is there", () =>
    withServers({ toy: toy() }, async ({ servers, run, tool, until }) => {
      await servers.ready()
      await run("mcp__toy__either", { a: "x" })
      await until(() => servers.tools().some(({ name }) => name === "mcp__toy__grown"))
      expect(tool("mcp__toy__grown")).toBeDefined()
    }))
})

describe("what the model sees", () => {
  test("a result that is too long is in a file, its beginning is shown, and the person hears of it", () =>
    withServers({ toy: toy() }, async ({ servers, run, notices }) => {
      await servers.ready()
      const { output } = await run("mcp__toy__long_text")
      const text = String(output.content)
      expect(text.length).toBeLessThan(10_000)
      const file = /All of it is in (\S+);/.exec(text)?.[1] ?? ""
      expect(readFileSync(file, "utf8")).toHaveLength(500_000)
      expect(notices.join()).toContain("the result of long text is large (about 125000 tokens)")
    }))

  test("alternatives at the root of a schema become one object, and the description says so", () =>
    withServers({ toy: toy() }, async ({ servers, tool }) => {
      await servers.ready()
      const { inputSchema, prompt } = tool("mcp__toy__either")
      expect(inputSchema).toEqual({
        type: "object",
        properties: { a: { type: "string" }, b: { type: "string" } },
      })
      expect(prompt).toContain("a | b")
    }))

  test("instructions of servers are gathered by name", () =>
    withServers({ toy: toy() }, async ({ servers }) => {
      await servers.ready()
      expect(servers.instructions()).toBe("## toy\nUse the toys with care.")
    }))

  test("tools come in an order that does not depend on who was first", () =>
    withServers({ b: toy(), a: toy() }, async ({ servers }) => {
      await servers.ready()
      const names = servers.tools().map(({ name }) => name)
      expect(names).toEqual([...names].sort())
    }))

  test("a child knows the project and gets the variables of its entry", () =>
    withServers({ toy: { ...toy(), env: { TOY: "yes" } } }, async ({ servers, run, folder }) => {
      await servers.ready()
      const { output } = await run("mcp__toy__env")
      expect(JSON.parse(String(output.content))).toMatchObject({
        TOY: "yes",
        CLAUDE_PROJECT_DIR: folder,
        CLAUDECODE: "1",
        cwd: folder,
      })
    }))
})

test("where only named variables may go along, a child gets those of its entry and what a program needs", async () => {
  const servers = createServers({
    entries: [
      {
        name: "toy",
        scope: "user",
        config: { type: "stdio", command: bun, args: [toyServer, "plain"], env: { TOY: "own" } },
      },
    ],
    problems: [],
    around: {
      env: { PATH: process.env.PATH ?? "", MY_TOKEN: "secret" },
      plainEnv: true,
      projectDir: tmpdir(),
      roots: [],
      sessionId: "s",
    },
    limits: mcpLimits({}),
    onChange() {},
    onNotice() {},
  })
  servers.start()
  await servers.ready()
  const result = JSON.stringify(await servers.call("mcp__toy__env", {}, AbortSignal.timeout(DEADLINE_MS)))
  expect(result).toContain("own")
  expect(result).toContain("PATH")
  expect(result).not.toContain("MY_TOKEN")
  await servers.close()
})

describe("servers change while a session runs", () => {
  test("they are added, kept and removed by the host", () =>
    withServers({}, async ({ servers }) => {
      expect(await servers.setDynamic({ one: toy(), bad: { url: "http://x" } })).toMatchObject({
        added: ["one"],
        removed: [],
        errors: { bad: expect.stringContaining('has a "url" but no "type"') },
      })
      expect(stateOf(servers, "one")).toBe("connected")
      expect(await servers.setDynamic({ one: toy() })).toEqual({ added: [], removed: [], errors: {} })
      expect(await servers.setDynamic({})).toEqual({ added: [], removed: ["one"], errors: {} })
      expect(servers.tools()).toEqual([])
    }))

  test("they are switched off and on", () =>
    withServers({ toy: toy() }, async ({ servers }) => {
      await servers.ready()
      await servers.toggle("toy", false)
      expect([stateOf(servers, "toy"), servers.tools().length]).toEqual(["disabled", 0])
      await servers.toggle("toy", true)
      expect(stateOf(servers, "toy")).toBe("connected")
      await servers.reconnect("toy")
      expect(stateOf(servers, "toy")).toBe("connected")
      await expect(servers.reconnect("nobody")).rejects.toThrow("Server not found: nobody")
    }))
})

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, fetch: () => new Response() })
  const { port = 0 } = server
  await server.stop(true)
  return port
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (Date.now() < deadline) {
    const there = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
    if (there) return
    await Bun.sleep(50)
  }
  throw new Error("the server did not start")
}
