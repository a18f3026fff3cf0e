import { describe, expect, test } from "bun:test"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { resolveCredential } from "../../src/auth/resolve.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"

/** A profile as the published SDK keeps it, in a folder of its own. */
function profile(config: object, credentials: object, name = "work") {
  const home = tempDir()
  const folder = join(home.path, ".config", "anthropic")
  for (const sub of ["configs", "credentials"]) mkdirSync(join(folder, sub), { recursive: true })
  writeFileSync(join(folder, "configs", `${name}.json`), JSON.stringify(config))
  const file = join(folder, "credentials", `${name}.json`)
  writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 })
  const env = { HOME: home.path, ANTHROPIC_CONFIG_DIR: folder }
  const resolve = (more: Record<string, string> = {}) =>
    resolveCredential({
      env: { ...env, ...more },
      settings: {},
      paths: configPaths({}, { home: home.path }),
      agreed: false,
    })
  return { file, folder, resolve, [Symbol.dispose]: () => home[Symbol.dispose]() }
}

/** The SDK looks into the process's environment for the folder. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.ANTHROPIC_CONFIG_DIR
  process.env.ANTHROPIC_CONFIG_DIR = folder
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.ANTHROPIC_CONFIG_DIR
    else process.env.ANTHROPIC_CONFIG_DIR = before
  }
}

const later = () => Math.floor(Date.now() / 1000) + 3600

describe("profiles of the published SDK", () => {
  test("a named profile pays, with its workspace and its own address", async () => {
    using it = profile(
      { authentication: { type: "user_oauth" }, workspace_id: "wrkspc_1", base_url: "https://corp.example" },
      { version: "1.0", type: "oauth_token", access_token: "profile-token", expires_at: later() },
    )
    await inFolder(it.folder, async () => {
      const credential = await it.resolve({ ANTHROPIC_PROFILE: "work" })
      expect(credential).toMatchObject({
        source: "profile work",
        apiKeySource: "none",
        baseUrl: "https://corp.example",
      })
      expect(credential?.betas).toEqual(["oauth-2025-04-20"])
      expect(await credential?.headers()).toEqual({
        authorization: "Bearer profile-token",
        "anthropic-workspace-id": "wrkspc_1",
      })
    })
  })

  test("the default profile is found on disk, after every other token of the environment", async () => {
    using it = profile(
      { authentication: { type: "user_oauth" } },
      { access_token: "t", expires_at: later() },
      "default",
    )
    await inFolder(it.folder, async () => {
      expect((await it.resolve())?.source).toBe("profile default")
      expect((await it.resolve({ CLAUDE_CODE_OAUTH_TOKEN: "long" }))?.source).toBe("CLAUDE_CODE_OAUTH_TOKEN")
      expect((await it.resolve({ ANTHROPIC_API_KEY: "key" }))?.source).toBe("ANTHROPIC_API_KEY")
    })
  })

  test("many requests with an ended token renew it once, and the file keeps what it had", async () => {
    let requests = 0
    await using service = Object.assign(
      Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        async fetch(request) {
          requests++
          const body = (await request.json()) as Record<string, string>
          await Bun.sleep(20)
          if (body.refresh_token !== "r-0") return Response.json({ error: "invalid_grant" }, { status: 400 })
          return Response.json({ access_token: "fresh", refresh_token: "r-1", expires_in: 3600 })
        },
      }),
      {},
    )
    const url = `http://127.0.0.1:${service.port}`
    using it = profile(
      { authentication: { type: "user_oauth", client_id: "c" }, base_url: url },
      { type: "oauth_token", access_token: "old", refresh_token: "r-0", expires_at: 1, account_email: "a@b" },
    )
    await inFolder(it.folder, async () => {
      const several = await Promise.all([1, 2, 3].map(() => it.resolve({ ANTHROPIC_PROFILE: "work" })))
      const headers = await Promise.all(several.flatMap((one) => [one?.headers(), one?.headers()]))
      expect(new Set(headers.map((one) => one?.authorization))).toEqual(new Set(["Bearer fresh"]))
      expect(requests).toBe(1)
      expect(JSON.parse(readFileSync(it.file, "utf8"))).toMatchObject({
        refresh_token: "r-1",
        account_email: "a@b",
      })
    })
  })

  test("a profile that is not there is named, and a file that others may read is refused", async () => {
    using it = profile({ authentication: { type: "user_oauth" } }, { access_token: "secret-t" })
    await inFolder(it.folder, async () => {
      await expect(it.resolve({ ANTHROPIC_PROFILE: "other" })).rejects.toThrow("ANTHROPIC_PROFILE")
      const { chmodSync } = await import("node:fs")
      chmodSync(it.file, 0o644)
      const credential = await it.resolve({ ANTHROPIC_PROFILE: "work" })
      const error = await credential?.headers().catch((caught: unknown) => caught)
      expect(String(error)).toContain("chmod 600")
      expect(String(error)).not.toContain("secret-t")
    })
  })
})
