/** What WebFetch and WebSearch never do, and how far they go. */
import { afterAll, beforeAll, describe, expect, setSystemTime, test } from "bun:test"
import { createServer, type Server } from "node:http"
import { judgeHost, type Resolve } from "../../src/tools/web/address.ts"
import { convertPage } from "../../src/tools/web/convert.ts"
import { connect, fetchPage, parsePageUrl } from "../../src/tools/web/fetch-page.ts"
import { cachedPage, cachePage } from "../../src/tools/web/page-cache.ts"
import { webFetch } from "../../src/tools/web-fetch.ts"
import { webSearch } from "../../src/tools/web-search.ts"
import { call, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

const signal = new AbortController().signal
const answers =
  (table: Readonly<Record<string, readonly string[]>>): Resolve =>
  async (host) =>
    table[host] ?? []
const PUBLIC = "93.184.215.14"

describe("a name that leads into a private network is refused", () => {
  test.each([
    ["10.0.0.8"],
    ["127.0.0.1"],
    ["169.254.169.254"],
    ["172.16.0.1"],
    ["192.168.1.1"],
    ["100.64.0.1"],
    ["198.18.0.1"],
    ["0.0.0.0"],
    ["224.0.0.1"],
    ["::1"],
    ["fd00::1"],
    ["fe80::1"],
    ["ff02::1"],
    ["::ffff:10.0.0.8"],
    ["64:ff9b::10.0.0.8"],
    ["2002:a00:8::1"],
  ])("%s", async (address) => {
    const resolve = answers({ "inside.example": [PUBLIC, address] })
    const refusal = `inside.example leads to the private address ${address}`
    expect(await judgeHost("inside.example", { resolve })).toEqual({ refusal })
    expect(await judgeHost("INSIDE.example.", { resolve, proxied: true })).toEqual({ refusal })
    await expect(
      fetchPage(parsePageUrl("http://inside.example/x"), { env: {}, resolve }, signal),
    ).rejects.toThrow(`https://inside.example/x was not fetched: ${refusal}.`)
  })
  test("a public one is bound to the addresses it was judged by", async () => {
    expect(await judgeHost("out.example", { resolve: answers({ "out.example": [PUBLIC] }) })).toEqual({
      refusal: null,
      addresses: [PUBLIC],
    })
  })
  test("a name like a number is a name", async () => {
    const resolve = answers({ "127.evil.example": [PUBLIC] })
    expect(await judgeHost("127.evil.example", { resolve })).toEqual({ refusal: null, addresses: [PUBLIC] })
  })
})

describe("behind a proxy", () => {
  test.each([
    ["10.0.0.8", "10.0.0.8 is a private address; a proxy does not ask there"],
    ["192.168.0.1", "192.168.0.1 is a private address; a proxy does not ask there"],
    ["127.0.0.1", "127.0.0.1 is a private address; a proxy does not ask there"],
    ["[::1]", "::1 is a private address; a proxy does not ask there"],
    ["[fd00::1]", "fd00::1 is a private address; a proxy does not ask there"],
    ["169.254.169.254", "169.254.169.254 is a link-local address"],
    ["localhost", "localhost is this machine; a proxy does not ask there"],
    ["app.localhost", "app.localhost is this machine; a proxy does not ask there"],
  ])("%s is not handed over", async (host, why) => {
    expect((await judgeHost(host, { proxied: true, resolve: answers({}) })).refusal).toStartWith(why)
  })
  test("a name that only the proxy knows is its business", async () => {
    expect(await judgeHost("far.example", { proxied: true, resolve: answers({}) })).toEqual({
      refusal: null,
      addresses: [],
    })
    expect((await judgeHost("far.example", { resolve: answers({}) })).refusal).toBe(
      "the host far.example could not be found",
    )
  })
  describe("that is really asked", () => {
    let proxy: Server
    let port = 0
    const asked: string[] = []
    beforeAll(async () => {
      proxy = createServer((request, response) => {
        asked.push(request.url ?? "")
        response.end("through the proxy")
      })
      proxy.on("connect", (request, socket) => {
        asked.push(`CONNECT ${request.url}`)
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")
      })
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
      port = (proxy.address() as { port: number }).port
    })
    afterAll(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    test("it gets the name, not a number", async () => {
      const env = { HTTP_PROXY: `http://127.0.0.1:${port}` }
      const response = await connect(new URL("http://far.example/x"), [PUBLIC], env, {})
      expect(await response.text()).toBe("through the proxy")
      expect(asked).toContain("http://far.example/x")
    })
    test("for https, and nothing private reaches it", async () => {
      const env = { HTTPS_PROXY: `127.0.0.1:${port}` }
      const place = { env, resolve: answers({ "in.example": ["10.1.1.1"], "out.example": [PUBLIC] }) }
      await expect(fetchPage(parsePageUrl("http://out.example/"), place, signal)).rejects.toThrow(
        "out.example could not be reached",
      )
      await expect(fetchPage(parsePageUrl("http://in.example/"), place, signal)).rejects.toThrow(
        "in.example leads to the private address 10.1.1.1",
      )
      expect(asked).toContain("CONNECT out.example:443")
      expect(asked.filter((one) => one.includes("in.example"))).toEqual([])
    })
    test("NO_PROXY takes a host out of it: then the judged address is asked", async () => {
      const env = { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "near.example" }
      using near = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("near") })
      const url = new URL(`http://near.example:${near.port}/`)
      expect(await (await connect(url, ["127.0.0.1"], env, {})).text()).toBe("near")
    })
  })
})

