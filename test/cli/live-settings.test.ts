import { describe, expect, test } from "bun:test"
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { askConfigChange, type ConfigChange } from "../../src/cli/config-change.ts"
import { createLiveSettings, type Followers } from "../../src/cli/live-settings.ts"
import { readConfig } from "../../src/cli/prepare.ts"
import { createSettingsPort } from "../../src/cli/settings-port.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import type { EnginePort } from "../../src/engine/options.ts"
import type { Command } from "../../src/model/command.ts"
import { tempDir } from "../sessions/support.ts"

type Reload = Extract<Command, { type: "reload" }>

function session(
  setup: (write: (name: string, content: unknown) => void) => void = () => undefined,
  refusal?: Followers["refusal"],
) {
  const dir = tempDir()
  const top = realpathSync(dir.path)
  const [home, cwd] = [join(top, "home"), join(top, "work")]
  for (const path of [home, cwd]) mkdirSync(path)
  const paths = configPaths({ HOME: home }, { managedDir: join(top, "managed") })
  const write = (name: string, content: unknown) => {
    const file = join(top, name)
    mkdirSync(dirname(file), { recursive: true })
    // As editors do: written beside and put in its place.
    writeFileSync(`${file}.new`, typeof content === "string" ? content : JSON.stringify(content))
    renameSync(`${file}.new`, file)
  }
  setup(write)
  const start = { flags: {}, cwd, paths, trusted: true, headless: false }
  const config = readConfig(start)
  const sent: Reload[] = []
  const said: string[] = []
  const hooks: unknown[] = []
  const live = createLiveSettings(
    {
      ...start,
      config,
      env: { HOME: home },
      state: openState(paths),
      mode: "default",
      modes: ["default", "plan", "bypassPermissions"],
      additionalRoots: [],
    },
    {
      send: (command) => void (command.type === "reload" && sent.push(command)),
      hooks: {
        reload: ({ layers }) =>
          void hooks.push(layers.flatMap(({ hooks: of }) => (of === undefined ? [] : [of]))),
      },
      ...(refusal === undefined ? {} : { refusal }),
      check: ({ settings }) =>
        Object.entries((settings.toolAliases ?? {}) as Record<string, string>).flatMap(([name, text]) =>
          text.startsWith("Nope") ? [`checked: ${name}`] : [],
        ),
    },
  )
  const end = live.watch((level, text) => said.push(`${level}: ${text}`))
  return {
    top,
    live,
    sent,
    hooks,
    said,
    write,
    remove: (name: string) => rmSync(join(top, name)),
    async until(what: string, done: () => boolean) {
      const deadline = Date.now() + 5_000
      while (!done()) {
        if (Date.now() > deadline)
          throw new Error(`waited too long for ${what}: ${JSON.stringify({ sent, said })}`)
        await Bun.sleep(5)
      }
    },
    [Symbol.dispose]() {
      end()
      dir[Symbol.dispose]()
    },
  }
}

