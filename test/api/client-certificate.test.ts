import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createApi } from "../../src/api/client.ts"
import { networkOptions } from "../../src/api/network.ts"
import type { ApiItem } from "../../src/model/api.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { text } from "../fake-api/fake-api.ts"

/** A company gateway with its own certificate authority, which lets in only who shows a certificate of it. */
let dir = ""
let server: Server
let paths: string[] = []
const file = (name: string) => join(dir, name)

function openssl(line: string): void {
  const made = Bun.spawnSync(["openssl", ...line.split(" ")], { cwd: dir })
  if (made.exitCode !== 0) throw new Error(made.stderr.toString())
}

const available = Bun.which("openssl") !== null

beforeAll(async () => {
  if (!available) return
  dir = mkdtempSync(join(tmpdir(), "ccts-mtls-"))
  const key = "-newkey rsa:2048 -days 2"
  openssl(`req -x509 ${key} -nodes -subj /CN=company -keyout ca.key -out ca.pem`)
  for (const [name, extra] of [
    ["server", "-addext subjectAltName=DNS:localhost"],
    ["person", ""],
  ] as const) {
    openssl(
      `req ${key} -nodes -subj /CN=${name} ${extra} -keyout ${name}.key -out ${name}.csr`.replace(/ +/g, " "),
    )
    openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out ${name}.pem`,
    )
  }
  openssl("rsa -aes128 -in person.key -passout pass:open-sesame -out locked.key")
  const body = [...encodeReply({ model: "claude-opus-4-5", parts: [text("in")], usage: {} })].join("")
  server = createServer(
    {
      key: readFileSync(file("server.key")),
      cert: readFileSync(file("server.pem")),
      ca: readFileSync(file("ca.pem")),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      paths.push(request.url ?? "")
      response.writeHead(200, { "content-type": "text/event-stream" }).end(body)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
})

afterAll(() => {
  if (!available) return
  server.closeAllConnections()
  server.close()
  rmSync(dir, { recursive: true })
})

async function last(env: Record<string, string>): Promise<ApiItem | undefined> {
  paths = []
  const { port } = server.address() as AddressInfo
  const api = createApi({
    env: { CLAUDE_CODE_MAX_RETRIES: "0", ANTHROPIC_BASE_URL: `https://localhost:${port}`, ...env },
    credential: {
      headers: async () => ({ authorization: "Bearer gateway-token" }),
      refresh: async () => false,
    },
  })
  const request = {
    model: "claude-opus-4-5",
    max_tokens: 10,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    stream: true,
  } as const
  const options = { signal: AbortSignal.timeout(5000), cause: "turn", sessionId: "s" } as const
  let item: ApiItem | undefined
  for await (item of api.stream(request, options));
  return item
}

describe.skipIf(!available)("a gateway that wants a client certificate", () => {
  const known = () => ({
    NODE_EXTRA_CA_CERTS: file("ca.pem"),
    CLAUDE_CODE_CLIENT_CERT: file("person.pem"),
    CLAUDE_CODE_CLIENT_KEY: file("person.key"),
  })

  test("sees it", async () => {
    expect((await last(known()))?.type).toBe("done")
    expect(paths).toEqual(["/v1/messages?beta=true"])
  })

  test("also from a key with a passphrase", async () => {
    const env = {
      ...known(),
      CLAUDE_CODE_CLIENT_KEY: file("locked.key"),
      CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: "open-sesame",
    }
    expect((await last(env))?.type).toBe("done")
    expect(paths).toEqual(["/v1/messages?beta=true"])
  })

  test("lets nobody in without one, and no request gets through", async () => {
    expect((await last({ NODE_EXTRA_CA_CERTS: file("ca.pem") }))?.type).toBe("failed")
    expect(paths).toEqual([])
  })

  test("a file that is not there is named by its variable", async () => {
    expect(await last({ ...known(), CLAUDE_CODE_CLIENT_CERT: file("gone.pem") })).toMatchObject({
      failure: { message: expect.stringContaining("CLAUDE_CODE_CLIENT_CERT") },
    })
  })
})

describe("CLAUDE_CODE_CERT_STORE", () => {
  const url = "https://api.example"

  test("says which authorities count, with extra ones beside them", async () => {
    const { ca: bundled = [] } = (await networkOptions(url, { CLAUDE_CODE_CERT_STORE: "bundled" })).tls ?? {}
    expect(bundled.length).toBeGreaterThan(50)
    const started = { NODE_EXTRA_CA_CERTS: import.meta.path }
    const both = await networkOptions(url, { CLAUDE_CODE_CERT_STORE: "bundled,system", ...started }, started)
    expect(both.tls?.ca?.length).toBeGreaterThan(bundled.length)
  })

  test("a word it does not know is named", async () => {
    await expect(networkOptions(url, { CLAUDE_CODE_CERT_STORE: "company" })).rejects.toThrow(
      'CLAUDE_CODE_CERT_STORE: "company" is none of bundled, system',
    )
  })
})
