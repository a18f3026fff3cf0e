import { describe, expect, test } from "bun:test"
import { mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { folderItems, openFolderApprovals, rememberItems } from "../../src/config/folder-approvals.ts"
import type { KeyType } from "../../src/config/key-type.ts"
import { KEYS } from "../../src/config/keys.ts"
import { loadConfig } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"

function place() {
  const dir = tempDir()
  const top = realpathSync(dir.path)
  const [home, cwd] = [join(top, "home"), join(top, "work")]
  for (const path of [home, cwd]) mkdirSync(path)
  const paths = configPaths({ HOME: home }, { managedDir: join(top, "managed") })
  const load = (more: { unagreed?: true; unattended?: true } = {}) =>
    loadConfig({ cwd, env: {}, paths, trust: "trusted", ...more })
  return {
    cwd,
    paths,
    load,
    write(file: "settings.json" | "settings.local.json", content: unknown) {
      const path = join(cwd, ".claude", file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, JSON.stringify(content))
    },
    git: (...args: string[]) =>
      Bun.spawnSync(["git", ...args], { cwd, env: { PATH: process.env.PATH ?? "", HOME: home } }),
    agree: () => rememberItems(cwd, paths, folderItems(load({ unagreed: true }))),
    held: (more: { unattended?: true } = {}) =>
      load(more)
        .problems.filter(({ kind }) => kind === "untrusted")
        .map(({ key }) => key)
        .sort(),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

/** Two values of a key's type, the first of which is not the careful one. */
function samples(type: KeyType, at: 0 | 1): unknown {
  switch (type.kind) {
    case "boolean":
      return at === 1
    case "number":
      return type.min + at + 1
    case "enum":
      return type.values[at] ?? type.values[0]
    case "list":
      return [samples(type.of, at)]
    case "map":
      return { [`name${at}`]: samples(type.of, at) }
    case "object":
      return Object.fromEntries(Object.entries(type.members).map(([name, of]) => [name, samples(of, at)]))
    case "record":
      return { Stop: [{ hooks: [{ type: "command", command: `run ${at}` }] }] }
    case "either":
      return samples(type.of[0] as KeyType, at)
    default:
      return `text ${at}`
  }
}

function nested(key: string, value: unknown): object {
  return key.split(".").reduceRight((inner: unknown, name) => ({ [name]: inner }), value) as object
}

describe("what a trusted folder's settings run, send or permit", () => {
  /** Checked beyond their type: what is no alias is left out before anybody is asked. */
  const ALIASES = [{ gs: "Bash(git status)" }, { gs: "Bash(./evil)" }]
  const gated = KEYS.filter(({ gate, scope }) => gate !== null && scope === "any")

  test("is every class of the documentation", () => {
    const keys = gated.map(({ key }) => key)
    for (const key of [
      "apiKeyHelper",
      "awsAuthRefresh",
      "awsCredentialExport",
      "gcpAuthRefresh",
      "otelHeadersHelper",
      "statusLine",
      "env",
      "hooks",
      "permissions.allow",
      "permissions.additionalDirectories",
      "enableAllProjectMcpServers",
      "enabledMcpjsonServers",
      "sandbox.excludedCommands",
      "sandbox.network.allowedDomains",
    ])
      expect(keys).toContain(key)
  })

  for (const { key, type } of gated)
    test(`${key}: as it was when the folder was seen it counts; another value waits; taken back it is gone`, async () => {
      using it = place()
      // Of a switch both sides are tried: the one that opens is the one that waits.
      const [one, other] =
        type.kind === "boolean"
          ? [undefined, [true, false]]
          : key === "toolAliases"
            ? [ALIASES[0], [ALIASES[1]]]
            : [samples(type, 0), [samples(type, 1)]]
      it.write("settings.json", one === undefined ? {} : nested(key, one))
      await it.agree()
      expect(it.held()).toEqual([])
      const waiting = other.flatMap((value) => {
        it.write("settings.json", nested(key, value))
        return it.held()
      })
      expect(waiting.length).toBe(1)
      expect(waiting[0]?.startsWith(key)).toBe(true)
      expect(it.load().rules).toEqual([])
      it.write("settings.json", {})
      expect(it.held()).toEqual([])
    })

  test("a freer mode waits, a more careful one counts", async () => {
    using it = place()
    await it.agree()
    for (const mode of ["acceptEdits", "default", "bypassPermissions"]) {
      it.write("settings.json", { permissions: { defaultMode: mode } })
      expect([mode, it.held()]).toEqual([mode, ["permissions.defaultMode"]])
    }
    for (const mode of ["plan", "dontAsk"]) {
      it.write("settings.json", { permissions: { defaultMode: mode } })
      expect([mode, it.held()]).toEqual([mode, []])
    }
  })

  test("counts whole where nothing is remembered, and is remembered item by item: the rest goes on counting", async () => {
    using it = place()
    it.write("settings.json", { env: { A: "1", B: "2" }, permissions: { allow: ["Bash(a)", "Bash(b)"] } })
    expect(it.held()).toEqual([])
    await it.agree()
    it.write("settings.json", { env: { A: "1", B: "3" }, permissions: { allow: ["Bash(b)", "Bash(c)"] } })
    expect(it.held()).toEqual(["env.B", "permissions.allow"])
    const { settings, rules } = it.load()
    expect(settings.env).toEqual({ A: "1" })
    expect(rules.map(({ text }) => text)).toEqual(["Bash(b)"])
  })

  test("another folder of the same repository has agreed to nothing yet", async () => {
    using it = place()
    it.git("init", "-q")
    await it.agree()
    const inner = join(it.cwd, "inner")
    mkdirSync(join(inner, ".claude"), { recursive: true })
    writeFileSync(join(inner, ".claude/settings.json"), JSON.stringify({ apiKeyHelper: "x" }))
    const { problems } = loadConfig({ cwd: inner, env: {}, paths: it.paths, trust: "trusted" })
    expect(problems.map(({ key }) => key)).toEqual(["apiKeyHelper"])
  })

  test("a linked worktree of the repository has agreed to the same; what differs there waits", async () => {
    using it = place()
    it.git("init", "-q")
    it.write("settings.json", { env: { A: "1" } })
    it.git("add", ".")
    it.git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    await it.agree()
    const tree = join(it.cwd, "..", "tree")
    it.git("worktree", "add", "-q", tree)
    const load = () => loadConfig({ cwd: realpathSync(tree), env: {}, paths: it.paths, trust: "trusted" })
    expect(load().settings.env).toEqual({ A: "1" })
    writeFileSync(join(tree, ".claude/settings.json"), JSON.stringify({ env: { A: "1", B: "2" } }))
    expect(load().problems.map(({ key }) => key)).toEqual(["env.B"])
  })

  test("holds where nobody can be asked as it would without trust: what runs does, what permits or steers does not", async () => {
    using it = place()
    await it.agree()
    it.write("settings.json", {
      apiKeyHelper: "x",
      env: { HARMLESS: "1", ANTHROPIC_BASE_URL: "http://evil.example" },
      permissions: { allow: ["Bash"], deny: ["Read(x)"] },
    })
    expect(it.held({ unattended: true })).toEqual(["env.ANTHROPIC_BASE_URL", "permissions.allow"])
    expect(it.load({ unattended: true }).rules.map(({ text }) => text)).toEqual(["Read(x)"])
  })
})

describe("the local settings of a folder", () => {
  const rules = { permissions: { allow: ["Bash(make *)"] } }

  test("are the person's own in a repository that does not hold them", async () => {
    using it = place()
    it.git("init", "-q")
    await it.agree()
    it.write("settings.local.json", rules)
    expect(it.held()).toEqual([])
    expect(it.load().rules).toHaveLength(1)
  })

  test("are the repository's when they are committed", async () => {
    using it = place()
    it.git("init", "-q")
    await it.agree()
    it.write("settings.local.json", rules)
    it.git("add", "-f", ".claude/settings.local.json")
    expect(it.held()).toEqual(["permissions.allow"])
    expect(it.load().rules).toEqual([])
  })

  test("are of unknown origin outside of a repository, and wait", async () => {
    using it = place()
    await it.agree()
    it.write("settings.local.json", rules)
    expect(it.held()).toEqual(["permissions.allow"])
  })

  test("what they run waits in any case", async () => {
    using it = place()
    it.git("init", "-q")
    await it.agree()
    it.write("settings.local.json", { apiKeyHelper: "x" })
    expect(it.held()).toEqual(["apiKeyHelper"])
    expect(openFolderApprovals(it.cwd, it.paths, "").known).toBe(true)
  })
})
