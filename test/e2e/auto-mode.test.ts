import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fakeApi, type Reply, text, toolUse } from "../fake-api/fake-api.ts"
import type { RecordedRequest } from "../fake-api/recorded-request.ts"
import type { Terminal } from "../pty/terminal.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"

// Room for a loaded machine; nothing here takes seconds by itself.
setDefaultTimeout(40_000)
if (!isBuilt)
  console.warn("test/e2e/auto-mode.test.ts is skipped: there is no dist/ccts; run the build first")

const DEADLINE = 40_000
const ASKED = "Let a model decide what runs without asking you?"

/** An API whose small model answers reviews as told, and everything else with a title. */
async function withReviewer<T>(
  script: readonly Reply[],
  verdict: string,
  use: (place: BinaryPlace, reviews: RecordedRequest[]) => Promise<T>,
): Promise<T> {
  const reviews: RecordedRequest[] = []
  const api = await fakeApi({
    script,
    side(request) {
      if (!JSON.stringify(request.body.system ?? "").includes("You review one action")) return text("title")
      reviews.push(request)
      return text(JSON.stringify({ verdict, reason: "the reviewer said so" }))
    },
  })
  try {
    return await withBinary({ env: { ANTHROPIC_BASE_URL: api.url } }, (place) =>
      use({ ...place, api }, reviews),
    )
  } finally {
    await api.close()
  }
}

function settings(place: BinaryPlace, file: "home" | "project" | "local", value: unknown): void {
  const path = {
    home: join(place.home, ".claude/settings.json"),
    project: join(place.cwd, ".claude/settings.json"),
    local: join(place.cwd, ".claude/settings.local.json"),
  }[file]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(value))
}

const userSettings = (place: BinaryPlace) =>
  JSON.parse(readFileSync(join(place.home, ".claude/settings.json"), "utf8")) as Record<string, unknown>

async function press(terminal: Terminal, key: string, title: string): Promise<void> {
  const gone = () => !terminal.screen().join("\n").includes(title)
  for (let tries = 0; tries < 50 && !gone(); tries++) {
    terminal.press(key)
    await Promise.race([terminal.waitFor(gone, 700).catch(() => {}), terminal.exited])
  }
  await terminal.waitFor(gone)
}

const touch = toolUse("Bash", { command: "touch made" })

describe.skipIf(!isBuilt)("auto mode with -p", () => {
  test(
    "runs what the reviewer allows, and nothing that it blocks",
    async () => {
      await withReviewer([touch, text("done")], "allow", async (place, reviews) => {
        const { code, stderr } = await place.run(["-p", "make it", "--permission-mode", "auto"])
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(existsSync(join(place.cwd, "made"))).toBe(true)
        expect(reviews).toHaveLength(1)
        expect(JSON.stringify(reviews[0]?.body.messages)).toContain("make it")
      })
      await withReviewer([touch, text("done")], "block", async (place) => {
        const args = ["-p", "go", "--permission-mode", "auto", "--output-format", "stream-json", "--verbose"]
        const { stdout } = await place.run(args)
        expect(existsSync(join(place.cwd, "made"))).toBe(false)
        const denied = stdout
          .split("\n")
          .filter((line) => line.includes('"permission_denied"'))
          .map((line) => JSON.parse(line) as Record<string, unknown>)
        expect(denied).toMatchObject([
          { decision_reason_type: "classifier", decision_reason: "the reviewer said so" },
        ])
      })
    },
    DEADLINE,
  )

  test(
    "is not there under permissions.disableAutoMode, and no folder can start it",
    async () => {
      await withReviewer([touch, text("done")], "allow", async (place, reviews) => {
        settings(place, "home", { permissions: { disableAutoMode: "disable" } })
        await place.run(["-p", "go", "--permission-mode", "auto"])
        expect([existsSync(join(place.cwd, "made")), reviews.length]).toEqual([false, 0])
      })
      for (const file of ["project", "local"] as const)
        await withReviewer([touch, text("done")], "allow", async (place, reviews) => {
          place.trust()
          settings(place, file, { permissions: { defaultMode: "auto" }, autoMode: { hard_deny: [] } })
          await place.run(["-p", "go"])
          expect([existsSync(join(place.cwd, "made")), reviews.length]).toEqual([false, 0])
        })
    },
    DEADLINE,
  )
})

