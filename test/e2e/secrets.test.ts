import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { error, text, toolUse } from "../fake-api/fake-api.ts"
import { executable, isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt) console.warn("test/e2e/secrets.test.ts is skipped: there is no dist/ccts; run the build first")

const CANARY = "sk-ant-canary-7f3a9c51d2e84b60-do-not-keep"

function filesWith(secret: string, folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter(
      (path) => statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path).includes(secret),
    )
}

describe.skipIf(!isBuilt)("an API key", () => {
  const runs: readonly [string, readonly string[], Parameters<typeof withBinary>[0]["script"]][] = [
    ["after an answer", ["-p", "hi", "--output-format", "stream-json", "--verbose"], [text("done")]],
    ["with --debug", ["-p", "hi", "--debug"], [toolUse("Bash", { command: "pwd" }), text("done")]],
    ["after a 401", ["-p", "hi", "--debug"], [error(401, { message: `invalid x-api-key: ${CANARY}` })]],
    ["with a wrong flag", ["-p", "hi", "--no-such-flag"], []],
  ]
  for (const [when, args, script] of runs) {
    test(`is in no file and no output ${when}`, () =>
      withBinary({ ...(script ? { script } : {}), env: { ANTHROPIC_API_KEY: CANARY } }, async (place) => {
        place.trust()
        const { stdout, stderr } = await place.run(args)
        expect(stdout).not.toContain(CANARY)
        expect(stderr).not.toContain(CANARY)
        expect(filesWith(CANARY, place.top)).toEqual([])
      }))
  }
})

describe.skipIf(!isBuilt)("an API key, when the program is ended in the middle of a turn", () => {
  for (const signal of ["SIGABRT", "SIGSEGV", "SIGKILL"] as const) {
    test(`by ${signal} stays out of every file and output`, () =>
      withBinary(
        { script: [toolUse("Bash", { command: "sleep 30" })], env: { ANTHROPIC_API_KEY: CANARY } },
        async (place) => {
          place.trust()
          const child = Bun.spawn(
            [
              executable,
              "-p",
              "hi",
              "--debug",
              "--allowedTools",
              "Bash",
              "--output-format",
              "stream-json",
              "--verbose",
            ],
            {
              cwd: place.cwd,
              env: place.env,
              stdio: ["ignore", "pipe", "pipe"],
              timeout: 20_000,
              killSignal: "SIGKILL",
            },
          )
          const outputs = Promise.all([child.stdout.text(), child.stderr.text()])
          for (let tries = 0; tries < 200 && place.api.turns.length === 0; tries++) await Bun.sleep(25)
          expect(place.api.turns.length).toBeGreaterThan(0)
          child.kill(signal)
          await child.exited
          expect((await outputs).join("\n")).not.toContain(CANARY)
          expect(filesWith(CANARY, place.top)).toEqual([])
        },
      ))
  }
})
