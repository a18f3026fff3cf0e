import { describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import { forgetApprovals, openApprovals, recordApprovals } from "../../src/extend/mcp/approvals.ts"
import { type ConfigSources, readServers } from "../../src/extend/mcp/read-config.ts"

interface Files {
  readonly state?: object
  readonly project?: object
}

function place(files: Files) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ccts-mcp-config-")))
  const cwd = join(root, "project")
  mkdirSync(cwd)
  const paths = configPaths({ HOME: root, CLAUDE_CONFIG_DIR: root }, { managedDir: join(root, "managed") })
  const write = ({ state, project }: Files) => {
    if (state !== undefined) writeFileSync(paths.stateFile, JSON.stringify(state).replaceAll("CWD", cwd))
    if (project !== undefined) writeFileSync(join(cwd, ".mcp.json"), JSON.stringify({ mcpServers: project }))
  }
  write(files)
  const read = (over: Partial<ConfigSources> = {}) =>
    readServers({
      cwd,
      env: { NAME: "value" },
      paths,
      state: openState(paths),
      settings: {},
      flags: [],
      strict: false,
      sources: ["user", "project", "local"],
      interactive: false,
      trusted: true,
      all: false,
      approvals: openApprovals(paths),
      ...over,
    })
  const held = (over: Partial<ConfigSources> = {}) =>
    Object.fromEntries(read(over).entries.map(({ name, held: why }) => [name, why ?? "starts"]))
  return { cwd, paths, read, held, write }
}

describe("which servers there are", () => {
  test("a nearer scope takes the place of a farther one, whole", () => {
    const { read } = place({
      state: {
        mcpServers: { a: { command: "user", env: { X: "1" } }, b: { command: "user" } },
        projects: { CWD: { mcpServers: { a: { command: "local" } } } },
      },
      project: { a: { command: "project" }, c: { command: "project" } },
    })
    const flags = [JSON.stringify({ mcpServers: { c: { command: "flag" } } })]
    const found = read({ flags }).entries.map(({ name, scope, config }) => [name, scope, config])
    expect(Object.fromEntries(found.map(([name, ...rest]) => [name, rest]))).toMatchObject({
      a: ["local", { command: "local", env: {} }],
      b: ["user", { command: "user" }],
      c: ["dynamic", { command: "flag" }],
    })
    expect(read({ flags, strict: true }).entries.map(({ name }) => name)).toEqual(["c"])
  })

  test("the administrator's file is the only one when it is there", () => {
    const { read, paths } = place({ project: { a: { command: "x" } } })
    mkdirSync(paths.managedDir)
    writeFileSync(join(paths.managedDir, "managed-mcp.json"), '{"mcpServers": {"theirs": {"command": "y"}}}')
    expect(read().entries.map(({ name, scope }) => [name, scope])).toEqual([["theirs", "managed"]])
  })

  test("variables are filled in, those that are not set stay and are named", () => {
    const args = ["${NAME}", "${NONE:-other}", "${NONE}"]
    const { read } = place({ project: { a: { command: "x", args } } })
    const { entries, warnings } = read()
    expect(entries[0]?.config).toMatchObject({ args: ["value", "other", "${NONE}"] })
    expect(warnings).toEqual(['.mcp.json: MCP server "a": NONE is not set'])
  })

  test("what cannot be used is named, the rest is used", () => {
    const { read } = place({
      project: {
        good: { command: "x" },
        url: { url: "https://x" },
        none: 7,
        ws: { type: "ws", url: "https://x" },
        workspace: { command: "x" },
      },
    })
    const { entries, problems } = read({ flags: ["/no/such/file.json", "{"] })
    expect(entries.map(({ name }) => name)).toEqual(["good"])
    expect(problems.map(({ name }) => name)).toEqual([
      "url",
      "none",
      "ws",
      "workspace",
      "--mcp-config",
      "--mcp-config",
    ])
    for (const { message } of problems) expect(message).not.toContain("\n")
  })

  test("a pipe or a folder in place of a file is refused, not waited for", () => {
    const { read, cwd } = place({})
    Bun.spawnSync(["mkfifo", join(cwd, ".mcp.json")])
    expect(read({ flags: [cwd] }).problems.map(({ message }) => message)).toEqual([
      `${join(cwd, ".mcp.json")}: is not a regular file`,
      `${cwd}: is not a regular file`,
    ])
  })
})

