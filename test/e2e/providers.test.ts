import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { dist } from "../../scripts/lib/project.ts"
import { toEventStream } from "../api/event-stream.ts"
import { ownPlace } from "../cli/own-process.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { text } from "../fake-api/fake-api.ts"

const sse = [...encodeReply({ model: "claude-opus-4-5", parts: [text("from the cloud")], usage: {} })].join(
  "",
)

/** The executable carries the vendors' packages: each of them answers one prompt through it. */
const rows: readonly (readonly [string, (url: string) => Record<string, string>, RegExp, () => Response])[] =
  [
    [
      "Bedrock",
      (url) => ({
        CLAUDE_CODE_USE_BEDROCK: "1",
        ANTHROPIC_BEDROCK_BASE_URL: url,
        AWS_REGION: "us-east-1",
        AWS_PROFILE: "work",
      }),
      /^\/model\/us\.anthropic\.claude-opus-4-5-20251101-v1:0\/invoke-with-response-stream$/,
      () => toEventStream(sse),
    ],
    [
      "Vertex",
      (url) => ({
        CLAUDE_CODE_USE_VERTEX: "1",
        ANTHROPIC_VERTEX_BASE_URL: url,
        ANTHROPIC_VERTEX_PROJECT_ID: "p",
        CLAUDE_CODE_SKIP_VERTEX_AUTH: "1",
      }),
      /claude-opus-4-5@20251101:streamRawPredict$/,
      stream,
    ],
    [
      "Foundry",
      (url) => ({
        CLAUDE_CODE_USE_FOUNDRY: "1",
        ANTHROPIC_FOUNDRY_BASE_URL: url,
        ANTHROPIC_FOUNDRY_API_KEY: "k",
      }),
      /^\/v1\/messages$/,
      stream,
    ],
  ]

function stream(): Response {
  return new Response(sse, { headers: { "content-type": "text/event-stream" } })
}

for (const [name, env, path, reply] of rows)
  test(`the executable asks ${name}`, async () => {
    const seen: { path: string; authorization: string | null }[] = []
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        seen.push({
          path: decodeURIComponent(new URL(request.url).pathname),
          authorization: request.headers.get("authorization"),
        })
        return reply()
      },
    })
    using place = ownPlace()
    mkdirSync(join(place.home, ".aws"))
    writeFileSync(
      join(place.home, ".aws/credentials"),
      "[work]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n",
    )
    try {
      const child = Bun.spawn([join(dist, "ccts"), "-p", "hi", "--model", "claude-opus-4-5"], {
        cwd: place.folder,
        env: { ...place.environment, ...env(`http://127.0.0.1:${server.port}`) },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        timeout: 25_000,
      })
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      expect({ out, err, code: await child.exited }).toEqual({ out: "from the cloud\n", err: "", code: 0 })
      expect(seen.every((request) => path.test(request.path) || request.path.includes("haiku"))).toBe(true)
      expect(seen.length).toBeGreaterThan(0)
      if (name === "Bedrock") expect(seen[0]?.authorization).toContain("Credential=AKIDPROFILE/")
    } finally {
      await server.stop(true)
    }
  }, 30_000)
