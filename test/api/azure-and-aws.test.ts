/** Credentials of Azure for Foundry, and the two further services of AWS: each by the requests that leave. */
import { afterEach, describe, expect, test } from "bun:test"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createApi } from "../../src/api/client.ts"
import { anthropicAws } from "../../src/api/providers/anthropic-aws.ts"
import { azureTokens } from "../../src/api/providers/azure-token.ts"
import { foundry } from "../../src/api/providers/foundry.ts"
import { mantle } from "../../src/api/providers/mantle.ts"
import type { Provider, ProviderInput } from "../../src/api/providers/provider.ts"
import { chooseProvider } from "../../src/config/provider.ts"
import type { ApiItem } from "../../src/model/api.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { text } from "../fake-api/fake-api.ts"

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanups.splice(0)) await end()
})

interface Seen {
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

function serve(answer: (request: Seen) => Response) {
  const seen: Seen[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const one = { path: pathname + search, headers: request.headers, body: await request.text() }
      seen.push(one)
      return answer(one)
    },
  })
  cleanups.push(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, seen }
}

const model = "claude-opus-4-5"
const reply = () =>
  new Response([...encodeReply({ model, parts: [text("hello")], usage: {} })].join(""), {
    headers: { "content-type": "text/event-stream" },
  })

async function ask(
  make: (input: ProviderInput) => Provider,
  env: Record<string, string>,
): Promise<ApiItem | undefined> {
  const provider = make({ env, overrides: {} })
  const credential = {
    async headers() {
      await provider.prepare()
      return {}
    },
    async refresh() {
      provider.forget()
      return true
    },
  }
  const api = createApi({ env: { CLAUDE_CODE_MAX_RETRIES: "0", ...env }, credential, provider })
  let last: ApiItem | undefined
  const request = {
    model,
    max_tokens: 10,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    stream: true,
  } as const
  const options = { signal: AbortSignal.timeout(10_000), cause: "turn", sessionId: "s" } as const
  for await (last of api.stream(request, options));
  return last
}

/** A folder for the only programs that the search path names. */
function programs(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "ccts-az-"))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** No metadata service: an address that refuses at once. */
const NO_METADATA = { AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:1/" }

describe("Foundry with credentials of Azure", () => {
  test("a client with a secret: one token for several requests, got anew when the service refuses it", async () => {
    let serial = 0
    const entra = serve(() => Response.json({ access_token: `token-${++serial}`, expires_in: 3600 }))
    const answers = [reply(), reply(), new Response("{}", { status: 401 }), reply()]
    const service = serve(() => answers.shift() ?? reply())
    const env = {
      ANTHROPIC_FOUNDRY_BASE_URL: service.url,
      AZURE_AUTHORITY_HOST: entra.url,
      AZURE_TENANT_ID: "tenant",
      AZURE_CLIENT_ID: "client",
      AZURE_CLIENT_SECRET: "hush",
    }
    const provider = foundry({ env, overrides: {} })
    const again = () => provider
    for (let count = 0; count < 3; count++) expect((await ask(again, env))?.type).toBe("done")
    expect(entra.seen.map(({ path }) => path)).toEqual(Array(2).fill("/tenant/oauth2/v2.0/token"))
    expect(Object.fromEntries(new URLSearchParams(entra.seen[0]?.body))).toEqual({
      client_id: "client",
      client_secret: "hush",
      grant_type: "client_credentials",
      scope: "https://ai.azure.com/.default",
    })
    expect(service.seen.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer token-1",
      "Bearer token-1",
      "Bearer token-1",
      "Bearer token-2",
    ])
    expect(service.seen[0]?.headers.get("x-api-key")).toBeNull()
  })

  test("workload identity shows its token file, managed identity its header", async () => {
    const folder = programs({ token: "federated\n" })
    const entra = serve(() => Response.json({ access_token: "t", expires_in: "3600" }))
    const workload = { AZURE_TENANT_ID: "x", AZURE_CLIENT_ID: "c", AZURE_AUTHORITY_HOST: entra.url }
    await azureTokens({ ...workload, AZURE_FEDERATED_TOKEN_FILE: join(folder, "token") }).get()
    expect(new URLSearchParams(entra.seen[0]?.body).get("client_assertion")).toBe("federated")
    const endpoint = serve(() => Response.json({ access_token: "m", expires_on: "1" }))
    const managed = {
      IDENTITY_ENDPOINT: `${endpoint.url}/msi`,
      IDENTITY_HEADER: "proof",
      HTTP_PROXY: "http://127.0.0.1:1",
    }
    expect(await azureTokens(managed).get()).toBe("m")
    expect(endpoint.seen[0]?.headers.get("x-identity-header")).toBe("proof")
    expect(endpoint.seen[0]?.path).toBe("/msi?api-version=2019-08-01&resource=https%3A%2F%2Fai.azure.com")
  })

  test("who is signed in with the Azure CLI needs nothing else", async () => {
    const seconds = Math.round(Date.now() / 1000) + 3600
    const folder = programs({
      az: `#!/bin/sh\necho "$*" >> "$(dirname "$0")/calls"\necho '{"accessToken":"from-az","expires_on":${seconds}}'\n`,
    })
    const env = { ...NO_METADATA, PATH: `${folder}:/usr/bin:/bin` }
    const tokens = azureTokens(env)
    expect([await tokens.get(), await tokens.get()]).toEqual(["from-az", "from-az"])
    expect(await Bun.file(join(folder, "calls")).text()).toBe(
      "account get-access-token --output json --resource https://ai.azure.com\n",
    )
  })

  test("without any of them nothing is sent, and each way that failed is named, without its secret", async () => {
    const service = serve(reply)
    const entra = serve(() =>
      Response.json({ error: "invalid_client", error_description: "wrong secret" }, { status: 401 }),
    )
    const folder = programs({ az: "#!/bin/sh\nexit 1\n" })
    const end = await ask(foundry, {
      ...NO_METADATA,
      PATH: folder,
      ANTHROPIC_FOUNDRY_BASE_URL: service.url,
      AZURE_AUTHORITY_HOST: entra.url,
      AZURE_TENANT_ID: "tenant",
      AZURE_CLIENT_ID: "client",
      AZURE_CLIENT_SECRET: "hush",
    })
    expect(end).toMatchObject({ type: "failed", failure: { category: "authentication_failed" } })
    const said = JSON.stringify(end)
    expect(said).toContain("client secret: 401 wrong secret; Azure CLI: az is not signed in")
    expect(said).toContain("az login")
    expect(said).not.toContain("hush")
    expect(service.seen).toEqual([])
  })
})

