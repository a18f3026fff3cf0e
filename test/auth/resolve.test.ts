import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { inspect } from "node:util"
import { hasAgreed, recordAgreement } from "../../src/auth/agreement.ts"
import { fileStore, keychainService } from "../../src/auth/login-store.ts"
import { hasStoredLogin, type ResolveOptions, resolveCredential } from "../../src/auth/resolve.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState, recordKeyApproval } from "../../src/config/state.ts"
import { tempDir } from "../sessions/support.ts"
import { oauthServer } from "./support.ts"

const HOUR = 3_600_000

function place() {
  const dir = tempDir()
  const paths = configPaths({}, { home: dir.path })
  mkdirSync(paths.configDir)
  const path = { PATH: process.env.PATH }
  return {
    paths,
    path: dir.path,
    store: fileStore(paths.credentialsFile),
    putLogin(expiresAt: number, more = "") {
      writeFileSync(
        paths.credentialsFile,
        `{"mcpOAuth": {"s|1": {"n": 1.0}},${more}"claudeAiOauth": {"accessToken":"access-0","refreshToken":"refresh-0","expiresAt":${expiresAt},"subscriptionType":"max","rateLimitTier":"t"}}`,
        { mode: 0o644 },
      )
    },
    resolve: (more: Partial<ResolveOptions> = {}) =>
      resolveCredential({
        settings: {},
        paths,
        agreed: false,
        store: fileStore(paths.credentialsFile),
        ...more,
        env: { ...path, ...more.env },
      }),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

describe("who pays", () => {
  test("bearer, key, helper, token, login: in this order", async () => {
    using it = place()
    it.putLogin(Date.now() + HOUR)
    const env: Record<string, string> = {
      ANTHROPIC_AUTH_TOKEN: "bear",
      ANTHROPIC_API_KEY: "key",
      CLAUDE_CODE_OAUTH_TOKEN: "tok",
    }
    const found: unknown[] = []
    const look = async (settings = {}) => {
      const credential = await it.resolve({ env, settings, agreed: true })
      found.push([credential?.apiKeySource, await credential?.headers()])
    }
    await look()
    delete env.ANTHROPIC_AUTH_TOKEN
    await look()
    delete env.ANTHROPIC_API_KEY
    await look({ apiKeyHelper: "echo helped" })
    await look()
    delete env.CLAUDE_CODE_OAUTH_TOKEN
    await look()
    expect(found).toEqual([
      ["none", { authorization: "Bearer bear" }],
      ["ANTHROPIC_API_KEY", { "x-api-key": "key" }],
      ["apiKeyHelper", { "x-api-key": "helped", authorization: "Bearer helped" }],
      ["oauth", { authorization: "Bearer tok" }],
      ["oauth", { authorization: "Bearer access-0" }],
    ])
  })

  test("a stored login is not used before the person has agreed", async () => {
    using it = place()
    it.putLogin(Date.now() + HOUR)
    expect(await it.resolve()).toBeNull()
    expect(await hasStoredLogin(it.paths, {}, it.store)).toBe(true)
    expect(hasAgreed(it.paths)).toBe(false)
    await recordAgreement(it.paths)
    const credential = await it.resolve({ agreed: hasAgreed(it.paths) })
    expect(credential).toMatchObject({ account: { subscription: "max" }, betas: ["oauth-2025-04-20"] })
    expect(inspect(credential)).not.toContain("access-0")
  })

  test("--bare knows a key or a helper only; a refused key is passed over", async () => {
    using it = place()
    it.putLogin(Date.now() + HOUR)
    expect(
      await it.resolve({
        bare: true,
        agreed: true,
        env: { ANTHROPIC_AUTH_TOKEN: "x", CLAUDE_CODE_OAUTH_TOKEN: "y" },
      }),
    ).toBeNull()
    await recordKeyApproval("a-key-of-mine-0123456789", "rejected", it.paths)
    const env = { ANTHROPIC_API_KEY: "a-key-of-mine-0123456789" }
    expect(await it.resolve({ env, askedAbout: openState(it.paths) })).toBeNull()
    expect((await it.resolve({ env }))?.source).toBe("ANTHROPIC_API_KEY")
  })

  test("a key left by a Console sign-in is found, after agreement", async () => {
    using it = place()
    writeFileSync(it.paths.stateFile, '{"primaryApiKey":"sk-stored"}')
    expect(await it.resolve()).toBeNull()
    expect(await (await it.resolve({ agreed: true }))?.headers()).toEqual({ "x-api-key": "sk-stored" })
  })

  test("a value that no header can carry is named, not shown", async () => {
    using it = place()
    const error = await it
      .resolve({ env: { ANTHROPIC_API_KEY: "abc\ndef-secret" } })
      .catch((caught: unknown) => caught)
    expect(inspect(error)).toContain("ANTHROPIC_API_KEY must hold one key")
    expect(inspect(error)).not.toContain("def-secret")
  })

  test("a moved config folder has its own keychain item", () => {
    expect(keychainService({ configDir: "/x", customConfigDir: false })).toBe("Claude Code-credentials")
    expect(keychainService({ configDir: "/x", customConfigDir: true })).toMatch(
      /^Claude Code-credentials-[0-9a-f]{8}$/,
    )
  })
})

describe("apiKeyHelper", () => {
  test("runs once for many requests, again after its time and after a 401", async () => {
    using it = place()
    const counter = join(it.path, "runs")
    const apiKeyHelper = `echo x >> ${counter}; echo key-$(wc -l < ${counter} | tr -d ' ')`
    const credential = await it.resolve({ settings: { apiKeyHelper } })
    const all = await Promise.all(Array.from({ length: 50 }, () => credential?.headers()))
    expect(new Set(all.map((headers) => headers?.["x-api-key"]))).toEqual(new Set(["key-1"]))
    expect(await credential?.refresh()).toBe(true)
    expect((await credential?.headers())?.["x-api-key"]).toBe("key-2")
    const eager = await it.resolve({
      settings: { apiKeyHelper },
      env: { CLAUDE_CODE_API_KEY_HELPER_TTL_MS: "0" },
    })
    await eager?.headers()
    expect((await eager?.headers())?.["x-api-key"]).toBe("key-4")
  })

  test.each([
    ["exit 3", "failed with exit code 3"],
    ["true", "printed nothing"],
    ["echo two words", "printable ASCII"],
    ["printf 'schl\\303\\274ssel'", "printable ASCII"],
    ["head -c 17000 /dev/zero | tr '\\0' a", "more than 16384"],
    ["yes", "more than 16384"],
  ])("%s: a clear error", async (apiKeyHelper, message) => {
    using it = place()
    const credential = await it.resolve({ settings: { apiKeyHelper } })
    await expect(credential?.headers()).rejects.toThrow(message)
  })

  test("is not waited for after an abort, and its children end with it", async () => {
    using it = place()
    const { runHelper } = await import("../../src/auth/helper.ts")
    const marker = join(it.path, "late")
    const command = `(sleep 0.3; touch ${marker}) & sleep 60`
    await expect(runHelper(command, { env: process.env, timeoutMs: 20 })).rejects.toThrow(
      "did not finish in 0.02 s",
    )
    await expect(runHelper(command, { env: process.env, signal: AbortSignal.timeout(20) })).rejects.toThrow()
    await Bun.sleep(400)
    expect(existsSync(marker)).toBe(false)
  })
})

describe("renewing a stored login", () => {
  const oauthOf = (service: ReturnType<typeof oauthServer>) => ({ oauth: { ...service.client } })

  test("happens before it ends, once for all requests, and keeps every other key", async () => {
    using it = place()
    using service = oauthServer()
    it.putLogin(Date.now() + 60_000, '"future": {"x": 1e2},')
    const credential = await it.resolve({ agreed: true, settings: oauthOf(service) })
    const all = await Promise.all(Array.from({ length: 100 }, () => credential?.headers()))
    expect(new Set(all.map((headers) => headers?.authorization))).toEqual(new Set(["Bearer access-1"]))
    expect(service.requests).toHaveLength(1)
    const text = readFileSync(it.paths.credentialsFile, "utf8")
    expect(text).toStartWith('{"mcpOAuth": {"s|1": {"n": 1.0}},"future": {"x": 1e2},"claudeAiOauth": {')
    expect(JSON.parse(text).claudeAiOauth).toMatchObject({
      accessToken: "access-1",
      refreshToken: "refresh-1",
      rateLimitTier: "t",
    })
    expect(statSync(it.paths.credentialsFile).mode & 0o777).toBe(0o600)
  })

  test("500 refreshers in five processes make one request", async () => {
    using it = place()
    using service = oauthServer()
    it.putLogin(Date.now() - 1000)
    const script = join(import.meta.dir, "refresh-many.ts")
    const children = Array.from({ length: 5 }, () =>
      Bun.spawn(
        [process.execPath, script, dirname(it.paths.configDir), JSON.stringify(service.client), "100"],
        { stdout: "pipe", stderr: "inherit" },
      ),
    )
    const said = await Promise.all(children.map((child) => new Response(child.stdout).text()))
    expect(said.map((text) => text.trim())).toEqual(Array(5).fill("access-1"))
    expect(service.requests).toHaveLength(1)
  }, 30_000)

  test("leaves alone what another program wrote meanwhile", async () => {
    using it = place()
    using service = oauthServer()
    it.putLogin(Date.now() - 1000)
    service.instead.push(() => {
      writeFileSync(
        it.paths.credentialsFile,
        JSON.stringify({
          claudeAiOauth: { accessToken: "theirs", refreshToken: "theirs-r", expiresAt: Date.now() + HOUR },
        }),
      )
      return Response.json({ access_token: "ours", refresh_token: "ours-r", expires_in: 3600 })
    })
    const credential = await it.resolve({ agreed: true, settings: oauthOf(service) })
    expect(await credential?.headers()).toEqual({ authorization: "Bearer theirs" })
    expect(readFileSync(it.paths.credentialsFile, "utf8")).toContain("theirs-r")
  })

  test("when refused says what to do, and the stored login is as before", async () => {
    using it = place()
    using service = oauthServer()
    it.putLogin(Date.now() - 1000)
    const before = readFileSync(it.paths.credentialsFile, "utf8")
    service.instead.push(() => Response.json({ error: "invalid_grant" }, { status: 400 }))
    const credential = await it.resolve({ agreed: true, settings: oauthOf(service) })
    await expect(credential?.headers()).rejects.toThrow("Login expired: sign in again with /login")
    const alone = await it.resolve({ agreed: true })
    await expect(alone?.headers()).rejects.toThrow("start the program that you signed in with")
    expect(readFileSync(it.paths.credentialsFile, "utf8")).toBe(before)
  })

  test("a broken credentials file is no login, and stays as it is", async () => {
    using it = place()
    for (const text of ["{", "[]", '{"claudeAiOauth":5}', '{"claudeAiOauth":{"accessToken":"a b"}}', ""]) {
      writeFileSync(it.paths.credentialsFile, text)
      expect(await it.resolve({ agreed: true })).toBeNull()
      expect(readFileSync(it.paths.credentialsFile, "utf8")).toBe(text)
    }
  })
})
