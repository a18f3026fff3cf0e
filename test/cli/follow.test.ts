/** What of the settings a running session follows: the parts that the engine reads, before and after a file changed. */
import { expect, test } from "bun:test"
import { mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { childEnv } from "../../src/cli/child-env.ts"
import { chooseTools } from "../../src/cli/choose-tools.ts"
import { compose } from "../../src/cli/compose.ts"
import { type Prepared, readConfig } from "../../src/cli/prepare.ts"
import { createSessionParts } from "../../src/cli/session-parts.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import { tempDir } from "../sessions/support.ts"

const sandboxed = process.platform === "linux" && Bun.which("bwrap") !== null && Bun.which("socat") !== null

async function session(first: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const dir = tempDir()
  const top = realpathSync(dir.path)
  const [home, cwd] = [join(top, "home"), join(top, "work")]
  for (const path of [join(home, ".claude"), cwd]) mkdirSync(path, { recursive: true })
  const paths = configPaths({ HOME: home }, { managedDir: join(top, "managed") })
  const write = (settings: Record<string, unknown>) =>
    writeFileSync(paths.userSettings, JSON.stringify(settings))
  write(first)
  const start = { flags: {}, cwd, paths, trusted: true, headless: false }
  const prepared: Prepared = {
    ...start,
    config: readConfig(start),
    env: { HOME: home, PATH: process.env.PATH, ...env },
    state: openState(paths),
    mode: "default",
    modes: ["default"],
    additionalRoots: [],
  }
  const composition = await compose(prepared, {
    api: {
      async *stream() {
        yield* []
      },
    },
    credential: "none",
    betas: [],
    canAsk: true,
    onLost: () => {},
    session: { kind: "new", id: crypto.randomUUID() },
    own: await createSessionParts(prepared),
  })
  return {
    prepared,
    cwd,
    options: composition.options,
    change(settings: Record<string, unknown>) {
      write(settings)
      return composition.follow(readConfig(start))
    },
    close: () => composition.sandbox.close(),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}

type Seen = (options: EngineOptions) => unknown
const model = (options: EngineOptions) => options.models.resolve("opus")

const FOLLOWED: readonly (readonly [string, unknown, Seen, before: unknown, after: unknown])[] = [
  ["language", "Danish", ({ prompt }) => prompt.language, undefined, "Danish"],
  ["autoCompactEnabled", false, ({ compaction }) => compaction.auto, true, false],
  ["autoCompactWindow", 300_000, ({ compaction }) => compaction.window, null, 300_000],
  ["fallbackModel", ["haiku"], ({ models }) => models.fallback, [], ["haiku"]],
  ["switchModelsOnFlag", false, ({ models }) => models.switchesOnRefusal, true, false],
  ["deniedModels", ["opus"], ({ models }) => models.refuse?.("opus") === null, true, false],
  ["availableModels", ["haiku"], ({ models }) => models.refuse?.("opus") === null, true, false],
  ["promptCacheTtl", "1h", ({ models }) => models.cacheTtl?.("x", { subagent: false }), "5m", "1h"],
  ["subagentPromptCacheTtl", "1h", ({ models }) => models.cacheTtl?.("x", { subagent: true }), "5m", "1h"],
  ["modelPricing", { multiplier: 3 }, (options) => model(options).priceFactor, undefined, 3],
  [
    "modelSettings",
    { opus: { maxEffortLevel: "low" } },
    (options) => model(options).efforts.at(-1),
    "max",
    "low",
  ],
  ["taskOutputMaxChars", 500, ({ agents }) => agents.reportChars, 32_000, 500],
  ["includeGitInstructions", false, ({ prompt }) => prompt.gitRules?.("M") === "", false, true],
]

for (const [key, value, seen, before, after] of FOLLOWED)
  test(`${key} is followed while the session runs`, async () => {
    using it = await session()
    expect(seen(it.options)).toEqual(before)
    it.change({ [key]: value })
    expect(seen(it.options)).toEqual(after)
  })

test("what a session takes from its settings at the start", async () => {
  using it = await session({
    plansDirectory: "docs/plans",
    showThinkingSummaries: false,
    effortLevel: "low",
    bashOutputMaxChars: 777,
    todoFeatureEnabled: false,
  })
  expect(it.options.place.plansDir).toBe(join(it.cwd, "docs/plans"))
  expect(it.options.models.display).toBe("omitted")
  expect(it.options.models.resolve("opus").usualEffort).toBe("low")
  expect(childEnv(it.prepared).BASH_MAX_OUTPUT_LENGTH).toBe("777")
  const names = chooseTools(it.prepared, true).map(({ name }) => name)
  expect(names.filter((name) => /^(Task(Create|List|Get|Update)|TodoWrite)$/.test(name))).toEqual([])
})

test("a plans folder outside of the project is not used, and a variable outranks its setting", async () => {
  using it = await session(
    { plansDirectory: "../elsewhere", bashOutputMaxChars: 777, taskOutputMaxChars: 9 },
    {
      BASH_MAX_OUTPUT_LENGTH: "888",
      TASK_MAX_OUTPUT_LENGTH: "999999",
    },
  )
  expect(it.options.place.plansDir).toBeUndefined()
  expect(childEnv(it.prepared).BASH_MAX_OUTPUT_LENGTH).toBe("888")
  expect(it.options.agents.reportChars).toBe(160_000)
})

test.skipIf(!sandboxed)(
  "sandbox: switched on and off, commands that start later are contained, or not",
  async () => {
    using it = await session({ sandbox: { enabled: false } })
    const wrapped = async () => {
      const { argv } = await it.options.spawn.wrap({
        argv: ["/bin/sh", "-c", "echo hi"],
        cwd: it.cwd,
        env: {},
      })
      return argv.join(" ").includes("bwrap")
    }
    expect([await wrapped(), it.options.permissions.sandboxed]).toEqual([false, false])
    expect(await it.change({ sandbox: { enabled: true } })).toBeNull()
    expect([await wrapped(), it.options.permissions.sandboxed]).toEqual([true, true])
    expect(await it.change({ sandbox: { enabled: true, autoAllowBashIfSandboxed: false } })).toBeNull()
    expect([await wrapped(), it.options.permissions.sandboxed]).toEqual([true, false])
    expect(await it.change({})).toBeNull()
    expect([await wrapped(), it.options.permissions.sandboxed]).toEqual([false, false])
    await it.close()
  },
)

test("sandbox: where it cannot follow, it stays as it was and says why", async () => {
  using it = await session({}, { PATH: "/nowhere" })
  const why = await it.change({ sandbox: { enabled: true, failIfUnavailable: true } })
  expect(why).toContain("The sandbox stays as it was")
})

test("variables that switch tools and agents off", async () => {
  using it = await session(
    {},
    {
      CLAUDE_CODE_DISABLE_CRON: "1",
      CLAUDE_CODE_ENABLE_TODO_TOOLS: "0",
      CLAUDE_CODE_DISABLE_EXPLORE_PLAN_AGENTS: "1",
      CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
      CLAUDE_CODE_TASK_LIST_ID: "shared",
      CLAUDE_AUTOCOMPACT_PCT_OVERRIDE: "60",
    },
  )
  const names = it.options.tools.map(({ name }) => name)
  expect(names.filter((name) => /^Cron|^Task(Create|List)|^ScheduleWakeup/.test(name))).toEqual([])
  expect(it.options.agents.kinds.map(({ name }) => name)).toEqual(["general-purpose"])
  expect(it.options.expandsMentions).toBe(false)
  expect(it.options.place.tasksDir("s1")).toEndWith("/tasks/shared")
  expect(it.options.compaction.share).toBe(0.6)
  using usual = await session()
  const all = usual.options.tools.map(({ name }) => name)
  for (const name of ["CronCreate", "TaskCreate"]) expect(all).toContain(name)
  expect(usual.options.place.tasksDir("s1")).toEndWith("/tasks/s1")
})

test("fastMode begins a session, unless each one chooses anew or a cloud provider answers", async () => {
  const begins = async (settings: Record<string, unknown>, env = {}) => {
    using it = await session(settings, env)
    return it.options.models.fast
  }
  expect(await begins({})).toBe(false)
  expect(await begins({ fastMode: true })).toBe(true)
  expect(await begins({ fastMode: true, fastModePerSessionOptIn: true })).toBe(false)
  expect(await begins({ fastMode: true }, { CLAUDE_CODE_USE_BEDROCK: "1" })).toBeUndefined()
})
