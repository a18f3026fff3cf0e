import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Prepared } from "../../src/cli/prepare.ts"
import { sandboxPlan } from "../../src/cli/sandbox-plan.ts"
import type { Trust } from "../../src/config/check-layer.ts"
import { loadConfig } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import { runtimeConfig } from "../../src/sandbox/runtime.ts"
import { tempDir } from "../sessions/support.ts"

/** A plan from settings files; `user`, `project` and `managed` are their contents. */
function planOf(files: { user?: unknown; project?: unknown; managed?: unknown }, trust: Trust = "trusted") {
  const dir = tempDir()
  const cwd = join(dir.path, "work")
  mkdirSync(cwd)
  const paths = configPaths({}, { home: join(dir.path, "home"), managedDir: join(dir.path, "managed") })
  const places = {
    user: paths.userSettings,
    project: join(cwd, ".claude/settings.json"),
    managed: join(paths.managedDir, "managed-settings.json"),
  }
  for (const [name, path] of Object.entries(places)) {
    const content = files[name as keyof typeof files]
    if (content === undefined) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(content))
  }
  const prepared: Prepared = {
    flags: {},
    cwd,
    env: {},
    paths,
    state: openState(paths),
    config: loadConfig({ cwd, env: {}, paths, trust }),
    trusted: trust === "trusted",
    headless: false,
    mode: "default",
    modes: ["default"],
    additionalRoots: [],
  }
  const plan = sandboxPlan(prepared)
  dir[Symbol.dispose]()
  return { plan, cwd, paths }
}

describe("the sandbox's plan", () => {
  test("takes paths relative to where the settings stand: the project, or the person's own folder", () => {
    const filesystem = { allowWrite: ["./out", "~/cache", "/abs"], denyRead: ["secret"] }
    const { plan, cwd, paths } = planOf({
      project: { sandbox: { filesystem } },
      user: { sandbox: { filesystem: { allowWrite: ["mine"] } } },
    })
    expect(plan.filesystem.allowWrite).toEqual([
      join(paths.configDir, "mine"),
      join(cwd, "out"),
      join(paths.home, "cache"),
      "/abs",
    ])
    expect(plan.filesystem.denyRead).toContain(join(cwd, "secret"))
  })

  test("always closes our own files, our stored login, and our executable", () => {
    const { plan, paths } = planOf({})
    expect(plan.filesystem.denyWrite).toEqual([
      paths.configDir,
      paths.stateFile,
      paths.managedDir,
      process.execPath,
    ])
    expect(plan.filesystem.denyRead).toEqual([paths.credentialsFile])
    expect(plan.network.allowedDomains).toEqual([])
  })

  test("lets rules hold inside, too", () => {
    const { plan, cwd } = planOf({
      user: {
        permissions: {
          deny: ["Read(//etc/keys/**)", "Read(.env)", "Edit(/locked)", "WebFetch(domain:evil.example)"],
          allow: ["WebFetch(domain:*.good.example)", "WebFetch(domain:*)"],
        },
      },
    })
    expect(plan.filesystem.denyRead).toEqual(
      expect.arrayContaining(["/etc/keys", join(cwd, ".env"), join(cwd, "**/.env")]),
    )
    expect(plan.filesystem.denyWrite).toEqual(expect.arrayContaining(["/etc/keys", join(cwd, ".env")]))
    expect(plan.network.allowedDomains).toEqual(["*.good.example"])
    expect(plan.network.deniedDomains).toEqual(["evil.example"])
  })

  test("lets managed settings alone open hosts and files when they say so", () => {
    const open = { network: { allowedDomains: ["user.example"] }, filesystem: { allowRead: ["/user"] } }
    const { plan } = planOf({
      user: { sandbox: open, permissions: { allow: ["WebFetch(domain:rule.example)"] } },
      managed: {
        sandbox: {
          network: { allowManagedDomainsOnly: true, allowedDomains: ["managed.example"] },
          filesystem: { allowManagedReadPathsOnly: true, allowRead: ["/managed"] },
        },
      },
    })
    expect(plan.network.allowedDomains).toEqual(["managed.example"])
    expect(plan.filesystem.allowRead).toEqual(["/managed"])
  })

  test("takes nothing that opens from a folder that is not trusted, and everything that closes", () => {
    const { plan, cwd } = planOf(
      {
        project: {
          sandbox: {
            filesystem: { disabled: true, allowWrite: ["/"], denyRead: ["x"], allowRead: ["/etc"] },
            network: {
              allowedDomains: ["*.example.com"],
              deniedDomains: ["b.example"],
              allowAllUnixSockets: true,
              allowUnixSockets: ["/run/docker.sock"],
              allowMachLookup: ["*"],
            },
            enableWeakerNestedSandbox: true,
            allowNestedUserNamespaces: true,
            allowAppleEvents: true,
            bwrapPath: "./evil",
          },
        },
      },
      "untrusted",
    )
    expect(plan.filesystem.disabled).toBe(false)
    expect(plan.filesystem.allowWrite).toEqual([])
    expect(plan.filesystem.allowRead).toEqual([])
    expect(plan.filesystem.denyRead).toContain(join(cwd, "x"))
    expect(plan.network).toMatchObject({
      allowedDomains: [],
      deniedDomains: ["b.example"],
      allowUnixSockets: [],
      allowAllUnixSockets: false,
      allowMachLookup: [],
    })
    expect([plan.weakerNested, plan.nestedUserNamespaces, plan.appleEvents, plan.bwrapPath]).toEqual([
      false,
      false,
      false,
      undefined,
    ])
  })

  test("becomes a configuration in which every path is a name and not a pattern", () => {
    const { plan, cwd } = planOf({ user: { sandbox: { filesystem: { denyWrite: ["/a[b]*"] } } } })
    const { filesystem } = runtimeConfig(plan, { seccomp: "/helper", javaAgent: "/agent.jar" })
    expect(filesystem.denyWrite).toContainEqual({ path: "/a[b]*", literal: true })
    for (const name of [".claude/settings.json", ".claude/settings.local.json", ".mcp.json"])
      expect(filesystem.denyWrite).toContainEqual({ path: join(cwd, name), literal: true })
  })
})