describe("WebFetch stops", () => {
  const replies: Record<string, () => Response> = {
    "/private": () => Response.redirect("http://10.0.0.8/secret", 302),
    "/metadata": () => Response.redirect("http://169.254.169.254/latest", 307),
    "/port": () => Response.redirect("http://127.0.0.1:1/x", 301),
    "/file": () => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
    "/odd": () => new Response(null, { status: 302, headers: { location: "http://[" } }),
    "/silent": () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
    "/edge": () =>
      new Response(new Uint8Array(10 * 1024 * 1024).fill(97), { headers: { "content-type": "text/plain" } }),
    "/over": () => new Response(new Uint8Array(10 * 1024 * 1024 + 1)),
    "/empty": () => new Response("", { headers: { "content-type": "text/plain" } }),
    "/teapot": () => new Response("no", { status: 418, statusText: "I'm a teapot" }),
    "/part": () => new Response("x".repeat(100_001), { headers: { "content-type": "text/plain" } }),
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => replies[new URL(request.url).pathname]?.() ?? new Response("?", { status: 404 }),
  })
  afterAll(() => server.stop(true))
  const base = `https://127.0.0.1:${server.port}`
  const fetched = (path: string, ctx = session()) => text(webFetch, { url: base + path, prompt: "p" }, ctx)

  test.each([
    ["/private", "http://10.0.0.8/secret", "302 Found"],
    ["/metadata", "http://169.254.169.254/latest", "307 Temporary Redirect"],
    ["/port", "http://127.0.0.1:1/x", "301 Moved Permanently"],
    ["/file", "file:///etc/passwd", "302 Found"],
  ])("at a redirect to another host (%s), which is told and not asked", async (path, to, status) => {
    expect(await fetched(path)).toBe(
      `REDIRECT: ${base}${path} leads to another host.\nStatus: ${status}\nRedirect URL: ${to}\nIf that is what you want, call WebFetch again with url "${to}" and the same prompt.`,
    )
  })
  test.each([
    ["/odd", `${base}/odd redirects to an invalid address.`],
    ["/over", `${base}/over is larger than 10 MB.`],
    ["/empty", "The page is empty."],
    ["/teapot", `${base}/teapot answered 418 I'm a Teapot`],
  ])("%s", async (path, said) => {
    expect(await fetched(path)).toBe(said)
  })
  test("after its time, in the middle of a page", async () => {
    await expect(
      fetchPage(parsePageUrl(`${base}/silent`), { env: {}, timeoutMs: 200 }, signal),
    ).rejects.toThrow(`No answer from 127.0.0.1:${server.port} within 0.2 s.`)
  })
  test("at once when the turn is interrupted", async () => {
    const stop = new AbortController()
    const going = fetchPage(parsePageUrl(`${base}/silent`), { env: {} }, stop.signal)
    setTimeout(() => stop.abort(new Error("interrupted")), 20)
    await expect(going).rejects.toThrow("interrupted")
  })
  test("not at 10 MB, which it gives in parts of 30000 characters", async () => {
    const said = await fetched("/edge")
    expect(said).toEndWith(
      "[The page goes on: 10455760 of 10485760 characters follow. Continue with offset: 30000.]",
    )
    const past = await text(webFetch, { url: `${base}/edge`, prompt: "p", offset: 1e9 }, session())
    expect(past).toBe("The page ends before this offset.")
  })
  test("the small model reads 100000 characters at a time, and its failure is told", async () => {
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return "answer"
    }
    expect(await fetched("/part", session({ ask }))).toBe(
      "answer\n\n[The page goes on: 1 of 100001 characters follow. Continue with offset: 100000.]",
    )
    expect(asked[0]).toContain("x".repeat(100_000))
    const broken = session({ ask: () => Promise.reject(new Error("no credit")) })
    const output = await call(webFetch, { url: `${base}/part`, prompt: "p" }, broken)
    expect(output).toMatchObject({ isError: true, content: "no credit" })
  })
  test.each([
    ["", 'Invalid URL "". Give a complete one, such as https://example.com/page.'],
    ["example.com", 'Invalid URL "example.com". Give a complete one, such as https://example.com/page.'],
    ["file:///etc/passwd", "Only http and https URLs can be fetched."],
    ["ftp://x.y", "Only http and https URLs can be fetched."],
    ["data:text/plain,x", "Only http and https URLs can be fetched."],
    ["https://u:p@x.y", "URLs with a user name or password are not fetched."],
    [`https://x.y/${"a".repeat(2_000)}`, "The URL is longer than 2000 characters."],
  ])("before it starts for %p", async (url, said) => {
    expect(await text(webFetch, { url, prompt: "" }, session())).toBe(
      `<tool_use_error>${said}</tool_use_error>`,
    )
  })
  test.each([
    [
      "http://169.254.169.254/",
      "https://169.254.169.254/ was not fetched: 169.254.169.254 is a link-local address.",
    ],
    ["https://127.0.0.1:1/", "127.0.0.1:1 could not be reached: "],
    [
      "https://nowhere.invalid/",
      "https://nowhere.invalid/ was not fetched: the host nowhere.invalid could not be found.",
    ],
  ])("for %s with the reason", async (url, said) => {
    const output = await call(webFetch, { url, prompt: "" }, session())
    expect(output.isError).toBe(true)
    expect(output.content).toStartWith(said)
  })
})