describe.skipIf(!isBuilt)("auto mode in the terminal", () => {
  test(
    "comes last in the cycle, is asked about once, and the careful choice is the one that Enter takes",
    () =>
      withReviewer([touch, text("all done")], "allow", async (place) => {
        place.trust()
        const terminal = await place.open()
        await terminal.waitFor(/❯|>/)
        for (const shown of ["accept edits on", "plan mode on", ASKED]) {
          terminal.press("shift+tab")
          await terminal.waitFor(shown)
        }
        await press(terminal, "return", ASKED)
        expect(terminal.screen().join("\n")).not.toContain("auto mode on")
        for (const shown of ["accept edits on", "plan mode on", ASKED]) {
          terminal.press("shift+tab")
          await terminal.waitFor(shown)
        }
        await press(terminal, "2", ASKED)
        await terminal.waitFor("auto mode on")
        await terminal.waitFor(() => existsSync(join(place.home, ".claude/settings.json")))
        expect(userSettings(place)).toEqual({ skipAutoPermissionPrompt: true })
        terminal.type("make it")
        await terminal.waitFor("make it")
        terminal.press("return")
        await terminal.waitFor("all done")
        expect(existsSync(join(place.cwd, "made"))).toBe(true)
        await terminal.close()

        const second = await place.open(["--permission-mode", "auto"])
        await second.waitFor("auto mode on")
        expect(second.screen().join("\n")).not.toContain(ASKED)
      }),
    DEADLINE,
  )

  test(
    "as the mode of the start is asked about first",
    () =>
      withReviewer([], "allow", async (place) => {
        place.trust()
        const terminal = await place.open(["--permission-mode", "auto"])
        await terminal.waitFor(ASKED)
        await press(terminal, "return", ASKED)
        expect(await terminal.exited).toBe(1)
      }),
    DEADLINE,
  )
})

describe.skipIf(!isBuilt)("ccts auto-mode", () => {
  test("prints what holds, what is built in, and takes the person's own away again", () =>
    withBinary({}, async (place) => {
      settings(place, "home", {
        theme: "dark",
        autoMode: {
          allow: ["Mine: deploying", "$defaults"],
          soft_deny: ["Only: this"],
          classifyAllShell: true,
        },
      })
      const config = JSON.parse((await place.run(["auto-mode", "config"])).stdout) as Record<string, string[]>
      const defaults = JSON.parse((await place.run(["auto-mode", "defaults"])).stdout) as typeof config
      expect(config.allow).toEqual(["Mine: deploying", ...(defaults.allow ?? [])])
      expect(config.soft_deny).toEqual(["Only: this"])
      expect(config.hard_deny).toEqual(defaults.hard_deny ?? [])
      expect(config.classifyAllShell).toBe(true as never)
      const some = JSON.parse((await place.run(["auto-mode", "defaults", "--label", "secr"])).stdout)
      expect(Object.keys(some)).toEqual(["hard_deny"])
      expect((await place.run(["auto-mode", "defaults", "--label", "zzz"])).code).toBe(1)

      const refused = await place.run(["auto-mode", "reset"])
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("reset --yes")])
      expect((await place.run(["auto-mode", "reset", "-y"])).code).toBe(0)
      expect(userSettings(place)).toEqual({ theme: "dark" })
      expect((await place.run(["auto-mode", "reset", "-y"])).stdout).toContain("say nothing of auto mode")
    }))

  test("critique sends the person's own lists to a model and prints what it says, with nothing that drives a terminal", () =>
    withBinary({ script: [text("Your list is wide.\u001b]0;title\u0007")] }, async (place) => {
      expect((await place.run(["auto-mode", "critique"])).stderr).toContain("nothing of your own")
      settings(place, "home", { autoMode: { allow: ["Everything: all"] } })
      const { code, stdout } = await place.run(["auto-mode", "critique"])
      expect(code).toBe(0)
      expect(stdout).toStartWith("Your list is wide.")
      expect(stdout).not.toContain("\u001b")
      expect(JSON.stringify(place.api.requests.at(-1)?.body)).toContain("Everything: all")
    }))
})
