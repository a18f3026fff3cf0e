/** No flag is taken without a word: it has an effect, or one line says why it has none. */
import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { checkCombination, withoutEffect } from "../../src/cli/check-combination.ts"
import { camelCase } from "../../src/cli/flag-spec.ts"
import { flagTable } from "../../src/cli/flags.ts"
import { parseArgs } from "../../src/cli/parse-args.ts"
import { built, withPlace } from "../e2e/place.ts"
import { text } from "../fake-api/fake-api.ts"

const parsed = (...args: readonly string[]) => {
  const read = parseArgs(args)
  if ("error" in read) throw new Error(read.error)
  return read.flags
}

/** A value that the flag takes. */
function sample(name: string): readonly string[] {
  const spec = flagTable[name]
  if (spec === undefined || spec.arity === "switch") return [`--${name}`]
  return [`--${name}=${spec.choices?.[0] ?? (spec.number === undefined ? "x" : "1")}`]
}

describe("every flag of the table", () => {
  const sources = new Bun.Glob("src/**/*.ts")
  const root = join(import.meta.dir, "../..")
  const code = [...sources.scanSync(root)]
    .filter((file) => !file.endsWith("cli/flags.ts") && !file.endsWith("cli/check-combination.ts"))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n")

  test.each(Object.keys(flagTable))("--%s is read somewhere, refused, or said to change nothing", (name) => {
    const flags = parsed(...sample(name))
    const key = camelCase(name)
    const refused = checkCombination(flags)
    const used = new RegExp(
      `flags\\??\\.${key}\\b|[{,]\\s*${key}\\b[^{}]*\\}[^=]{0,40}(= flags|Flags|Prepared|ParsedArgs)|"${key}"`,
      "s",
    ).test(code)
    expect(used || refused?.includes(`--${name}`) || withoutEffect(flags).join().includes(`--${name}`)).toBe(
      true,
    )
  })
})

describe("what is not here", () => {
  test.each([
    ["--cloud=task", "--cloud needs a hosted service"],
    ["--environment=e", "--environment needs a hosted service"],
    ["--ref=b", "--ref needs a hosted service"],
    ["--teleport", "--teleport needs a hosted service"],
    ["--rc", "--remote-control needs a hosted service"],
    ["--remote-control-session-name-prefix=x", "needs a hosted service"],
    ["--desktop", "--desktop needs a hosted service"],
    ["--bg", "--bg: ccts has no background sessions"],
    ["--from-pr=1", "--from-pr: "],
    ["--file=id:path", "--file: "],
    ["--plugin-url=https://example.invalid", "--plugin-url: "],
  ])("%s is refused by name", (flag, why) => {
    expect(checkCombination(parsed(flag))).toContain(why)
  })

  test("what nobody relies on is said once, and --no-chrome is what is here anyway", () => {
    const idle = withoutEffect(
      parsed("--ide", "--chrome", "--brief", "--advisor=opus", "--teammate-mode=auto"),
    )
    expect(idle.map((line) => line.split(" ")[0])).toEqual([
      "--advisor",
      "--brief",
      "--chrome",
      "--ide",
      "--teammate-mode",
    ])
    expect(withoutEffect(parsed("--no-chrome", "-p", "--model=opus"))).toEqual([])
  })
})

describe.skipIf(!built)("flags of the start", () => {
  test.concurrent("--help fits 80 columns where nobody says how wide it is", () =>
    withPlace([], async (place) => {
      const { out } = await place.start(["--help"]).done
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80)
    }))

  test.concurrent("a flag without effect is one line beside the answer", () =>
    withPlace([text("Hi")], async (place) => {
      expect(await place.start(["-p", "--ide", "Hello"]).done).toEqual({
        code: 0,
        out: "Hi\n",
        err: "Without effect in ccts: --ide (there is no connection to an IDE).\n",
      })
    }))

  test.concurrent("--worktree works in a checkout of its own, which is there the next time", () =>
    withPlace([text("One"), text("Two")], async (place) => {
      const git = (...args: readonly string[]) =>
        Bun.spawnSync(["git", "-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: place.cwd })
      git("init", "-q")
      git("commit", "-q", "--allow-empty", "-m", "first")
      const run = () => place.start(["-p", "--worktree", "side", "--", "Where?"]).done
      expect(await run()).toMatchObject({ code: 0, out: "One\n" })
      expect(await run()).toMatchObject({ code: 0, out: "Two\n" })
      expect(existsSync(join(place.cwd, ".claude/worktrees/side/.git"))).toBe(true)
      expect(git("branch", "--list", "worktree-side").stdout.toString()).toContain("worktree-side")
      expect(JSON.stringify(place.api.turns[1]?.body.system)).toContain(".claude/worktrees/side")
      expect((await place.start(["-p", "--worktree=#12", "Hi"]).done).err).toContain(
        "would have to be fetched",
      )
    }))

  test.concurrent("--worktree outside a repository says so", () =>
    withPlace([], async (place) => {
      const { code, err } = await place.start(["-p", "--worktree", "--", "Hi"]).done
      expect(code).toBe(1)
      expect(err).toMatch(/^--worktree: .*not a git repository/)
    }))

  test.concurrent.each(["on", "off"])("--system-prompt-snapshot %s", (snapshot) =>
    withPlace([text("One"), text("Two")], async (place) => {
      place.write("CLAUDE.md", "The word is apple.")
      const args = ["--output-format=stream-json", "--verbose", "--input-format=stream-json"]
      const run = place.start([...args, `--system-prompt-snapshot=${snapshot}`], { open: true })
      const ask = async (content: string, index: number) => {
        run.send({ type: "user", message: { role: "user", content }, parent_tool_use_id: null })
        await run.message(({ result_index: at }) => at === index)
      }
      await ask("First", 0)
      place.write("CLAUDE.md", "The word is pear.")
      await ask("Second", 1)
      run.end()
      await run.done
      const system = JSON.stringify(place.api.turns[1]?.body.system)
      expect(system).toContain(snapshot === "on" ? "apple" : "pear")
    }),
  )

  test.concurrent("an administrator may want nothing brought in by flags", () =>
    withPlace([], async (place) => {
      const managed = JSON.stringify({ disableSideloadFlags: true })
      const { code, err } = await place.start([
        "-p",
        "--managed-settings",
        managed,
        "--plugin-dir=/x",
        "--agents={}",
        "Hi",
      ]).done
      expect(code).toBe(1)
      expect(err).toContain("Managed settings do not allow --plugin-dir, --agents")
    }))
})
