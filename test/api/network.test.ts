import { describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, request as forward } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createApi } from "../../src/api/client.ts"
import { networkOptions } from "../../src/api/network.ts"
import { proxyAuthorization } from "../../src/auth/proxy-authorization.ts"
import { proxyFor } from "../../src/lib/proxy.ts"
import type { ApiItem } from "../../src/model/api.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { fakeApi, text } from "../fake-api/fake-api.ts"

const credential = { headers: async () => ({ "x-api-key": "key-12345678" }), refresh: async () => false }

async function last(
  baseUrl: string,
  env: Record<string, string>,
  proxyAuth?: () => Promise<string>,
): Promise<ApiItem | undefined> {
  const api = createApi({ baseUrl, env: { CLAUDE_CODE_MAX_RETRIES: "0", ...env }, credential, proxyAuth })
  const request = {
    model: "claude-opus-5-5",
    max_tokens: 10,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    stream: true,
  } as const
  let item: ApiItem | undefined
  const options = { signal: AbortSignal.timeout(5000), cause: "turn", sessionId: "s" } as const
  for await (item of api.stream(request, options));
  return item
}

describe("which proxy a request takes", () => {
  const rows: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
    ["https://api.example.com", {}, undefined],
    ["https://api.example.com", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
    ["https://api.example.com", { https_proxy: "p:1" }, "http://p:1"],
    ["https://api.example.com", { HTTP_PROXY: "http://p:1" }, undefined],
    ["http://api.example.com", { HTTP_PROXY: "http://p:1" }, "http://p:1"],
    ["https://api.example.com", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
    ["https://api.example.com", { HTTPS_PROXY: "http://p:1", NO_PROXY: "other, example.com" }, undefined],
    ["https://api.example.com", { HTTPS_PROXY: "http://p:1", NO_PROXY: ".example.com" }, undefined],
    ["https://notexample.com", { HTTPS_PROXY: "http://p:1", NO_PROXY: "example.com" }, "http://p:1"],
    [
      "https://api.example.com:8443",
      { HTTPS_PROXY: "http://p:1", NO_PROXY: "example.com:443" },
      "http://p:1",
    ],
    ["http://127.0.0.1:80", { HTTP_PROXY: "http://p:1", no_proxy: "localhost 127.0.0.1" }, undefined],
    ["http://[::1]:8080", { HTTP_PROXY: "http://p:1", NO_PROXY: "::1" }, undefined],
  ]
  for (const [url, env, proxy] of rows)
    test(`${url} with ${JSON.stringify(env)}`, () => {
      expect(proxyFor(new URL(url), env)).toBe(proxy as string)
    })
})

test("a request really goes through the proxy", async () => {
  const api = await fakeApi({ script: [text("ok")] })
  const seen: string[] = []
  const proxy = createServer((incoming, response) => {
    seen.push(incoming.url ?? "")
    const onward = forward(
      incoming.url ?? "",
      { method: incoming.method ?? "", headers: incoming.headers },
      (reply) => {
        response.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(response)
      },
    )
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  try {
    const { port } = proxy.address() as AddressInfo
    const end = await last(api.url, { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "" })
    expect(end?.type).toBe("done")
    expect(seen).toEqual([`${api.url}/v1/messages?beta=true`])
  } finally {
    proxy.closeAllConnections()
    proxy.close()
    await api.close()
  }
})

test("proxyAuthHelper says who we are to the proxy, and only there", async () => {
  const api = await fakeApi({ script: [text("ok")] })
  const seen: (string | undefined)[] = []
  const proxy = createServer((incoming, response) => {
    seen.push(incoming.headers["proxy-authorization"])
    response.writeHead(407).end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const env = { PATH: process.env.PATH ?? "" }
  try {
    const { port } = proxy.address() as AddressInfo
    const helper = proxyAuthorization("echo 'Basic abc123'", { env })
    const through = await last(api.url, { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "" }, helper)
    expect(through?.type).toBe("failed")
    expect(JSON.stringify(through)).not.toContain("abc123")
    const direct = await last(api.url, {}, () => Promise.reject(new Error("asked without a proxy")))
    expect(direct?.type).toBe("done")
    const broken = await last(api.url, { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "" }, () =>
      proxyAuthorization("exit 3", { env })(),
    )
    expect(JSON.stringify(broken)).toContain("proxyAuthHelper failed with exit code 3")
    expect(seen).toEqual(["Basic abc123"])
  } finally {
    proxy.closeAllConnections()
    proxy.close()
    await api.close()
  }
})

/** Makes a certificate for localhost; needs the system's openssl. */
function makeCertificate(dir: string) {
  const file = (name: string) => join(dir, name)
  const made = Bun.spawnSync(
    [
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(
        " ",
      ),
      ["-keyout", file("key.pem"), "-out", file("cert.pem")],
    ].flat(),
  )
  if (made.exitCode !== 0) throw new Error(made.stderr.toString())
  return {
    key: readFileSync(file("key.pem"), "utf8"),
    cert: readFileSync(file("cert.pem"), "utf8"),
    path: file("cert.pem"),
  }
}

test.skipIf(!Bun.which("openssl"))(
  "a company certificate is trusted once it is named, and until then the message says how",
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "ca-"))
    const { key, cert, path } = makeCertificate(dir)
    const parts = [text("ok")]
    const body = [...encodeReply({ model: "claude-opus-5-5", parts, usage: {} })].join("")
    const server = Bun.serve({
      port: 0,
      tls: { key, cert },
      fetch: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    })
    try {
      const url = `https://localhost:${server.port}`
      const refused = await last(url, {})
      expect(refused).toMatchObject({ type: "failed", failure: { category: "no_network" } })
      expect(JSON.stringify(refused)).toContain("NODE_EXTRA_CA_CERTS")
      expect((await last(url, { NODE_EXTRA_CA_CERTS: path }))?.type).toBe("done")
    } finally {
      await server.stop(true)
      rmSync(dir, { recursive: true })
    }
  },
)

test("certificates the process already started with are left to the runtime", async () => {
  const env = { NODE_EXTRA_CA_CERTS: "/some/file" }
  expect(await networkOptions("https://x.example", env, env)).toEqual({})
})