describe("settings that change while a session runs", () => {
  test("rules, folders and the environment of commands follow the file at once", async () => {
    using it = session((write) =>
      write("home/.claude/settings.json", { permissions: { deny: ["Bash(rm *)"] } }),
    )
    it.write("home/.claude/settings.json", {
      permissions: { deny: ["Bash(curl *)"] },
      env: { FROM_SETTINGS: "1" },
    })
    await it.until("the change", () => it.sent.length > 0)
    const [reload] = it.sent
    expect(reload?.rules.map(({ behavior, text, source }) => [behavior, text, source])).toEqual([
      ["deny", "Bash(curl *)", "userSettings"],
    ])
    expect(reload?.env.FROM_SETTINGS).toBe("1")
    expect(it.said).toEqual(["info: Settings changed: permissions, env"])
  })

  test("a folder is closed and opened again by its settings, and what it spares is relative to it", async () => {
    using it = session()
    it.write("work/.claude/settings.json", {
      permissions: { blockReadsOutsideWorkingDirectories: true },
    })
    await it.until("the new file", () => it.sent.length === 1)
    it.write("home/.claude/settings.json", {
      permissions: { denyInsteadOfPrompting: true, blockReadsExemptPaths: ["~/lib"] },
    })
    await it.until("the change", () => it.sent.length === 2)
    it.remove("home/.claude/settings.json")
    it.remove("work/.claude/settings.json")
    await it.until("the removal", () => it.sent.at(-1)?.restrictions === undefined)
    const closed = { reads: true, writes: false, exempt: [], questions: false }
    expect(it.sent.slice(0, 2).map(({ restrictions }) => restrictions)).toEqual([
      closed,
      { ...closed, exempt: [`${it.top}/home/lib`], questions: true },
    ])
  })

  test("a file in a folder that did not exist is seen, and so is its removal", async () => {
    using it = session()
    it.write("work/.claude/settings.json", { permissions: { ask: ["WebFetch"] } })
    await it.until("the new file", () => it.sent.length === 1)
    it.remove("work/.claude/settings.json")
    await it.until("the removal", () => it.sent.length === 2)
    expect(it.sent.map(({ rules }) => rules.length)).toEqual([1, 0])
  })

  test("invalid parts are named with file, line and key while the valid rest holds", async () => {
    using it = session()
    it.write(
      "work/.claude/settings.json",
      '{\n  "cleanupPeriodDays": "long",\n  "permissions": {"deny": ["Read(/x)"]}\n}',
    )
    await it.until("the problem", () => it.said.length === 2)
    expect(it.sent[0]?.rules.map(({ text }) => text)).toEqual(["Read(/x)"])
    expect(it.said[1]).toBe(
      `warning: Parts of the settings are not used:\n  ${it.top}/work/.claude/settings.json:2: cleanupPeriodDays: must be a whole number from 1 to 36500`,
    )
  })

  test("tool aliases follow at once; what is wrong with one is told with file, line and key", async () => {
    using it = session((write) => write("home/.claude/settings.json", { toolAliases: { a: "Bash(ls)" } }))
    it.write(
      "home/.claude/settings.json",
      '{\n  "toolAliases": {\n    "b": "Bash(pwd)",\n    "c": "pwd"\n  }\n}',
    )
    await it.until("the change", () => it.said.length === 2)
    expect(it.live.config.settings.toolAliases).toEqual({ b: "Bash(pwd)" })
    expect(it.said).toEqual([
      "info: Settings changed: toolAliases",
      `warning: Parts of the settings are not used:\n  ${it.top}/home/.claude/settings.json:4: toolAliases.c: write it as Tool(arguments), such as Bash(git status)`,
    ])
    it.write("home/.claude/settings.json", { toolAliases: { d: "Nope(x=y)" } })
    await it.until("what the session says of it", () => it.said.length === 4)
    expect(it.said[3]).toBe("warning: Parts of the settings are not used:\n  checked: d")
  })

  test("the person's hooks follow; those of the folder stay as they were agreed to at the start", async () => {
    const hook = (command: string) => ({ Stop: [{ hooks: [{ type: "command", command }] }] })
    using it = session((write) => {
      write("home/.claude/settings.json", { hooks: hook("mine") })
      write("work/.claude/settings.json", { hooks: hook("theirs") })
    })
    it.write("home/.claude/settings.json", { hooks: hook("mine, later") })
    await it.until("the person's", () => it.hooks.length === 1)
    expect(it.hooks[0]).toEqual([hook("theirs"), hook("mine, later")])
    expect(it.said).toEqual(["info: Settings changed: hooks"])
    it.write("work/.claude/settings.json", { hooks: hook("evil") })
    await it.until("the folder's", () => it.said.length === 3)
    expect(it.hooks.at(-1)).toEqual([hook("theirs"), hook("mine, later")])
    expect(it.said[2]).toContain("run as they were at the start")
  })

  test("model, effort and output style are said to hold from the next start on", async () => {
    using it = session((write) => write("home/.claude/settings.json", {}))
    it.write("home/.claude/settings.json", { model: "opus", effortLevel: "high" })
    await it.until("the change", () => it.said.length > 0)
    expect(it.said[0]).toBe(
      "info: Settings changed: model (from the next start on), effortLevel (from the next start on)",
    )
  })

  test("a policy takes bypass away from a running session; nothing else can outrank it", async () => {
    using it = session((write) => {
      write("managed/managed-settings.json", {})
      write("home/.claude/settings.json", {})
    })
    it.write("managed/managed-settings.json", {
      permissions: { disableBypassPermissionsMode: "disable", deny: ["Bash(curl *)"] },
      cleanupPeriodDays: 7,
    })
    await it.until("the policy", () => it.sent.length > 0)
    expect(it.sent.at(-1)?.modes).toEqual(["default", "plan"])
    const port = createSettingsPort(it.live)
    const set = await port.set("cleanupPeriodDays", "90")
    expect(set).toEqual({
      ok: true,
      text: `cleanupPeriodDays = 7 (${it.top}/managed/managed-settings.json:1 outranks the user settings); a change holds from the next start on`,
    })
    expect(it.live.config.settings.cleanupPeriodDays).toBe(7)
    expect(it.live.config.rules.map(({ text, source }) => [text, source])).toEqual([
      ["Bash(curl *)", "policySettings"],
    ])
  })
})