describe("the cache of pages", () => {
  const page = (markdown: string) => ({ url: "u", code: 200, codeText: "OK", bytes: 1, markdown })
  afterAll(() => void setSystemTime())
  test("keeps a page for 15 minutes", () => {
    const now = Date.now()
    cachePage("https://age.example/", page("x"))
    setSystemTime(now + 14 * 60_000)
    expect(cachedPage("https://age.example/")).toBeDefined()
    setSystemTime(now + 16 * 60_000)
    expect(cachedPage("https://age.example/")).toBeUndefined()
    setSystemTime()
  })
  test("keeps 50 pages and 8 million characters", () => {
    for (let i = 0; i < 51; i += 1) cachePage(`https://${i}.example/`, page("x"))
    expect(cachedPage("https://0.example/")).toBeUndefined()
    expect(cachedPage("https://50.example/")).toBeDefined()
    cachePage("https://large.example/", page("x".repeat(7_999_999)))
    expect(cachedPage("https://large.example/")).toBeDefined()
    expect(cachedPage("https://49.example/")).toBeUndefined()
    cachePage("https://none.example/", page("x".repeat(8_000_001)))
    expect(cachedPage("https://none.example/")).toBeUndefined()
  })
})

describe("a page built to keep its reader busy", () => {
  const hostile = Buffer.from(
    `<p>before<script>var x</script><style>y</style>${"<div>".repeat(100_000)}end &amp; more</p>`,
  )
  test("is given as its text alone, while this thread goes on", async () => {
    let ticks = 0
    const clock = setInterval(() => void ticks++, 5)
    const said = await convertPage(hostile, "text/html; charset=utf-8", signal, 300)
    clearInterval(clock)
    expect(said).toBe(
      "[The structure of this page could not be read; this is its text alone.]\n\nbefore\nend & more",
    )
    expect(ticks).toBeGreaterThan(5)
  })
  test("is left at once when the turn is interrupted", async () => {
    const stop = new AbortController()
    const going = convertPage(hostile, "text/html", stop.signal)
    stop.abort(new Error("interrupted"))
    await expect(going).rejects.toThrow("interrupted")
  })
})

describe("WebSearch", () => {
  const found = { results: [], searchCount: 1 }
  test.each([
    [
      { query: "ab", allowed_domains: ["a.b"], blocked_domains: ["c.d"] },
      {},
      "<tool_use_error>Cannot specify both allowed_domains and blocked_domains in the same request.</tool_use_error>",
    ],
    [{ query: "ab" }, {}, "Web search is not available with this provider."],
    [
      { query: "ab" },
      { searchWeb: () => Promise.reject(new Error("529 overloaded")) },
      "The web search failed: 529 overloaded",
    ],
  ])("%j is refused", async (input, over, said) => {
    const output = await call(webSearch, input, session(over))
    expect(output).toMatchObject({ isError: true, content: said })
  })
  test("nothing found is said, and domains are handed on", async () => {
    const asked: unknown[] = []
    const searchWeb = async (request: unknown) => {
      asked.push(request)
      return { ...found, results: [{ tool_use_id: "t", content: [] }] }
    }
    const ctx = session({ searchWeb })
    expect(await text(webSearch, { query: "ab", allowed_domains: ["a.b"] }, ctx)).toContain("No links found.")
    await call(webSearch, { query: "ab", blocked_domains: ["c.d"] }, ctx)
    expect(asked).toEqual([
      { query: "ab", allowedDomains: ["a.b"] },
      { query: "ab", blockedDomains: ["c.d"] },
    ])
  })
  test("200 times a session, and no more", async () => {
    const ctx = session({ searchWeb: async () => found })
    for (let i = 0; i < 200; i += 1) await call(webSearch, { query: "ab" }, ctx)
    expect(await call(webSearch, { query: "ab" }, ctx)).toMatchObject({
      isError: true,
      content: "Web search was used 200 times in this session; that is the limit.",
    })
  })
})
