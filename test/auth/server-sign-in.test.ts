import { describe, expect, test } from "bun:test"
import { readFileSync, realpathSync, statSync } from "node:fs"
import { join } from "node:path"
import { serverRecords } from "../../src/auth/server-records.ts"
import { signInToServer, signOutOfServer } from "../../src/auth/server-sign-in.ts"
import { serverTokens } from "../../src/auth/server-tokens.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"
import { authorizationServer } from "./authorization-server.ts"
import { guardedServer } from "./guarded-server.ts"

const signal = AbortSignal.timeout(60_000)

function home() {
  const dir = tempDir()
  const path = realpathSync(dir.path)
  const paths = configPaths({ HOME: path })
  return { paths, env: {} as Readonly<Record<string, string>>, [Symbol.dispose]: () => dir[Symbol.dispose]() }
}

describe("signing in to an MCP server", () => {
  test("finds the service, registers, signs in with PKCE, and keeps the tokens for its owner only", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    let address = ""
    await signInToServer(target, {
      ...place,
      signal,
      onUrl: (url) => {
        address = url
        void service.browse(url)
      },
    })
    const query = new URL(address).searchParams
    expect(query.get("code_challenge_method")).toBe("S256")
    expect(query.get("scope")).toBe("offline_access")
    expect(query.get("resource")).toBe(server.url)
    expect(service.events).toContain("registered")
    const file = join(place.paths.ownDir, "credentials.json")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const token = await serverTokens(target, place).token(signal)
    expect(await service.knows(token ?? "")).toBe(true)
    expect(readFileSync(file, "utf8")).toContain(token ?? "-")
    // Another server under that name gets nothing.
    const other = { ...target, url: "https://elsewhere.example/mcp" }
    expect(await serverTokens(other, place).token(signal)).toBeNull()
  })

  test("a second sign-in uses the registration of the first where its port is free", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    const options = { ...place, signal, onUrl: (url: string) => void service.browse(url) }
    await signInToServer(target, options)
    await signInToServer(target, options)
    expect(service.events.filter((event) => event === "registered")).toHaveLength(1)
  })

  test("a configured client, port and scope are used as they are", async () => {
    await using service = await authorizationServer()
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") })
    const callbackPort = probe.port ?? 0
    await probe.stop(true)
    const target = {
      name: "guarded",
      url: server.url,
      headers: {},
      oauth: { clientId: "ccts-of-a-person", callbackPort, scopes: "openid" },
    }
    let address = ""
    await signInToServer(target, {
      ...place,
      signal,
      onUrl: (url) => {
        address = url
        void service.browse(url)
      },
    })
    const query = new URL(address).searchParams
    expect(query.get("client_id")).toBe("ccts-of-a-person")
    expect(query.get("redirect_uri")).toBe(`http://localhost:${callbackPort}/callback`)
    expect(query.get("scope")).toBe("openid offline_access")
  })

  test("the port of MCP_OAUTH_CALLBACK_PORT is used; one that is taken is named", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") })
    const target = { name: "guarded", url: server.url, headers: {} }
    const env = { MCP_OAUTH_CALLBACK_PORT: String(taken.port) }
    expect(signInToServer(target, { ...place, env, signal, onUrl: () => {} })).rejects.toThrow(
      `port ${taken.port} of this machine is taken`,
    )
    await taken.stop(true)
  })

  test("the address that a browser elsewhere ended at can be pasted", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    const pasted = Promise.withResolvers<string>()
    const wrong: string[] = []
    await signInToServer(target, {
      ...place,
      signal,
      onUrl: (url) => void service.answerOf(url).then(pasted.resolve),
      pasted: (async function* () {
        yield "nonsense"
        yield await pasted.promise
      })(),
      onWrongPaste: (line) => wrong.push(line),
    })
    expect(wrong).toHaveLength(1)
    expect(await serverTokens(target, place).token(signal)).not.toBeNull()
  })

  test("signing out voids the tokens and forgets them", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    await signInToServer(target, { ...place, signal, onUrl: (url) => void service.browse(url) })
    const token = await serverTokens(target, place).token(signal)
    expect(await signOutOfServer(target, place)).toEqual({ removed: true, revoked: true })
    expect(await service.knows(token ?? "")).toBe(false)
    expect(await serverTokens(target, place).token(signal)).toBeNull()
    expect(await signOutOfServer(target, place)).toEqual({ removed: false, revoked: false })
  })
})

describe("a token that ends", () => {
  test("is renewed once, however many ask, and a renewed one is used by all", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    await signInToServer(target, { ...place, signal, onUrl: (url) => void service.browse(url) })
    // Three of one process and one of another that knows nothing of it.
    const [one, other] = [serverTokens(target, place), serverTokens(target, place)]
    const first = await one.token(signal)
    await other.token(signal)
    const fresh = await Promise.all([
      one.renew(first, signal),
      one.renew(first, signal),
      one.renew(first, signal),
      other.renew(first, signal),
    ])
    expect(new Set(fresh).size).toBe(1)
    expect(fresh[0]).not.toBe(first)
    expect(service.events.filter((event) => event === "refresh token consumed")).toHaveLength(1)
    expect(await service.knows(fresh[0] ?? "")).toBe(true)
  })

  test("is given up when the service refuses to renew it; nothing is registered for that", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    await signInToServer(target, { ...place, signal, onUrl: (url) => void service.browse(url) })
    const tokens = serverTokens(target, place)
    const first = await tokens.token(signal)
    const records = serverRecords(place.paths, place.env)
    const { tokens: kept } = await records.read(target)
    if (kept === null) throw new Error("no tokens")
    await records.write(target, { tokens: { ...kept, refresh_token: "wrong" } })
    expect(await tokens.renew(first, signal)).toBeNull()
    expect((await records.read(target)).tokens).toBeNull()
    expect(service.events.filter((event) => event === "registered")).toHaveLength(1)
  })
})