describe("ConfigChange hooks", () => {
  test("are told which file changed; what they refuse is not taken over", async () => {
    const asked: (readonly ConfigChange[])[] = []
    using it = session(
      (write) => write("home/.claude/settings.json", { permissions: { deny: ["Bash(rm *)"] } }),
      async (changes) => {
        asked.push(changes)
        return asked.length === 1 ? "not on a Friday" : null
      },
    )
    it.write("home/.claude/settings.json", { permissions: { allow: ["Bash(rm *)"] } })
    await it.until("the refusal", () => it.said.length > 0)
    expect(it.said).toEqual(["warning: The change of the settings is not taken over: not on a Friday"])
    expect(it.sent).toEqual([])
    it.write("work/.claude/settings.json", { permissions: { ask: ["WebFetch"] } })
    await it.until("the change", () => it.sent.length > 0)
    expect(asked).toEqual([
      [{ source: "user_settings", file: `${it.top}/home/.claude/settings.json` }],
      [
        { source: "user_settings", file: `${it.top}/home/.claude/settings.json` },
        { source: "project_settings", file: `${it.top}/work/.claude/settings.json` },
      ],
    ])
  })

  const answering = (fired: unknown[]) =>
    ({
      async fire(...call: unknown[]) {
        fired.push(call)
        return { block: true, reason: "no" }
      },
    }) as unknown as EnginePort
  const user = { source: "user_settings", file: "/a" } as const
  const policy = { source: "policy_settings", file: null } as const

  test("are not waited for when there are none", () => {
    const ask = askConfigChange({ listens: () => false }, () => answering([]))
    expect(ask([user])).toBeNull()
    expect(askConfigChange({ listens: () => true }, () => null)([user])).toBeNull()
  })

  test("cannot refuse what the administrator changed", async () => {
    const fired: unknown[] = []
    const ask = askConfigChange({ listens: () => true }, () => answering(fired))
    expect(await ask([user])).toBe("no")
    expect(await ask([user, policy])).toBeNull()
    expect(fired).toEqual([
      ["ConfigChange", { source: "user_settings", file_path: "/a" }, { matcher: "user_settings" }],
      ["ConfigChange", { source: "user_settings", file_path: "/a" }, { matcher: "user_settings" }],
      ["ConfigChange", { source: "policy_settings" }, { matcher: "policy_settings" }],
    ])
  })
})
