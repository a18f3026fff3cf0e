import { describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { isBroken, table } from "../../scripts/bench/table.ts"
import { inputHash } from "../../scripts/build/freshness.ts"
import { hostTarget, platformOf, targets } from "../../scripts/build/target.ts"
import { tally, testEnvironment } from "../../scripts/check/run-tests.ts"
import { bun, root } from "../../scripts/lib/project.ts"
import { userEnvironment } from "../../scripts/start/user-environment.ts"

describe("build", () => {
  test("knows this machine among its targets", () => {
    const host = hostTarget()
    expect(host === null ? null : platformOf(host)).toBe(process.platform)
    expect(targets.map(({ name }) => name)).toContain(host?.name ?? "")
  })

  test("is repeated when a source, the lockfile or the recipe changed, and not otherwise", () => {
    const folder = mkdtempSync(join(tmpdir(), "ccts-inputs-"))
    const hash = (path: string, content: string) => {
      writeFileSync(join(folder, path), content)
      return inputHash(folder)
    }
    try {
      for (const path of ["src/tools", "scripts/build"]) mkdirSync(join(folder, path), { recursive: true })
      const first = hash("src/tools/read.md", "one")
      expect(hash("notes.txt", "anything")).toBe(first)
      expect(hash("src/tools/read.md", "two")).not.toBe(first)
      expect(hash("src/tools/read.md", "one")).toBe(first)
      expect(hash("bun.lock", "{}")).not.toBe(first)
      const recipe = hash("scripts/build/compile.ts", "1")
      expect(hash("scripts/build/compile.ts", "2")).not.toBe(recipe)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test("names the targets when it is asked for an unknown one", () => {
    const done = Bun.spawnSync([bun, join(root, "scripts/build.ts"), "amiga"], { timeout: 20_000 })
    expect(done.exitCode).toBe(1)
    expect(`${done.stderr}`).toBe(
      `ccts: unknown target "amiga"; targets are: all, ${targets.map(({ name }) => name).join(", ")}\n`,
    )
  })
})

describe("start", () => {
  test("gives the program the environment of the user, without the checkout's tools in front", () => {
    const path = [
      join(root, "node_modules/.bin"),
      "/home/x/.npm/_npx/1/node_modules/.bin",
      "/usr/bin",
      "/bin",
    ]
    const env = { PATH: path.join(delimiter), npm_lifecycle_event: "start", INIT_CWD: "/x", EDITOR: "vi" }
    expect(userEnvironment(env)).toEqual({ PATH: ["/usr/bin", "/bin"].join(delimiter), EDITOR: "vi" })
  })
})

describe("check", () => {
  test("counts what the runner counted", () => {
    expect(tally(" 12 pass\n 1 skip\n 2 todo\n 0 fail\n", true)).toEqual({
      passed: 12,
      failed: 0,
      skipped: 3,
      ok: true,
    })
    expect(tally(" 12 pass\n 2 fail\n 1 error\n", false)).toEqual({
      passed: 12,
      failed: 2,
      skipped: 0,
      ok: false,
    })
  })

  test("calls a run that broke off a failure", () => {
    expect(tally("", false)).toEqual({ passed: 0, failed: 1, skipped: 0, ok: false })
  })

  test("keeps keys and homes away from the tests", () => {
    const folder = mkdtempSync(join(tmpdir(), "ccts-env-"))
    try {
      const given = {
        HOME: "/home/x",
        ANTHROPIC_API_KEY: "k",
        CLAUDE_CODE_USE_BEDROCK: "1",
        XDG_CONFIG_HOME: "/x",
        A: "b",
      }
      const env = testEnvironment(folder, given)
      expect(
        Object.keys(env)
          .filter((name) => name in given)
          .sort(),
      ).toEqual(["A", "HOME"])
      for (const name of ["HOME", "CLAUDE_CONFIG_DIR", "TMPDIR"]) expect(env[name]).toStartWith(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe("bench", () => {
  test("marks a figure beyond its bound, by its p95 where the contract names the p95", () => {
    const figure = { key: "a", label: "a thing", unit: "ms", value: 5, p95: 12, bare: 2, must: 10 } as const
    const byP95 = { ...figure, judged: "p95" } as const
    expect(isBroken(figure)).toBe(false)
    expect(isBroken({ ...figure, value: 11 })).toBe(true)
    expect(isBroken(byP95)).toBe(true)
    expect(isBroken({ ...byP95, p95: 9 })).toBe(false)
    expect(table([byP95])).toContain("| a thing | 5.0 ms | 12.0 ms ✗ | 2.0 ms | 2.5× | 10.0 ms |  |")
  })
})
