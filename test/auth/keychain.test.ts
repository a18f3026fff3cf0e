/**
 * Logins in the macOS keychain, over a keyring that is as strict as the system's: items by service and account, access that is
 * denied or locked rejects, a missing item is null, and a password has a largest size.
 */
import { describe, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Keyring } from "../../src/auth/keychain.ts"
import { profileFolder } from "../../src/auth/profile.ts"
import { refreshLogin } from "../../src/auth/refresh-login.ts"
import { secret } from "../../src/auth/secret.ts"
import { ownSecrets } from "../../src/auth/secret-place.ts"
import { authStatus } from "../../src/auth/status.ts"
import { loginStore, ownStore } from "../../src/auth/stores.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"
import { oauthServer } from "./support.ts"

type State = "open" | "denied" | "locked"

function fakeKeyring(limit = 64 * 1024) {
  const items = new Map<string, string>()
  const opened: string[] = []
  let state: State = "open"
  const check = () => {
    if (state === "denied") throw new Error("User interaction is not allowed.")
    if (state === "locked") throw new Error("The keychain is locked.")
  }
  const keyring: Keyring = {
    async open(service, account) {
      if (service === "" || account === "") throw new Error("service and account must not be empty")
      const key = `${service}\u0000${account}`
      opened.push(`${service} / ${account}`)
      return {
        async getPassword() {
          check()
          return items.get(key)
        },
        async setPassword(password) {
          check()
          if (typeof password !== "string") throw new Error("a password is a text")
          if (Buffer.byteLength(password) > limit) throw new Error("The password is too long.")
          items.set(key, password)
        },
      }
    },
  }
  return {
    keyring,
    opened,
    put: (service: string, account: string, value: string) =>
      void items.set(`${service}\u0000${account}`, value),
    get: (service: string, account: string) => items.get(`${service}\u0000${account}`),
    become(next: State) {
      state = next
    },
  }
}

const ITEM = "Claude Code-credentials"
const HELD = `{"mcpOAuth": {"s|1": {"n": 1.0}}, "claudeAiOauth": {"accessToken":"access-0","refreshToken":"refresh-0","expiresAt":1,"subscriptionType":"max","rateLimitTier":"t"}}`
const env = { USER: "me" }
const login = {
  accessToken: secret("access-9"),
  refreshToken: secret("refresh-9"),
  expiresAt: 9,
  scopes: [],
  subscription: null,
}

function place(own: Record<string, string> = {}) {
  const dir = tempDir()
  const paths = configPaths(own, { home: dir.path })
  mkdirSync(paths.ownDir, { recursive: true })
  return { paths, [Symbol.dispose]: () => dir[Symbol.dispose]() }
}

describe("the existing login in the keychain", () => {
  test("is the item of the documented service for this user, and of another service when the folder was moved", async () => {
    using it = place()
    const fake = fakeKeyring()
    fake.put(ITEM, "me", HELD)
    fake.put(ITEM, "unknown", HELD.replaceAll("access-0", "stale"))
    const store = loginStore(it.paths, env, fake.keyring)
    expect((await store.read())?.accessToken.reveal()).toBe("access-0")
    expect(store.label).toBe(`keychain item ${ITEM}`)
    using moved = place({ CLAUDE_CONFIG_DIR: "/some/where" })
    await loginStore(moved.paths, env, fake.keyring).read()
    const hash = createHash("sha256").update("/some/where").digest("hex").slice(0, 8)
    expect(fake.opened).toEqual([`${ITEM} / me`, `${ITEM}-${hash} / me`])
  })

  test("that is missing leaves the file, which is then written too", async () => {
    using it = place()
    const fake = fakeKeyring()
    writeFileSync(it.paths.credentialsFile, HELD)
    const store = loginStore(it.paths, env, fake.keyring)
    expect((await store.read())?.accessToken.reveal()).toBe("access-0")
    expect([store.label, store.trouble]).toEqual([it.paths.credentialsFile, null])
    await store.write(login)
    expect(readFileSync(it.paths.credentialsFile, "utf8")).toContain("access-9")
    expect(fake.get(ITEM, "me")).toBeUndefined()
  })

  for (const state of ["denied", "locked"] as const)
    test(`that is ${state} is not used, not written over, and said so`, async () => {
      using it = place()
      const fake = fakeKeyring()
      fake.put(ITEM, "me", HELD)
      const store = loginStore(it.paths, env, fake.keyring)
      await store.read()
      fake.become(state)
      expect(await store.read()).toBeNull()
      expect(store.trouble).toContain("the keychain did not give Claude Code-credentials")
      const status = await authStatus({ env, settings: {}, paths: it.paths, agreed: true, store })
      expect(status.loggedIn).toBe(false)
      expect(status.others[0]?.why).toContain("the keychain did not give")
      fake.become("open")
      expect(fake.get(ITEM, "me")).toBe(HELD)
    })

  test("a write that cannot read first writes nothing: what else the item holds would be lost", async () => {
    using it = place()
    const fake = fakeKeyring()
    fake.put(ITEM, "me", HELD)
    const store = loginStore(it.paths, env, fake.keyring)
    await store.read()
    fake.become("locked")
    await expect(store.write(login)).rejects.toThrow("locked")
    fake.become("open")
    expect(fake.get(ITEM, "me")).toBe(HELD)
  })

  test("is refreshed in place, with every foreign key kept", async () => {
    using it = place()
    using server = oauthServer()
    const fake = fakeKeyring()
    fake.put(ITEM, "me", HELD)
    const store = loginStore(it.paths, env, fake.keyring)
    const stale = await store.read()
    if (stale === null) throw new Error("no login")
    const lockFile = join(it.paths.configDir, ".lock")
    const fresh = await refreshLogin({ store, client: server.client, lockFile, stale })
    expect(fresh?.accessToken.reveal()).toBe("access-1")
    const held = fake.get(ITEM, "me") ?? ""
    expect(held).toContain('"mcpOAuth": {"s|1": {"n": 1.0}}')
    expect(held).toContain('"rateLimitTier":"t"')
    expect(JSON.parse(held).claudeAiOauth).toMatchObject({
      accessToken: "access-1",
      refreshToken: "refresh-1",
    })
  })

  test("a password that the keychain finds too long leaves it as it was", async () => {
    using it = place()
    const fake = fakeKeyring(Buffer.byteLength(HELD))
    fake.put(ITEM, "me", HELD)
    const store = loginStore(it.paths, env, fake.keyring)
    await store.read()
    const long = { ...login, accessToken: secret("x".repeat(4000)) }
    await expect(store.write(long)).rejects.toThrow("too long")
    expect(fake.get(ITEM, "me")).toBe(HELD)
  })

  test("what is no JSON there is no login, and stays", async () => {
    using it = place()
    const fake = fakeKeyring()
    fake.put(ITEM, "me", "not json")
    expect(await loginStore(it.paths, env, fake.keyring).read()).toBeNull()
    expect(fake.get(ITEM, "me")).toBe("not json")
  })
})

