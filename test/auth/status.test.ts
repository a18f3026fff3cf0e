import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { recordAgreement } from "../../src/auth/agreement.ts"
import { authStatus, statusJson, statusLines } from "../../src/auth/status.ts"
import type { ResolveOptions } from "../../src/auth/ways.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState, recordKeyApproval } from "../../src/config/state.ts"
import { tempDir } from "../sessions/support.ts"

const NOW = Date.parse("2026-01-01T00:00:00Z")
const HOUR = 3_600_000

function place() {
  const home = tempDir()
  const paths = configPaths({}, { home: home.path })
  const status = (env: Record<string, string>, more: Partial<ResolveOptions> = {}) =>
    authStatus({ env: { HOME: home.path, ...env }, settings: {}, paths, agreed: false, ...more }, NOW)
  const putLogin = (expiresAt: number) => {
    mkdirSync(dirname(paths.credentialsFile), { recursive: true })
    const login = {
      accessToken: "secret-access",
      refreshToken: "secret-refresh",
      expiresAt,
      subscriptionType: "max",
    }
    writeFileSync(paths.credentialsFile, JSON.stringify({ claudeAiOauth: login }))
  }
  return { paths, status, putLogin, [Symbol.dispose]: () => home[Symbol.dispose]() }
}

describe("which credential is used, and why", () => {
  test("nothing: says the ways that work, and that there is no client id", async () => {
    using it = place()
    const status = await it.status({})
    expect(status).toMatchObject({ loggedIn: false, method: "none", source: null })
    expect(statusLines(status).join("\n")).toContain("ANTHROPIC_API_KEY")
    expect(statusLines(status).join("\n")).toContain("no OAuth client id of its own")
  })

  test("the first in the order, and for each other one why it is not used; no secret in any of it", async () => {
    using it = place()
    it.putLogin(NOW + HOUR)
    const env = { ANTHROPIC_API_KEY: "secret-key", CLAUDE_CODE_OAUTH_TOKEN: "secret-token" }
    const status = await it.status(env, { settings: { apiKeyHelper: "exit 1" } })
    expect(status).toMatchObject({ loggedIn: true, method: "api-key", source: "ANTHROPIC_API_KEY" })
    expect(status.others.map(({ method, why }) => [method, why.slice(0, 30)])).toEqual([
      ["helper", "outranked by ANTHROPIC_API_KEY"],
      ["oauth-token", "outranked by ANTHROPIC_API_KEY"],
      ["existing-login", "you have not agreed to the not"],
    ])
    expect(JSON.stringify(statusJson(status)) + statusLines(status).join()).not.toContain("secret-")
  })

  test("a key that was refused is there and not used", async () => {
    using it = place()
    await recordKeyApproval("key-1", "rejected", it.paths)
    const status = await it.status({ ANTHROPIC_API_KEY: "key-1" }, { askedAbout: openState(it.paths) })
    expect(status.loggedIn).toBe(false)
    expect(status.others).toEqual([
      {
        method: "api-key",
        source: "ANTHROPIC_API_KEY",
        why: "you said no to this key; /login takes it after all",
      },
    ])
  })

  test("an ended login is told without asking anybody, and who can renew it", async () => {
    using it = place()
    it.putLogin(NOW - HOUR)
    await recordAgreement(it.paths)
    const status = await it.status({}, { agreed: true })
    expect(status).toMatchObject({
      loggedIn: true,
      method: "existing-login",
      account: { subscription: "max" },
    })
    expect(status.notes.join()).toContain("start the program that you signed in with")
    it.putLogin(NOW + 2 * HOUR)
    expect((await it.status({}, { agreed: true })).notes).toEqual([
      "The access token ends in about 2 h; only the program that you signed in with can renew it.",
    ])
  })

  test("a cloud provider outranks everything, and two at once are said so", async () => {
    using it = place()
    const env = { ANTHROPIC_API_KEY: "k" }
    expect(await it.status({ ...env, CLAUDE_CODE_USE_BEDROCK: "1" })).toMatchObject({
      loggedIn: true,
      method: "provider",
      provider: "bedrock",
      source: "CLAUDE_CODE_USE_BEDROCK",
      others: [{ method: "api-key", why: "outranked by CLAUDE_CODE_USE_BEDROCK" }],
    })
    const both = { CLAUDE_CODE_USE_VERTEX: "1", CLAUDE_CODE_USE_FOUNDRY: "1" }
    expect((await it.status({ ...env, ...both })).loggedIn).toBe(false)
  })
})
