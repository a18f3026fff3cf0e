import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { methodRefusal } from "../../src/auth/forced-login.ts"
import { fileStore } from "../../src/auth/login-store.ts"
import { resolveCredential } from "../../src/auth/resolve.ts"
import { authStatus } from "../../src/auth/status.ts"
import { configPaths } from "../../src/config/paths.ts"
import type { Settings } from "../../src/model/settings.ts"
import { tempDir } from "../sessions/support.ts"

function place(state: Record<string, unknown>) {
  const dir = tempDir()
  const paths = configPaths({}, { home: dir.path })
  mkdirSync(paths.configDir)
  writeFileSync(paths.stateFile, JSON.stringify(state))
  writeFileSync(
    paths.credentialsFile,
    JSON.stringify({ claudeAiOauth: { accessToken: "access", expiresAt: Date.now() + 3_600_000 } }),
  )
  const options = (settings: Settings) => ({
    env: {},
    settings,
    paths,
    agreed: true,
    store: fileStore(paths.credentialsFile),
  })
  return {
    used: async (settings: Settings) => (await resolveCredential(options(settings)))?.apiKeySource ?? null,
    status: (settings: Settings) => authStatus(options(settings)),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

const STATE = { primaryApiKey: "console-key", oauthAccount: { organizationUuid: "org-1" } }

describe("forceLoginMethod", () => {
  test("leaves the logins of other kinds alone, and status says why", async () => {
    using it = place(STATE)
    expect(await it.used({})).toBe("oauth")
    expect(await it.used({ forceLoginMethod: "claudeai" })).toBe("oauth")
    expect(await it.used({ forceLoginMethod: "console" })).toBe("/login managed key")
    expect(await it.used({ forceLoginMethod: "gateway" })).toBeNull()
    const { others } = await it.status({ forceLoginMethod: "console" })
    expect(others.map(({ why }) => why)).toEqual([
      "the settings allow sign-in by the Console only (forceLoginMethod)",
    ])
  })

  test("refuses the other way to sign in", () => {
    expect(methodRefusal("console", { forceLoginMethod: "claudeai" })).toContain("a Claude account only")
    expect(methodRefusal("claudeai", { forceLoginMethod: "claudeai" })).toBeNull()
    expect(methodRefusal(null, { forceLoginMethod: "claudeai" })).toBeNull()
    expect(methodRefusal(null, { forceLoginMethod: "gateway" })).toContain("ANTHROPIC_BASE_URL")
    expect(methodRefusal("console", {})).toBeNull()
  })
})

describe("forceLoginOrgUUID", () => {
  test("a login counts when it is of one of the organisations, and only then", async () => {
    using it = place(STATE)
    expect(await it.used({ forceLoginOrgUUID: "org-1" })).toBe("oauth")
    expect(await it.used({ forceLoginOrgUUID: ["org-0", "org-1"] })).toBe("oauth")
    expect(await it.used({ forceLoginOrgUUID: "org-2" })).toBeNull()
    using unknown = place({})
    expect(await unknown.used({ forceLoginOrgUUID: "org-1" })).toBeNull()
  })
})
