import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { stateOf, withServers } from "./servers-rig.ts"

type Message = { readonly id?: number; readonly method?: string }

/** What a small server over a WebSocket or HTTP answers. */
function answer({ id, method }: Message): object | null {
  if (id === undefined) return null
  const result = (value: object) => ({ jsonrpc: "2.0", id, result: value })
  if (method === "initialize")
    return result({
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "small", version: "1" },
    })
  if (method === "tools/list") return result({ tools: [{ name: "hello", inputSchema: { type: "object" } }] })
  return result({ content: [{ type: "text", text: "hello" }] })
}

function webSocketServer(onOpen: (headers: Headers) => void, mode: "plain" | "garbage" | "hang" = "plain") {
  return Bun.serve<undefined, never>({
    port: 0,
    fetch(request, server) {
      onOpen(request.headers)
      const headers = { "sec-websocket-protocol": "mcp" }
      return server.upgrade(request, { headers, data: undefined })
        ? undefined
        : new Response("", { status: 400 })
    },
    websocket: {
      message(socket, text) {
        if (mode === "hang") return
        const message = JSON.parse(String(text)) as Message
        if (mode === "garbage") socket.send("{ no json")
        if (message.method === "tools/call" && mode === "garbage") return socket.terminate()
        const reply = answer(message)
        if (reply !== null) socket.send(JSON.stringify(reply))
      },
    },
  })
}

const address = (url: URL) => url.href.replace(/^http/, "ws")

