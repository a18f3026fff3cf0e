import { afterEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createApi } from "../../src/api/client.ts"
import { bedrock } from "../../src/api/providers/bedrock.ts"
import { foundry } from "../../src/api/providers/foundry.ts"
import type { Provider, ProviderInput } from "../../src/api/providers/provider.ts"
import { vertex } from "../../src/api/providers/vertex.ts"
import type { ApiItem } from "../../src/model/api.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { text } from "../fake-api/fake-api.ts"
import { toEventStream } from "./event-stream.ts"

interface Seen {
  readonly path: string
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanups.splice(0)) await end()
})

const sse = [
  ...encodeReply({ model: "claude-opus-4-5", parts: [text("hello from the cloud")], usage: {} }),
].join("")

/** A provider on loopback: keeps what it was sent, answers with a reply or what `answers` holds. */
function service(answers: Response[] = [], reply: () => Response = eventSource) {
  const seen: Seen[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      seen.push({
        path: decodeURIComponent(pathname + search),
        headers: request.headers,
        body: (await request.json()) as Record<string, unknown>,
      })
      return answers.shift() ?? reply()
    },
  })
  cleanups.push(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, seen }
}

function eventSource(): Response {
  return new Response(sse, { headers: { "content-type": "text/event-stream" } })
}

async function ask(
  make: (input: ProviderInput) => Provider,
  env: Record<string, string>,
  options: {
    readonly model?: string
    readonly overrides?: Record<string, string>
    readonly input?: Partial<ProviderInput>
    readonly refresh?: () => Promise<boolean>
  } = {},
): Promise<ApiItem[]> {
  const whole = { CLAUDE_CODE_MAX_RETRIES: "0", ...env }
  const provider = make({ env: whole, overrides: options.overrides ?? {}, ...options.input })
  const credential = {
    async headers() {
      await provider.prepare()
      return {}
    },
    refresh: options.refresh ?? (async () => false),
  }
  const api = createApi({ env: whole, credential, provider })
  const request = {
    model: options.model ?? "claude-opus-4-5",
    max_tokens: 10,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    betas: ["some-beta-2026-01-01"],
    stream: true,
  } as const
  const items: ApiItem[] = []
  const stream = { signal: AbortSignal.timeout(10_000), cause: "turn", sessionId: "s-1" } as const
  for await (const item of api.stream(request, stream)) items.push(item)
  return items
}

const said = (items: readonly ApiItem[]) =>
  items
    .flatMap((item) =>
      item.type === "event" &&
      item.event.type === "content_block_delta" &&
      item.event.delta.type === "text_delta"
        ? [item.event.delta.text]
        : [],
    )
    .join("")

const AWS = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret/key",
}

