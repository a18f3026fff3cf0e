import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Trust } from "../../src/config/check-layer.ts"
import { folderBrings } from "../../src/config/folder-brings.ts"
import { type ConfigFlags, loadConfig } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { decide } from "../../src/permissions/decide.ts"
import { tempDir } from "../sessions/support.ts"

function place() {
  const dir = tempDir()
  const home = join(dir.path, "home")
  const cwd = join(dir.path, "work")
  mkdirSync(cwd, { recursive: true })
  const paths = configPaths({}, { home, managedDir: join(dir.path, "managed") })
  const at = {
    user: join(home, ".claude/settings.json"),
    project: join(cwd, ".claude/settings.json"),
    local: join(cwd, ".claude/settings.local.json"),
    managed: join(dir.path, "managed/managed-settings.json"),
    mcp: join(cwd, ".mcp.json"),
    instructions: join(cwd, "CLAUDE.md"),
  }
  return {
    cwd,
    paths,
    put(where: keyof typeof at, content: unknown) {
      mkdirSync(dirname(at[where]), { recursive: true })
      writeFileSync(at[where], typeof content === "string" ? content : JSON.stringify(content))
    },
    load: (flags: ConfigFlags = {}, trust: Trust = "trusted") =>
      loadConfig({ cwd, env: {}, paths, flags, trust }),
    verdict(command: string, flags: ConfigFlags = {}) {
      const config = loadConfig({ cwd, env: {}, paths, flags, trust: "trusted" })
      const access = [{ kind: "exec", command, cwd }] as const
      return decide(
        { tool: "Bash", input: { command }, access },
        {
          mode: "default",
          rules: config.rules,
          cwd,
          roots: [cwd],
          home,
          configDir: paths.configDir,
          ownFiles: [],
          ownFolders: [],
          resolve: (path) => path,
          sandboxed: false,
        },
      ).verdict
    },
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

const careful = { permissions: { deny: ["Bash(git push *)"] } }
const quick = { permissions: { allow: ["Bash(make *)"] }, sandbox: { enabled: true } }

describe("profiles", () => {
  test("are named in the person's settings and chosen by flag or setting", () => {
    using it = place()
    it.put("user", { ccts: { profiles: { careful, quick } } })
    expect(it.verdict("make all")).toBe("ask")
    expect(it.verdict("make all", { profile: "quick" })).toBe("allow")
    expect(it.verdict("git push origin", { profile: "careful" })).toBe("deny")
    expect(it.load({ profile: "quick" }).settings.sandbox).toEqual({ enabled: true })
    it.put("user", { ccts: { profiles: { careful, quick }, profile: "quick" } })
    expect(it.verdict("make all")).toBe("allow")
    expect(it.verdict("make all", { profile: "careful" })).toBe("ask")
  })

  test("cannot be defined or chosen by a folder, trusted or not", () => {
    using it = place()
    it.put("user", { ccts: { profiles: { quick } } })
    it.put("project", {
      ccts: { profile: "quick", profiles: { quick: { permissions: { allow: ["Bash"] } } } },
    })
    expect(it.verdict("make all")).toBe("ask")
    expect(it.verdict("rm x", { profile: "quick" })).toBe("ask")
  })

  test("do not stand above managed settings", () => {
    using it = place()
    it.put("managed", { permissions: { deny: ["Bash(make *)"], disableBypassPermissionsMode: "disable" } })
    it.put("user", { ccts: { profiles: { quick } } })
    expect(it.verdict("make all", { profile: "quick" })).toBe("deny")
    it.put("managed", { allowManagedPermissionRulesOnly: true })
    expect(it.verdict("make all", { profile: "quick" })).toBe("ask")
  })

  test("that do not exist end the start, naming those that do", () => {
    using it = place()
    it.put("user", { ccts: { profiles: { careful } } })
    expect(it.load({ profile: "quik" }).problems).toEqual([
      { file: "--profile", message: 'there is no profile "quik"; defined: "careful"', kind: "fatal" },
    ])
  })

  test("hold permissions and sandbox only; what is wrong in them is named", () => {
    using it = place()
    it.put("user", { ccts: { profiles: { odd: { env: { A: "b" }, permissions: { allow: "Bash" } } } } })
    const { problems, settings } = it.load({ profile: "odd" })
    expect(problems.map(({ file, key }) => [file, key])).toEqual([
      ['profile "odd"', "permissions.allow"],
      ['profile "odd"', "env"],
    ])
    expect(settings.env).toBeUndefined()
  })
})

describe("managed settings", () => {
  test("may say that their list of MCP servers is the only one; what others deny stays denied", () => {
    using it = place()
    const list = (...names: readonly string[]) => names.map((serverName) => ({ serverName }))
    it.put("user", { allowedMcpServers: list("mine"), deniedMcpServers: list("bad") })
    it.put("managed", { allowedMcpServers: list("ours") })
    expect(it.load().settings.allowedMcpServers).toEqual(list("mine", "ours"))
    it.put("managed", { allowedMcpServers: list("ours"), allowManagedMcpServersOnly: true })
    expect(it.load().settings.allowedMcpServers).toEqual(list("ours"))
    expect(it.load().settings.deniedMcpServers).toEqual(list("bad"))
    it.put("managed", {})
    it.put("user", { allowedMcpServers: list("mine"), allowManagedMcpServersOnly: true })
    expect(it.load().settings.allowedMcpServers).toEqual(list("mine"))
  })

  const flags: ConfigFlags = {
    settings: JSON.stringify({
      permissions: { allow: ["Bash(git push *)", "Bash"], defaultMode: "bypassPermissions" },
    }),
    values: { permissions: { allow: ["Bash"] } },
  }

  test("deny whatever any other source allows", () => {
    using it = place()
    it.put("managed", { permissions: { deny: ["Bash(git push *)"] } })
    for (const where of ["user", "project", "local"] as const)
      it.put(where, { permissions: { allow: ["Bash", "Bash(git push *)"] } })
    expect(it.verdict("git push origin", flags)).toBe("deny")
    expect(it.verdict("timeout 5 git push origin", flags)).toBe("deny")
    expect(it.verdict("true && (git push origin)", flags)).toBe("deny")
  })

  test("alone allow when they say so", () => {
    using it = place()
    it.put("managed", { allowManagedPermissionRulesOnly: true, permissions: { allow: ["Bash(make *)"] } })
    it.put("user", { permissions: { allow: ["Bash"], deny: ["Bash(make clean)"] } })
    expect(it.verdict("npm test", flags)).toBe("ask")
    expect(it.verdict("make all", flags)).toBe("allow")
    // Rules that tighten hold from everywhere.
    expect(it.verdict("make clean", flags)).toBe("deny")
  })

  test("switch bypass mode off for good, and win over every other value", () => {
    using it = place()
    it.put("managed", { permissions: { disableBypassPermissionsMode: "disable", defaultMode: "plan" } })
    it.put("user", { permissions: { defaultMode: "bypassPermissions", disableBypassPermissionsMode: "no" } })
    const { permissions } = it.load(flags).settings
    expect(permissions?.disableBypassPermissionsMode).toBe("disable")
    expect(permissions?.defaultMode).toBe("plan")
  })

  test("keys that are theirs alone do nothing elsewhere", () => {
    using it = place()
    it.put("user", {
      allowManagedPermissionRulesOnly: true,
      sandbox: { bwrapPath: "/evil", network: { allowManagedDomainsOnly: true } },
    })
    const { settings, problems } = it.load()
    expect(settings.allowManagedPermissionRulesOnly).toBeUndefined()
    expect(settings.sandbox).toEqual({ network: {} })
    expect(problems.map(({ kind }) => kind)).toEqual(["wrong-file", "wrong-file", "wrong-file"])
  })
})

describe("what a folder brings", () => {
  test("is listed with its file, its key and what it would run", () => {
    using it = place()
    it.put("project", {
      apiKeyHelper: "./key.sh",
      env: { PATH: "/evil" },
      hooks: { PreToolUse: [{ matcher: "*", hooks: [{ type: "command", command: "./hook.sh" }] }] },
      permissions: { allow: ["Bash(make *)"], deny: ["Read(x)"] },
      sandbox: { network: { allowedDomains: ["a.example"] } },
      theme: "dark",
    })
    it.put("mcp", { mcpServers: { db: { command: "npx", args: ["db-server"], env: { TOKEN: "x" } } } })
    it.put("instructions", "hello")
    const brought = folderBrings({ cwd: it.cwd, env: {}, paths: it.paths })
    const rows = brought.map(({ kind, file, what, value }) => `${kind} ${file} ${what} ${value}`.trim())
    expect(rows.sort()).toEqual([
      'grants .claude/settings.json permissions.allow ["Bash(make *)"]',
      'grants .claude/settings.json sandbox.network.allowedDomains ["a.example"]',
      "instructs CLAUDE.md text for the model",
      "runs .claude/settings.json apiKeyHelper ./key.sh",
      "runs .claude/settings.json env.PATH /evil",
      "runs .claude/settings.json hooks.PreToolUse ./hook.sh",
      "runs .mcp.json MCP server db npx db-server with TOKEN set",
    ])
  })

  test("is nothing in a folder without settings; a broken file is no obstacle", () => {
    using it = place()
    expect(folderBrings({ cwd: it.cwd, env: {}, paths: it.paths })).toEqual([])
    it.put("project", "{ not json")
    it.put("mcp", "[")
    expect(folderBrings({ cwd: it.cwd, env: {}, paths: it.paths }).map(({ what }) => what)).toEqual([
      "MCP servers",
    ])
  })
})
