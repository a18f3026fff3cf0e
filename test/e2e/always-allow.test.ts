import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import type { Terminal } from "../pty/terminal.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt)
  console.warn("test/e2e/always-allow.test.ts is skipped: there is no dist/ccts; run the build first")

/**
 * Presses until the screen shows that it was taken: a question takes keys only once it can be read, and half a second
 * after the last one typed.
 */
async function press(terminal: Terminal, key: string, until: () => boolean): Promise<void> {
  for (let tries = 0; tries < 50 && !until(); tries++) {
    terminal.press(key)
    await terminal.waitFor(until, 800).catch(() => {})
  }
  await terminal.waitFor(until)
}

const shows = (terminal: Terminal, words: string) => () => terminal.screen().join("\n").includes(words)
const rulesIn = (file: string): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).permissions?.allow : undefined

async function prompt(place: BinaryPlace, words: string): Promise<Terminal> {
  const terminal = await place.open()
  await terminal.waitFor("? for shortcuts")
  terminal.type(words)
  await terminal.waitFor(words)
  terminal.press("return")
  return terminal
}

describe.skipIf(!isBuilt)("always allow", () => {
  test(
    "shows the words of `ccts why`, writes the offered rule, works at once, and the next session does not ask",
    () =>
      withBinary(
        {
          script: [
            toolUse("Bash", { command: "mkdir first" }),
            toolUse("Bash", { command: "mkdir second" }),
            text("both are made"),
            toolUse("Bash", { command: "mkdir third" }),
            text("the third is made"),
          ],
        },
        async (place) => {
          place.trust()
          const why = JSON.parse((await place.run(["why", "mkdir first", "--json"])).stdout)
          const terminal = await prompt(place, "make folders")
          await terminal.waitFor("Do you want to proceed?")
          const question = terminal.screen().join("\n")
          expect(question).toContain("mkdir first")
          expect(question).toContain(why.reason)
          expect(question).toContain(why.offers[0].label)
          await press(terminal, "2", shows(terminal, "both are made"))
          expect(rulesIn(join(place.cwd, ".claude/settings.local.json"))).toEqual(["Bash(mkdir *)"])
          expect(existsSync(join(place.cwd, "second"))).toBe(true)
          await terminal.close()

          expect((await place.run(["why", "mkdir third"])).code).toBe(0)
          const next = await prompt(place, "make one more")
          await next.waitFor("the third is made")
          expect(existsSync(join(place.cwd, "third"))).toBe(true)
        },
      ),
    20_000,
  )

  test("Tab chooses the file: for everyone, or for all projects of the person", () =>
    withBinary(
      { script: [toolUse("Bash", { command: "mkdir first" }), text("it is made")] },
      async (place) => {
        place.trust()
        const terminal = await prompt(place, "make a folder")
        await terminal.waitFor("Do you want to proceed?")
        await press(terminal, "down", shows(terminal, "settings.local.json"))
        terminal.press("tab")
        await terminal.waitFor("for everyone who works on it")
        terminal.press("tab")
        await terminal.waitFor("in your own settings")
        terminal.press("return")
        await terminal.waitFor("it is made")
        // Written beside the turn, not before it.
        await terminal.waitFor(() => rulesIn(join(place.home, ".claude/settings.json")) !== undefined)
        expect(rulesIn(join(place.home, ".claude/settings.json"))).toEqual(["Bash(mkdir *)"])
        expect(existsSync(join(place.cwd, ".claude"))).toBe(false)
      },
    ))
})