describe("a server or service that lies", () => {
  const answers = (handle: (url: URL, base: string) => Response | Promise<Response>) => {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, { url }) => handle(new URL(request.url), url.origin),
    })
    return {
      base: server.url.origin,
      [Symbol.asyncDispose]: () => server.stop(true),
    }
  }
  const json = (value: unknown) => Response.json(value)
  const metadata = (base: string, more: object = {}) => ({
    issuer: base,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/reg`,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    ...more,
  })
  const attempt = async (base: string, onUrl: (url: string) => void = () => {}) => {
    using place = home()
    const target = { name: "x", url: `${base}/mcp`, headers: {} }
    const failure = await signInToServer(target, { ...place, signal, timeoutMs: 5_000, onUrl }).then(
      () => "signed in",
      (error: Error) => error.message,
    )
    expect(failure.split("\n")).toHaveLength(1)
    return failure
  }

  test("that names no place to sign in is said so", async () => {
    await using server = await guardedServer({ issuer: null, knows: async () => false })
    expect(await attempt(server.base)).toContain("names no place to sign in")
    using place = home()
    const target = { name: "x", url: server.url, headers: {} }
    expect(await serverTokens(target, place).offersSignIn(signal)).toBe(false)
  })

  test("that wants a sign-in without https, or at an odd address, gets none", async () => {
    const opened: string[] = []
    await using plain = answers((url, base) =>
      url.pathname.startsWith("/.well-known/oauth-authorization-server")
        ? json(metadata(base, { authorization_endpoint: "http://evil.example/auth" }))
        : url.pathname === "/reg"
          ? json({ client_id: "a", redirect_uris: ["http://localhost/callback"] })
          : new Response("", { status: url.pathname === "/mcp" ? 401 : 404 }),
    )
    expect(await attempt(plain.base, (url) => opened.push(url))).toContain("unsafe address")
    await using odd = answers((url, base) =>
      url.pathname.startsWith("/.well-known/oauth-authorization-server")
        ? json(metadata(base, { authorization_endpoint: "file:///etc/passwd" }))
        : url.pathname === "/reg"
          ? json({ client_id: "a", redirect_uris: ["http://localhost/callback"] })
          : new Response("", { status: url.pathname === "/mcp" ? 401 : 404 }),
    )
    expect(await attempt(odd.base, (url) => opened.push(url))).not.toBe("signed in")
    expect(opened).toEqual([])
  })

  test("that sends endless metadata is cut off", async () => {
    await using flood = answers((url) =>
      url.pathname === "/mcp" ? new Response("", { status: 401 }) : new Response("x".repeat(2 * 1024 * 1024)),
    )
    expect(await attempt(flood.base)).toContain("too long an answer")
  })

  test("that sends a token which is none keeps nothing", async () => {
    await using service = answers(async (url, base) => {
      if (url.pathname.startsWith("/.well-known/oauth-authorization-server")) return json(metadata(base))
      if (url.pathname === "/reg")
        return json({ client_id: "a", redirect_uris: ["http://localhost/callback"] })
      if (url.pathname === "/token") return json({ access_token: "a\nb: c", token_type: "bearer" })
      return new Response("", { status: url.pathname === "/mcp" ? 401 : 404 })
    })
    const said = await attempt(service.base, (url) => {
      const { searchParams } = new URL(url)
      const back = new URL(searchParams.get("redirect_uri") ?? "")
      back.searchParams.set("state", searchParams.get("state") ?? "")
      back.searchParams.set("code", "c")
      void fetch(back)
    })
    expect(said).toContain("cannot be used")
  })

  test("an answer of another service is not taken to this one", async () => {
    let asked = false
    await using service = answers(async (url, base) => {
      if (url.pathname.startsWith("/.well-known/oauth-authorization-server")) return json(metadata(base))
      if (url.pathname === "/reg")
        return json({ client_id: "a", redirect_uris: ["http://localhost/callback"] })
      if (url.pathname === "/token") asked = true
      return new Response("", { status: url.pathname === "/mcp" ? 401 : 404 })
    })
    const said = await attempt(service.base, (url) => {
      const { searchParams } = new URL(url)
      const back = new URL(searchParams.get("redirect_uri") ?? "")
      back.searchParams.set("state", searchParams.get("state") ?? "")
      back.searchParams.set("code", "c")
      back.searchParams.set("iss", "https://other.example")
      void fetch(back)
    })
    expect(said).toContain("another sign-in service")
    expect(asked).toBe(false)
  })

  test("nobody signs in: it ends by itself", async () => {
    await using service = await authorizationServer({ registration: true })
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    using place = home()
    const target = { name: "guarded", url: server.url, headers: {} }
    expect(signInToServer(target, { ...place, signal, timeoutMs: 200, onUrl: () => {} })).rejects.toThrow(
      "nobody signed in within 0.2 s",
    )
  })
})
