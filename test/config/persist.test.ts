import { describe, expect, test } from "bun:test"
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { settingsFiles } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { persistSetting, persistUpdates } from "../../src/config/persist.ts"
import { findRepository } from "../../src/config/repository.ts"
import {
  isTrusted,
  keyApproval,
  openState,
  patchState,
  recordKeyApproval,
  recordTrust,
} from "../../src/config/state.ts"
import { tempDir } from "../sessions/support.ts"

function place() {
  const dir = tempDir()
  const cwd = join(dir.path, "work")
  mkdirSync(join(dir.path, "home"))
  mkdirSync(cwd)
  const paths = configPaths({}, { home: join(dir.path, "home") })
  return {
    cwd,
    paths,
    path: dir.path,
    files: () => settingsFiles(paths, cwd, findRepository(cwd)),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

const allow = (content: string, destination: "localSettings" | "userSettings") =>
  ({
    type: "addRules",
    behavior: "allow",
    destination,
    rules: [{ toolName: "Bash", ruleContent: content }],
  }) as const

describe("always allow", () => {
  test("writes the rule and leaves every other byte alone", async () => {
    using it = place()
    const { user } = it.files()
    mkdirSync(join(user, ".."), { recursive: true })
    writeFileSync(
      user,
      '{\n    "future": {"big": 12345678901234567890, "e": 1.0e2, "u": "\\u00e9"},\n    "permissions": {\n        "deny": [ "A" ]\n    },\n    "last": true\n}\n',
    )
    await persistUpdates([allow("npm test", "userSettings"), allow("npm test", "userSettings")], it.files())
    expect(readFileSync(user, "utf8")).toBe(
      '{\n    "future": {"big": 12345678901234567890, "e": 1.0e2, "u": "\\u00e9"},\n    "permissions": {\n        "deny": [ "A" ],\n        "allow": [\n            "Bash(npm test)"\n        ]\n    },\n    "last": true\n}\n',
    )
  })

  test("keeps local settings out of git, without touching .gitignore", async () => {
    using it = place()
    Bun.spawnSync(["git", "init", "-q", it.cwd])
    const { local } = it.files()
    await persistUpdates([allow("ls", "localSettings")], it.files())
    await persistUpdates([allow("pwd", "localSettings")], it.files())
    expect(JSON.parse(readFileSync(local, "utf8"))).toEqual({
      permissions: { allow: ["Bash(ls)", "Bash(pwd)"] },
    })
    expect(Bun.spawnSync(["git", "-C", it.cwd, "status", "--porcelain"]).stdout.toString()).toBe("")
    expect(readFileSync(join(it.cwd, ".git/info/exclude"), "utf8").match(/settings\.local/g)).toHaveLength(1)
  })

  test("replaces and removes rules, folders and the mode", async () => {
    using it = place()
    const to = "projectSettings" as const
    await persistUpdates(
      [
        { type: "addDirectories", directories: ["/a", "/b"], destination: to },
        { type: "setMode", mode: "plan", destination: to },
      ],
      it.files(),
    )
    await persistUpdates(
      [
        { type: "removeDirectories", directories: ["/a"], destination: to },
        {
          type: "replaceRules",
          behavior: "ask",
          rules: [{ toolName: "WebFetch" }, { toolName: "Edit" }],
          destination: to,
        },
        { type: "removeRules", behavior: "ask", rules: [{ toolName: "WebFetch" }], destination: to },
        { type: "addRules", behavior: "allow", rules: [{ toolName: "Read" }], destination: "session" },
      ],
      it.files(),
    )
    expect(JSON.parse(readFileSync(it.files().project, "utf8"))).toEqual({
      permissions: { additionalDirectories: ["/b"], defaultMode: "plan", ask: ["Edit"] },
    })
  })

  test("never overwrites a broken file", async () => {
    using it = place()
    const { user } = it.files()
    mkdirSync(join(user, ".."), { recursive: true })
    for (const broken of ['{"a": 1,}', "[1]", '{"a":']) {
      writeFileSync(user, broken)
      await expect(persistUpdates([allow("x", "userSettings")], it.files())).rejects.toThrow(
        `${user} is not a valid JSON object`,
      )
      expect(readFileSync(user, "utf8")).toBe(broken)
    }
  })

  test("a settings file that is a link stays one, with its mode", async () => {
    using it = place()
    const { user } = it.files()
    const real = join(it.path, "dotfiles.json")
    mkdirSync(join(user, ".."), { recursive: true })
    writeFileSync(real, "{}", { mode: 0o600 })
    symlinkSync(real, user)
    await persistSetting("verbose", true, "user", it.files())
    expect(readFileSync(real, "utf8")).toBe('{\n  "verbose": true\n}')
    expect(statSync(real).mode & 0o777).toBe(0o600)
    await persistSetting("verbose", undefined, "user", it.files())
    expect(JSON.parse(readFileSync(real, "utf8"))).toEqual({})
  })

  test("/config refuses what the key does not take", async () => {
    using it = place()
    await expect(persistSetting("verbose", "yes", "user", it.files())).rejects.toThrow(
      "verbose must be true or false",
    )
    await expect(persistSetting("nope", 1, "user", it.files())).rejects.toThrow("unknown setting: nope")
    await expect(persistSetting("processWrapper", "x", "project", it.files())).rejects.toThrow(
      "cannot be set in project settings",
    )
    await expect(persistSetting("allowManagedHooksOnly", true, "user", it.files())).rejects.toThrow(
      "cannot be set in user settings",
    )
  })
})

describe("local settings", () => {
  test("of a worktree are those of its main checkout; a forged pointer decides nothing", () => {
    using it = place()
    const git = (...args: string[]) =>
      Bun.spawnSync(["git", "-C", it.cwd, "-c", "user.name=a", "-c", "user.email=a@b", ...args])
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "x")
    const tree = join(it.path, "tree")
    git("worktree", "add", "-q", tree)
    expect(findRepository(tree)).toMatchObject({
      root: tree,
      mainRoot: it.cwd,
      commonDir: join(it.cwd, ".git"),
    })
    const forged = join(it.path, "forged")
    mkdirSync(forged)
    writeFileSync(join(forged, ".git"), readFileSync(join(tree, ".git")))
    expect(findRepository(forged)).toMatchObject({ root: forged, mainRoot: forged })
  })
})

describe("the shared state file", () => {
  test("two processes that change it at once both succeed, and nothing else changes", async () => {
    using it = place()
    writeFileSync(it.paths.stateFile, '{"numStartups": 1.50, "projects": {"/x": {"odd": 1e3}}}')
    const script = join(import.meta.dir, "patch-state.ts")
    const children = ["a", "b", "c"].map((name) =>
      Bun.spawn([process.execPath, script, it.paths.stateFile, name, "25"], { stderr: "inherit" }),
    )
    expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0])
    const text = readFileSync(it.paths.stateFile, "utf8")
    expect(text).toStartWith('{"numStartups": 1.50, "projects": {"/x": {"odd": 1e3}}')
    const state = JSON.parse(text)
    expect(Object.keys(state.counts).length).toBe(75)
    expect(state.total).toBe(75)
  }, 30_000)

  test("is whole at any moment, also when a writer is killed", async () => {
    using it = place()
    const script = join(import.meta.dir, "patch-state.ts")
    for (const pause of [0, 3, 7]) {
      writeFileSync(it.paths.stateFile, JSON.stringify({ kept: "x".repeat(200_000) }))
      rmSync(`${it.paths.stateFile}.lock`, { recursive: true, force: true })
      const child = Bun.spawn([process.execPath, script, it.paths.stateFile, "k", "100000"], {
        stderr: "ignore",
      })
      const deadline = Date.now() + 5_000
      while (openState(it.paths).read(["total"]) === undefined && Date.now() < deadline) await Bun.sleep(2)
      await Bun.sleep(pause)
      child.kill("SIGKILL")
      await child.exited
      const state = JSON.parse(readFileSync(it.paths.stateFile, "utf8"))
      expect([state.kept.length, state.total > 0]).toEqual([200_000, true])
    }
  }, 20_000)

  test("keeps trust per repository root, and never for the home folder", async () => {
    using it = place()
    Bun.spawnSync(["git", "init", "-q", it.cwd])
    const below = join(it.cwd, "below")
    mkdirSync(below)
    expect(isTrusted(below, openState(it.paths), it.paths)).toBe(false)
    expect(await recordTrust(below, it.paths)).toBe(true)
    expect(JSON.parse(readFileSync(it.paths.stateFile, "utf8"))).toEqual({
      projects: { [it.cwd]: { hasTrustDialogAccepted: true } },
    })
    expect(statSync(it.paths.stateFile).mode & 0o777).toBe(0o600)
    expect(isTrusted(it.cwd, openState(it.paths), it.paths)).toBe(true)
    expect(isTrusted(it.path, openState(it.paths), it.paths)).toBe(false)
    expect(await recordTrust(it.paths.home, it.paths)).toBe(false)
  })

  test("remembers the answer about an API key by its end", async () => {
    using it = place()
    const key = "sk-ant-REAL-0123456789012345678901234567890"
    await recordKeyApproval(key, "rejected", it.paths)
    await recordKeyApproval(key, "approved", it.paths)
    expect(readFileSync(it.paths.stateFile, "utf8")).not.toContain("REAL")
    expect(keyApproval(key, openState(it.paths))).toBe("approved")
    expect(keyApproval("another", openState(it.paths))).toBeNull()
  })

  test("is read and changed at 60 MB as well", async () => {
    using it = place()
    const filler = JSON.stringify({ text: 'a "quoted" \\ text '.repeat(3_000_000) })
    writeFileSync(it.paths.stateFile, `{"bulk":${filler},"projects":{}}`)
    await patchState(it.paths, () => [{ path: ["projects", "/p", "hasTrustDialogAccepted"], value: true }])
    expect(openState(it.paths).read(["projects", "/p"])).toEqual({ hasTrustDialogAccepted: true })
    expect(statSync(it.paths.stateFile).size).toBeGreaterThan(60_000_000)
  })

  test("broken, has no members and is not overwritten", async () => {
    using it = place()
    writeFileSync(it.paths.stateFile, '{"projects": {')
    expect(openState(it.paths).read(["projects", "x"])).toBeUndefined()
    await expect(recordTrust(it.cwd, it.paths)).rejects.toThrow("not a valid JSON object")
    expect(readFileSync(it.paths.stateFile, "utf8")).toBe('{"projects": {')
  })
})