describe("a server of the project's file", () => {
  const project = { a: { command: "x" } }
  test("starts unasked where nobody can be asked, and waits for a yes where somebody can", () => {
    const { held, read } = place({ project })
    expect(held()).toEqual({ a: "starts" })
    expect(held({ interactive: true })).toEqual({ a: "pending" })
    expect(read({ interactive: true }).warnings.join()).toContain("wait for your approval: a")
  })

  test("a no always wins", () => {
    const settings = { enabledMcpjsonServers: ["a"], disabledMcpjsonServers: ["a"] }
    const { held } = place({ project })
    expect([held({ settings }), held({ settings, interactive: true })]).toEqual([
      { a: "rejected" },
      { a: "rejected" },
    ])
  })

  test("nothing in an untrusted folder starts, whatever the settings say", () => {
    const settings = { enableAllProjectMcpServers: true }
    expect(place({ project }).held({ settings, interactive: true, trusted: false })).toEqual({ a: "pending" })
  })

  test("that was approved must be approved again when its content changes", async () => {
    const settings = { enabledMcpjsonServers: ["a"] }
    const { held, read, write, cwd, paths } = place({ project })
    const first = read({ settings, interactive: true })
    expect(first.entries[0]?.held).toBeUndefined()
    await recordApprovals(cwd, first.approved, paths)
    expect(held({ settings, interactive: true })).toEqual({ a: "starts" })
    write({ project: { a: { command: "something else" } } })
    expect(held({ settings, interactive: true })).toEqual({ a: "pending" })
    await forgetApprovals(cwd, paths)
    expect(held({ settings, interactive: true })).toEqual({ a: "starts" })
  })
})

describe("the switch that starts all servers of a project", () => {
  const settings = { enableAllProjectMcpServers: true }
  const how = { settings, interactive: true }

  test("means those that were there when it stands in the folder's files: changed and new ones are asked about", async () => {
    const { held, read, write, cwd, paths } = place({ project: { a: { command: "x" } } })
    const first = read(how)
    expect(first.entries[0]?.held).toBeUndefined()
    await recordApprovals(cwd, first.approved, paths)
    expect(held(how)).toEqual({ a: "starts" })
    write({
      project: { a: { command: "x", env: { NODE_OPTIONS: "--require ./evil.js" } }, b: { command: "y" } },
    })
    expect(held(how)).toEqual({ a: "pending", b: "pending" })
    expect(read(how).waiting.map(({ name, changed }) => [name, changed])).toEqual([
      ["a", true],
      ["b", false],
    ])
  })

  test("means none of those that come later where there was none", async () => {
    const { held, write, cwd, paths } = place({})
    await recordApprovals(cwd, {}, paths)
    write({ project: { later: { command: "x" } } })
    expect(held(how)).toEqual({ later: "pending" })
  })

  test("means all of them, whatever they are, when the person set it for themselves", async () => {
    const { held, read, write, cwd, paths } = place({ project: { a: { command: "x" } } })
    await recordApprovals(cwd, read({ ...how, all: true }).approved, paths)
    write({ project: { a: { command: "other" } } })
    expect(held({ ...how, all: true })).toEqual({ a: "starts" })
  })
})

describe("what is not to start", () => {
  test("by the person's switch for this project", () => {
    const state = { mcpServers: { a: { command: "x" } }, projects: { CWD: { disabledMcpServers: ["a"] } } }
    expect(place({ state }).held()).toEqual({ a: "disabled" })
  })

  test("by policy: name, exact command, address", () => {
    const { held } = place({
      project: {
        a: { command: "npx", args: ["y"] },
        b: { command: "npx" },
        c: { type: "http", url: "https://x.example/mcp" },
      },
    })
    expect(held({ settings: { deniedMcpServers: [{ serverName: "b" }] } })).toMatchObject({
      a: "starts",
      b: "rejected",
    })
    expect(
      held({
        settings: {
          allowedMcpServers: [{ serverCommand: ["npx", "y"] }, { serverUrl: "https://*.example/*" }],
        },
      }),
    ).toEqual({
      a: "starts",
      b: "rejected",
      c: "starts",
    })
    expect(held({ settings: { allowedMcpServers: [] } })).toEqual({
      a: "rejected",
      b: "rejected",
      c: "rejected",
    })
  })
})