describe("Bedrock", () => {
  test("a signed request in its own shape, and its event stream read", async () => {
    const { url, seen } = service([], () => toEventStream(sse))
    const items = await ask(bedrock, {
      ...AWS,
      AWS_SESSION_TOKEN: "session",
      ANTHROPIC_BEDROCK_BASE_URL: url,
    })
    expect(items.at(-1)?.type).toBe("done")
    expect(said(items)).toBe("hello from the cloud")
    const [request] = seen
    expect(request?.path).toBe(
      "/model/eu.anthropic.claude-opus-4-5-20251101-v1:0/invoke-with-response-stream",
    )
    expect(request?.body).toMatchObject({
      anthropic_version: "bedrock-2023-05-31",
      anthropic_beta: ["some-beta-2026-01-01"],
      max_tokens: 10,
    })
    expect(request?.body).not.toContainKeys(["model", "stream"])
    expect(request?.headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=/,
    )
    expect(request?.headers.get("x-amz-security-token")).toBe("session")
    expect(request?.headers.get("x-api-key")).toBeNull()
    expect(request?.headers.get("user-agent")).toStartWith("ccts/")
    expect(JSON.stringify([...(request?.headers ?? [])])).not.toContain("secret/key")
  })

  test("a Bedrock API key goes as a bearer token", async () => {
    const { url, seen } = service([], () => toEventStream(sse))
    await ask(bedrock, { AWS_BEARER_TOKEN_BEDROCK: "bedrock-key", ANTHROPIC_BEDROCK_BASE_URL: url })
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer bedrock-key")
  })

  test("a gateway that signs gets no credential, but its own headers", async () => {
    const { url, seen } = service()
    const items = await ask(bedrock, {
      ...AWS,
      CLAUDE_CODE_SKIP_BEDROCK_AUTH: "1",
      ANTHROPIC_BEDROCK_BASE_URL: `${url}/bedrock/`,
      ANTHROPIC_CUSTOM_HEADERS: "x-gateway: yes",
      ANTHROPIC_BEDROCK_SERVICE_TIER: "flex",
    })
    expect(said(items)).toBe("hello from the cloud")
    expect(seen[0]?.path).toStartWith("/bedrock/model/")
    expect(seen[0]?.headers.get("authorization")).toBeNull()
    expect(seen[0]?.headers.get("x-gateway")).toBe("yes")
    expect(seen[0]?.headers.get("x-amzn-bedrock-service-tier")).toBe("flex")
  })

  test("keys of a helper are used, and others are got once when the service refuses them", async () => {
    const refused = () =>
      Response.json({ message: "The security token included in the request is expired" }, { status: 403 })
    const { url, seen } = service([refused()], () => toEventStream(sse))
    let run = 0
    let refreshed = 0
    const items = await ask(
      bedrock,
      { AWS_REGION: "us-west-2", ANTHROPIC_BEDROCK_BASE_URL: url },
      {
        input: { awsKeys: async () => ({ accessKeyId: `AKID${++run}`, secretAccessKey: "s" }) },
        refresh: async () => ++refreshed === 1,
      },
    )
    expect(items.at(-1)?.type).toBe("done")
    expect(refreshed).toBe(1)
    expect(seen.map(({ headers }) => /AKID\d/.exec(headers.get("authorization") ?? "")?.[0])).toEqual([
      "AKID1",
      "AKID1",
    ])
  })

  test("without any credentials nothing is sent, and the message says how to get some", async () => {
    const { url, seen } = service()
    const items = await ask(
      bedrock,
      { ANTHROPIC_BEDROCK_BASE_URL: url },
      { input: { awsKeys: () => Promise.reject(new Error("nothing here")) } },
    )
    expect(items.at(-1)).toMatchObject({
      type: "failed",
      failure: { category: "authentication_failed", message: expect.stringContaining("AWS_PROFILE") },
    })
    expect(seen).toEqual([])
  })

  const ids: readonly (readonly [string, Record<string, string>, string])[] = [
    ["claude-sonnet-4-5", { AWS_REGION: "us-east-2" }, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"],
    [
      "claude-sonnet-4-5-20250929",
      { AWS_REGION: "ap-northeast-1" },
      "apac.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
    ["claude-opus-5-5", { ANTHROPIC_BEDROCK_REGION_PREFIX: "global" }, "global.anthropic.claude-opus-5-5"],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", {}, "us.anthropic.claude-opus-4-1-20250805-v1:0"],
    [
      "arn:aws:bedrock:us-east-1:1:inference-profile/x",
      {},
      "arn:aws:bedrock:us-east-1:1:inference-profile/x",
    ],
  ]
  for (const [model, env, id] of ids)
    test(`${model} is ${id}`, () => {
      expect(bedrock({ env, overrides: {} }).modelId(model)).toBe(id)
    })

  test("modelOverrides wins, with or without a date", () => {
    const { modelId } = bedrock({ env: {}, overrides: { "claude-opus-4-5": "arn:mine" } })
    expect([modelId("claude-opus-4-5"), modelId("claude-opus-4-5-20251101")]).toEqual([
      "arn:mine",
      "arn:mine",
    ])
  })
})

describe("Vertex", () => {
  const env = { ANTHROPIC_VERTEX_PROJECT_ID: "my-project", CLAUDE_CODE_SKIP_VERTEX_AUTH: "1" }

  test("project, region and dated model in the path, version in the body", async () => {
    const { url, seen } = service()
    const items = await ask(vertex, {
      ...env,
      CLOUD_ML_REGION: "europe-west1",
      ANTHROPIC_VERTEX_BASE_URL: `${url}/v1`,
    })
    expect(said(items)).toBe("hello from the cloud")
    const [request] = seen
    expect(request?.path).toBe(
      "/v1/projects/my-project/locations/europe-west1/publishers/anthropic/models/claude-opus-4-5@20251101:streamRawPredict",
    )
    expect(request?.body).toMatchObject({ anthropic_version: "vertex-2023-10-16", stream: true })
    expect(request?.body).not.toContainKey("model")
    expect(request?.headers.get("anthropic-beta")).toBe("some-beta-2026-01-01")
    expect(request?.headers.get("authorization")).toBeNull()
    expect(request?.headers.get("x-api-key")).toBeNull()
  })

  test("one model may have a region of its own", () => {
    const regions = {
      CLOUD_ML_REGION: "global",
      VERTEX_REGION_CLAUDE_HAIKU_4_5: "us-east5",
      VERTEX_REGION_CLAUDE_4_0_OPUS: "eu",
    }
    const { baseUrl } = vertex({ env: regions, overrides: {} })
    expect(["claude-sonnet-5", "claude-haiku-4-5@20251001", "claude-opus-4@20250514"].map(baseUrl)).toEqual([
      "https://aiplatform.googleapis.com/v1",
      "https://us-east5-aiplatform.googleapis.com/v1",
      "https://aiplatform.eu.rep.googleapis.com/v1",
    ])
  })

  test("the token of a Google identity goes with the request", async () => {
    const { url, seen } = service()
    const { file, stop } = await federatedIdentity()
    cleanups.push(stop)
    const items = await ask(vertex, {
      ANTHROPIC_VERTEX_PROJECT_ID: "my-project",
      ANTHROPIC_VERTEX_BASE_URL: url,
      GOOGLE_APPLICATION_CREDENTIALS: file,
    })
    expect(items.at(-1)?.type).toBe("done")
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer google-token")
  })

  test("without credentials nothing is sent, and the message says how to get some", async () => {
    const { url, seen } = service()
    const items = await ask(vertex, {
      ANTHROPIC_VERTEX_PROJECT_ID: "p",
      ANTHROPIC_VERTEX_BASE_URL: url,
      GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/at-all.json",
    })
    expect(items.at(-1)).toMatchObject({
      failure: {
        category: "authentication_failed",
        message: expect.stringContaining("gcloud auth application-default login"),
      },
    })
    expect(seen).toEqual([])
  })
})

describe("Foundry", () => {
  test("the Messages format with an API key", async () => {
    const { url, seen } = service()
    const items = await ask(
      foundry,
      { ANTHROPIC_FOUNDRY_BASE_URL: `${url}/anthropic/`, ANTHROPIC_FOUNDRY_API_KEY: "foundry-key" },
      { overrides: { "claude-opus-4-5": "my-deployment" } },
    )
    expect(said(items)).toBe("hello from the cloud")
    expect(seen[0]?.path).toBe("/anthropic/v1/messages?beta=true")
    expect(seen[0]?.headers.get("x-api-key")).toBe("foundry-key")
    expect(seen[0]?.headers.get("anthropic-version")).toBe("2023-06-01")
    expect(seen[0]?.body).toMatchObject({ model: "my-deployment", stream: true })
  })

  test("an Entra token goes as a bearer token; a gateway gets neither", async () => {
    const { url, seen } = service()
    await ask(foundry, { ANTHROPIC_FOUNDRY_BASE_URL: url, ANTHROPIC_FOUNDRY_AUTH_TOKEN: "entra" })
    await ask(foundry, { ANTHROPIC_FOUNDRY_BASE_URL: url, CLAUDE_CODE_SKIP_FOUNDRY_AUTH: "1" })
    expect(seen.map(({ headers }) => [headers.get("authorization"), headers.get("x-api-key")])).toEqual([
      ["Bearer entra", null],
      [null, null],
    ])
  })

  test("a resource names the address; nothing at all is said so", async () => {
    expect(foundry({ env: { ANTHROPIC_FOUNDRY_RESOURCE: "corp" }, overrides: {} }).baseUrl("x")).toBe(
      "https://corp.services.ai.azure.com/anthropic",
    )
    const items = await ask(foundry, { ANTHROPIC_FOUNDRY_API_KEY: "k" })
    expect(items.at(-1)).toMatchObject({
      failure: { message: expect.stringContaining("ANTHROPIC_FOUNDRY_RESOURCE") },
    })
  })
})

test("a request to the API itself loads nothing of a provider", async () => {
  const { url } = service()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "loads-no-provider.ts"), url], {
    stdout: "pipe",
    timeout: 20_000,
  })
  expect(JSON.parse(await new Response(child.stdout).text())).toEqual({
    last: "done",
    sdk: true,
    providers: [],
  })
}, 20_000)

/** A Google identity of another cloud (workload identity federation) whose token endpoint is on loopback. */
async function federatedIdentity() {
  const tokens = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () =>
      Response.json({
        access_token: "google-token",
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        expires_in: 3600,
        token_type: "Bearer",
      }),
  })
  const dir = mkdtempSync(join(tmpdir(), "ccts-gcp-"))
  const file = join(dir, "identity.json")
  writeFileSync(join(dir, "subject"), "subject-token")
  writeFileSync(
    file,
    JSON.stringify({
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `http://127.0.0.1:${tokens.port}/token`,
      credential_source: { file: join(dir, "subject") },
    }),
  )
  return {
    file,
    stop: async () => {
      await tokens.stop(true)
      rmSync(dir, { recursive: true })
    },
  }
}