describe("a login of our own", () => {
  test("has an item of our own, and leaves those of others alone", async () => {
    using it = place()
    const fake = fakeKeyring()
    fake.put(ITEM, "me", HELD)
    const store = ownStore(it.paths, env, fake.keyring)
    await store.write(login)
    expect((await store.read())?.accessToken.reveal()).toBe("access-9")
    expect(fake.get(ITEM, "me")).toBe(HELD)
    await store.clear()
    expect(await store.read()).toBeNull()
    expect(existsSync(join(it.paths.ownDir, "credentials.json"))).toBe(false)
  })

  test("goes to a file that only its owner reads where the keychain takes nothing, and is removed from there", async () => {
    using it = place()
    const fake = fakeKeyring()
    fake.become("denied")
    const store = ownStore(it.paths, env, fake.keyring)
    await store.write(login)
    const file = join(it.paths.ownDir, "credentials.json")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await store.read())?.accessToken.reveal()).toBe("access-9")
    await store.clear()
    expect(await store.read()).toBeNull()
  })
})

describe("secrets of our own", () => {
  const set = (name: string, value: unknown) => () => [{ path: ["mcpOAuth", name], value }]

  test("go into the item beside the login, which stays", async () => {
    using it = place()
    const fake = fakeKeyring()
    await ownStore(it.paths, env, fake.keyring).write(login)
    const secrets = ownSecrets(it.paths, env, fake.keyring)
    await secrets.patch(set("a", { token: "t1" }))
    await secrets.patch(set("b", { token: "t2" }))
    expect(JSON.parse((await secrets.read()) ?? "").mcpOAuth).toEqual({
      a: { token: "t1" },
      b: { token: "t2" },
    })
    expect((await ownStore(it.paths, env, fake.keyring).read())?.accessToken.reveal()).toBe("access-9")
    expect(existsSync(join(it.paths.ownDir, "credentials.json"))).toBe(false)
  })

  test("never go over an item that is locked: the file takes them, and what the item held is there afterwards", async () => {
    using it = place()
    const fake = fakeKeyring()
    const secrets = ownSecrets(it.paths, env, fake.keyring)
    await secrets.patch(set("a", { token: "t1" }))
    fake.become("locked")
    await secrets.patch(set("b", { token: "t2" }))
    const file = join(it.paths.ownDir, "credentials.json")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ mcpOAuth: { b: { token: "t2" } } })
    fake.become("open")
    expect(JSON.parse((await secrets.read()) ?? "").mcpOAuth).toEqual({ a: { token: "t1" } })
  })
})

describe("places on Windows", () => {
  const windows = (env: Record<string, string>) => configPaths(env, { platform: "win32" })

  test("are below the user's profile, whatever HOME says", () => {
    const paths = windows({ USERPROFILE: "C:\\Users\\me", HOME: "/c/Users/me" })
    expect(paths.credentialsFile).toBe("C:\\Users\\me\\.claude\\.credentials.json")
    expect(paths.stateFile).toBe("C:\\Users\\me\\.claude.json")
    expect(paths.managedDir).toBe("C:\\Program Files\\ClaudeCode")
    expect(windows({ USERPROFILE: "C:\\Users\\me", ProgramFiles: "D:\\Programs" }).managedDir).toBe(
      "D:\\Programs\\ClaudeCode",
    )
  })

  test("follow CLAUDE_CONFIG_DIR", () => {
    const paths = windows({ USERPROFILE: "C:\\Users\\me", CLAUDE_CONFIG_DIR: "D:\\conf" })
    expect([paths.credentialsFile, paths.stateFile]).toEqual([
      "D:\\conf\\.credentials.json",
      "D:\\conf\\.claude.json",
    ])
  })

  test("of profiles are in APPDATA", () => {
    expect(profileFolder({ APPDATA: "C:\\Users\\me\\AppData\\Roaming" }, "win32")).toBe(
      "C:\\Users\\me\\AppData\\Roaming\\Anthropic",
    )
    expect(profileFolder({ USERPROFILE: "C:\\Users\\me" }, "win32")).toBe(
      "C:\\Users\\me\\AppData\\Roaming\\Anthropic",
    )
    expect(profileFolder({ HOME: "/home/me" }, "linux")).toBe("/home/me/.config/anthropic")
    expect(profileFolder({}, "win32")).toBeNull()
  })
})