describe("Bedrock's door to the Messages API (CLAUDE_CODE_USE_MANTLE)", () => {
  test("a request signed for its service, in the Messages format", async () => {
    const { url, seen } = serve(reply)
    const end = await ask(mantle, {
      ANTHROPIC_BEDROCK_MANTLE_BASE_URL: url,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
    })
    expect(end?.type).toBe("done")
    expect(seen[0]?.path).toBe("/v1/messages?beta=true")
    expect(seen[0]?.headers.get("authorization")).toContain("/eu-west-1/bedrock-mantle/aws4_request")
    expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ model: "anthropic.claude-opus-4-5" })
    const input = { env: { AWS_REGION: "us-west-2" }, overrides: {} }
    expect(mantle(input).baseUrl("x")).toBe("https://bedrock-mantle.us-west-2.api.aws/anthropic")
  })

  test("a Bedrock API key goes instead of a signature, and nothing where a gateway signs", async () => {
    const { url, seen } = serve(reply)
    await ask(mantle, { ANTHROPIC_BEDROCK_MANTLE_BASE_URL: url, AWS_BEARER_TOKEN_BEDROCK: "bedrock-key" })
    await ask(mantle, { ANTHROPIC_BEDROCK_MANTLE_BASE_URL: url, CLAUDE_CODE_SKIP_MANTLE_AUTH: "1" })
    const sent = seen.map(({ headers }) => `${headers.get("authorization")} ${headers.get("x-api-key")}`)
    expect(sent[0]).toContain("bedrock-key")
    expect(sent[1]).toBe("null null")
  })
})

describe("Claude on AWS (CLAUDE_CODE_USE_ANTHROPIC_AWS)", () => {
  test("an API key and the workspace", async () => {
    const { url, seen } = serve(reply)
    const end = await ask(anthropicAws, {
      ANTHROPIC_AWS_BASE_URL: url,
      ANTHROPIC_AWS_API_KEY: "aws-key",
      ANTHROPIC_AWS_WORKSPACE_ID: "ws-1",
    })
    expect(end?.type).toBe("done")
    // As the vendor's own client sends it.
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer aws-key")
    expect(seen[0]?.headers.get("anthropic-workspace-id")).toBe("ws-1")
    expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ model })
    const input = { env: { AWS_REGION: "us-west-2" }, overrides: {} }
    expect(anthropicAws(input).baseUrl("x")).toBe("https://aws-external-anthropic.us-west-2.api.aws")
  })

  test("what is missing is named, and nothing is sent", async () => {
    const { url, seen } = serve(reply)
    const without = await ask(anthropicAws, { ANTHROPIC_AWS_BASE_URL: url, ANTHROPIC_AWS_API_KEY: "k" })
    expect(JSON.stringify(without)).toContain("ANTHROPIC_AWS_WORKSPACE_ID")
    const keyless = await ask(anthropicAws, { ANTHROPIC_AWS_BASE_URL: url, ANTHROPIC_AWS_WORKSPACE_ID: "w" })
    expect(JSON.stringify(keyless)).toContain("ANTHROPIC_AWS_API_KEY")
    expect(seen).toEqual([])
  })
})

test("each provider is chosen by its own switch, and two at once are refused", () => {
  const switches = {
    CLAUDE_CODE_USE_BEDROCK: "bedrock",
    CLAUDE_CODE_USE_VERTEX: "vertex",
    CLAUDE_CODE_USE_FOUNDRY: "foundry",
    CLAUDE_CODE_USE_ANTHROPIC_AWS: "anthropicAws",
    CLAUDE_CODE_USE_MANTLE: "mantle",
  } as const
  for (const [variable, provider] of Object.entries(switches))
    expect(chooseProvider({ [variable]: "1" })).toEqual({ provider, variable })
  expect(() => chooseProvider({ CLAUDE_CODE_USE_MANTLE: "1", CLAUDE_CODE_USE_BEDROCK: "yes" })).toThrow(
    "both set",
  )
})