describe("a server over a WebSocket", () => {
  test("connects with its headers and those of its helper, and its tools work", async () => {
    const seen: Headers[] = []
    const server = webSocketServer((headers) => seen.push(headers))
    const headersHelper = `printf '{"x-helper": "%s at %s"}' "$CLAUDE_CODE_MCP_SERVER_NAME" "$CLAUDE_CODE_MCP_SERVER_URL"`
    await withServers(
      { web: { type: "ws", url: address(server.url), headers: { "x-own": "1" }, headersHelper } },
      async ({ servers, run }) => {
        await servers.ready()
        expect(stateOf(servers, "web")).toBe("connected")
        expect((await run("mcp__web__hello")).output.content).toBe("hello")
        expect(seen[0]?.get("x-own")).toBe("1")
        expect(seen[0]?.get("x-helper")).toBe(`web at ${address(server.url)}`)
        expect(seen[0]?.get("user-agent")).toMatch(/^ccts\//)
      },
    )
    await server.stop(true)
  })

  test("that speaks garbage and hangs up is an error result, and is there again at the next call", async () => {
    const server = webSocketServer(() => {}, "garbage")
    await withServers({ web: { type: "ws", url: address(server.url) } }, async ({ servers, run, until }) => {
      await servers.ready()
      expect((await run("mcp__web__hello")).output.isError).toBe(true)
      await until(() => stateOf(servers, "web") === "connected")
    })
    await server.stop(true)
  })

  test("that never answers ends at its deadline, one that is not there is named", async () => {
    const server = webSocketServer(() => {}, "hang")
    await withServers(
      { mute: { type: "ws", url: address(server.url) }, gone: { type: "ws", url: "ws://127.0.0.1:9/" } },
      async ({ servers, until }) => {
        await until(() => servers.status().every(({ status }) => status === "failed"))
        expect(servers.status().map(({ error }) => error)).toEqual([
          expect.stringContaining("127.0.0.1:9"),
          "did not answer within 0.5 s",
        ])
      },
      { connectMs: 500 },
    )
    await server.stop(true)
  })
})

describe("a headers helper", () => {
  test("that fails, prints something else or hangs is named, without what it printed", () =>
    withServers(
      {
        code: { type: "http", url: "http://127.0.0.1:9/", headersHelper: "echo secret; exit 4" },
        text: { type: "http", url: "http://127.0.0.1:9/", headersHelper: "echo secret" },
        split: {
          type: "http",
          url: "http://127.0.0.1:9/",
          headersHelper: `printf '%s' '{"a": "secret\\nb"}'`,
        },
        slow: { type: "http", url: "http://127.0.0.1:9/", headersHelper: "sleep 60" },
      },
      async ({ servers, until }) => {
        await until(() => servers.status().every(({ status }) => status === "failed"))
        const errors = Object.fromEntries(servers.status().map(({ name, error }) => [name, error]))
        expect(errors).toEqual({
          code: "its headersHelper ended with exit code 4",
          text: "its headersHelper printed no JSON",
          split: "its headersHelper printed an invalid header",
          slow: "did not answer within 1 s",
        })
      },
      { connectMs: 1_000 },
    ))

  test("runs anew for every connection", async () => {
    const tokens: (string | null)[] = []
    const server = Bun.serve({
      port: 0,
      async fetch(request) {
        if (request.method !== "POST") return new Response("", { status: 405 })
        tokens.push(request.headers.get("x-token"))
        const reply = answer((await request.json()) as Message)
        return reply === null ? new Response(null, { status: 202 }) : Response.json(reply)
      },
    })
    await withServers({}, async ({ servers, folder }) => {
      const file = join(folder, "token")
      writeFileSync(file, "one")
      const headersHelper = `printf '{"x-token": "%s"}' "$(cat ${file})"`
      await servers.setDynamic({ far: { type: "http", url: server.url.href, headersHelper } })
      writeFileSync(file, "two")
      await servers.reconnect("far")
    })
    expect(new Set(tokens)).toEqual(new Set(["one", "two"]))
    await server.stop(true)
  })
})

describe("a server over HTTP that was started anew", () => {
  /** With sessions: one that it does not know is refused with 404, as the protocol says. */
  const start = (port = 0) => {
    const sessions = new Set<string>()
    return Bun.serve({
      port,
      async fetch(request) {
        if (request.method !== "POST") return new Response("", { status: 405 })
        const message = (await request.json()) as Message
        const known = request.headers.get("mcp-session-id")
        if (message.method !== "initialize" && !sessions.has(known ?? ""))
          return new Response("", { status: 404 })
        const id = known ?? crypto.randomUUID()
        sessions.add(id)
        const reply = answer(message)
        return reply === null
          ? new Response(null, { status: 202 })
          : Response.json(reply, { headers: { "mcp-session-id": id } })
      },
    })
  }

  test("gets a new session, and the call that found out is made again", async () => {
    const first = start()
    const port = first.port ?? 0
    await withServers({ far: { type: "http", url: first.url.href } }, async ({ servers, run, notices }) => {
      await servers.ready()
      await first.stop(true)
      const second = start(port)
      expect((await run("mcp__far__hello")).output.content).toBe("hello")
      expect(stateOf(servers, "far")).toBe("connected")
      expect(notices.join()).toContain("was lost")
      await second.stop(true)
    })
  })

  test("while it is away calls wait for it, a while", async () => {
    const first = start()
    const port = first.port ?? 0
    await withServers({ far: { type: "http", url: first.url.href } }, async ({ servers, run }) => {
      await servers.ready()
      await first.stop(true)
      const call = run("mcp__far__hello")
      await Bun.sleep(300)
      const second = start(port)
      expect((await call).output.content).toBe("hello")
      await second.stop(true)
    })
  })
})

describe("a server over HTTP that misbehaves", () => {
  test("an answer without end is cut off at its limit, the program goes on", async () => {
    const server = Bun.serve({
      port: 0,
      idleTimeout: 30,
      async fetch(request) {
        if (request.method !== "POST") return new Response("", { status: 405 })
        const message = (await request.json()) as Message
        if (message.method !== "tools/call") {
          const reply = answer(message)
          return reply === null ? new Response(null, { status: 202 }) : Response.json(reply)
        }
        const chunk = new Uint8Array(1024 * 1024).fill(32)
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(chunk),
          }),
          { headers: { "content-type": "application/json" } },
        )
      },
    })
    await withServers({ flood: { type: "http", url: server.url.href } }, async ({ servers, run }) => {
      await servers.ready()
      const { output } = await run("mcp__flood__hello")
      expect(output.isError).toBe(true)
      expect(String(output.content)).toContain("more than 64 MB")
    })
    await server.stop(true)
  })
})
