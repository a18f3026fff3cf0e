import { afterAll, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { judgeHost } from "../../src/tools/web/address.ts"
import { connect } from "../../src/tools/web/fetch-page.ts"
import { webFetch } from "../../src/tools/web-fetch.ts"
import { call, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

let hits = 0
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    const { pathname } = new URL(request.url)
    hits += pathname === "/page" ? 1 : 0
    if (pathname === "/agent")
      return new Response(request.headers.get("user-agent"), { headers: { "content-type": "text/plain" } })
    if (pathname === "/away") return Response.redirect("https://elsewhere.example/x", 302)
    if (pathname === "/near") return new Response(null, { status: 302, headers: { location: "/page" } })
    if (pathname === "/loop") return new Response(null, { status: 302, headers: { location: "/loop" } })
    if (pathname === "/bin")
      return new Response(Uint8Array.of(0, 1, 2), { headers: { "content-type": "application/zip" } })
    if (pathname === "/long")
      return new Response("x".repeat(40_000), { headers: { "content-type": "text/plain" } })
    if (pathname === "/huge")
      return new Response(new Uint8Array(11 * 1024 * 1024), { headers: { "content-type": "text/plain" } })
    if (pathname === "/none")
      return new Response("no", { status: 404, headers: { "content-type": "text/plain" } })
    return new Response("<h1>Hi</h1><script>x()</script><p>a <a href='/b'>b</a></p>", {
      headers: { "content-type": "text/html" },
    })
  },
})
afterAll(() => server.stop(true))
const refusalOf = async (host: string) => (await judgeHost(host)).refusal
const at = (path: string) => ({ url: `http://127.0.0.1:${server.port}${path}`, prompt: "what?" })

describe("WebFetch", () => {
  test("gives a page as Markdown, once per quarter of an hour", async () => {
    const output = await call(webFetch, at("/page"), session())
    expect(output.content).toBe("# Hi\n\na [b](/b)")
    expect(output.data).toMatchObject({ code: 200, codeText: "OK", result: "# Hi\n\na [b](/b)" })
    await call(webFetch, at("/page"), session())
    expect(hits).toBe(1)
  })
  test("lets the small model answer", async () => {
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return "42"
    }
    expect(await text(webFetch, at("/page"), session({ ask }))).toBe("42")
    expect(asked[0]).toContain("# Hi")
    expect(asked[0]).toContain("Request: what?")
  })
  test("follows a redirect on the same host, reports one to another", async () => {
    expect(await text(webFetch, at("/near"), session())).toContain("# Hi")
    const output = await text(webFetch, at("/away"), session())
    expect(output).toContain("REDIRECT")
    expect(output).toContain("https://elsewhere.example/x")
    expect(await text(webFetch, at("/loop"), session())).toContain("redirects more than 10 times")
  })
  test("reads on with offset, saves what is no text, refuses what is too much", async () => {
    expect(await text(webFetch, at("/long"), session())).toContain("Continue with offset: 30000.")
    expect((await text(webFetch, { ...at("/long"), offset: 39_990 }, session())).length).toBe(10)
    const saved = await text(webFetch, at("/bin"), session())
    expect(readFileSync(/saved to (\S+);/.exec(saved)?.[1] ?? "").length).toBe(3)
    expect(await text(webFetch, at("/huge"), session())).toContain("is larger than 10 MB")
    expect((await call(webFetch, at("/none"), session())).isError).toBe(true)
  })
  test("goes by its own name", async () => {
    expect(await text(webFetch, at("/agent"), session())).toStartWith("ccts/")
  })
  test("refuses other schemes, user names and nonsense", async () => {
    for (const url of ["file:///etc/passwd", "ftp://x", "nonsense", "https://u:p@x.y"])
      expect(await text(webFetch, { url, prompt: "" }, session())).toStartWith("<tool_use_error>")
  })
  test("never asks link-local addresses", async () => {
    expect(await refusalOf("169.254.169.254")).toContain("link-local")
    expect(await refusalOf("[::ffff:169.254.169.254]")).toContain("link-local")
    expect(await refusalOf("[fe80::1]")).toContain("link-local")
    expect(await refusalOf("127.0.0.1")).toBeNull()
  })
})

describe("a name that is looked up once", () => {
  test("is connected to at the address that was judged, with its own host name", async () => {
    const seen: (string | null)[] = []
    using other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        seen.push(request.headers.get("host"))
        return new Response("here")
      },
    })
    // No resolver knows the name: only the given address can have been asked.
    const url = new URL(`http://rebound.invalid:${other.port}/x`)
    const response = await connect(url, ["127.0.0.1"], {}, {})
    expect(await response.text()).toBe("here")
    expect(seen).toEqual([`rebound.invalid:${other.port}`])
  })
  test.each([
    ["[::ffff:a9fe:a9fe]", "link-local"],
    ["[::ffff:169.254.1.1]", "link-local"],
    ["[64:ff9b::a9fe:a9fe]", "link-local"],
    ["[2002:a9fe:a9fe::1]", "link-local"],
    ["nowhere.invalid", "could not be found"],
  ])("%s is refused", async (host, why) => {
    expect(await refusalOf(host)).toContain(why)
  })
})
