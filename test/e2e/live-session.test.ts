/** Rules, folders, modes and profiles in a session that runs already: the executable obeys the files at once. */
import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import type { Terminal } from "../pty/terminal.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt)
  console.warn("test/e2e/live-session.test.ts is skipped: there is no dist/ccts; run the build first")

const DEADLINE = 30_000

function user(place: BinaryPlace, value: unknown): void {
  const file = join(place.home, ".claude/settings.json")
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(value))
}

async function say(terminal: Terminal, words: string, reply: string): Promise<void> {
  await terminal.waitFor(/❯|>/)
  terminal.type(words)
  await terminal.waitFor(words)
  terminal.press("return")
  await terminal.waitFor(reply)
}

const bash = (command: string) => toolUse("Bash", { command })
const told = (place: BinaryPlace) => JSON.stringify(place.api.turns.at(-1)?.body.messages)

describe.skipIf(!isBuilt)("a session that runs", () => {
  test(
    "takes a rule away and denies at once, although the rule stood when it began",
    () =>
      withBinary(
        { script: [bash("touch one"), text("reply one"), bash("touch two"), text("reply two")] },
        async (place) => {
          place.trust()
          user(place, { permissions: { allow: ["Bash(touch *)"] } })
          const terminal = await place.open()
          await say(terminal, "first", "reply one")
          user(place, { permissions: { allow: ["Bash(touch *)"], deny: ["Bash(touch *)"] } })
          await terminal.waitFor("Settings changed: permissions")
          await say(terminal, "second", "reply two")
          expect([existsSync(join(place.cwd, "one")), existsSync(join(place.cwd, "two"))]).toEqual([
            true,
            false,
          ])
          expect(told(place)).toContain("the rule Bash(touch *) denies it")
        },
      ),
    DEADLINE,
  )

  test(
    "works in a folder that the settings add, and asks again when they take it away",
    () =>
      withBinary({}, async (place) => {
        place.trust()
        const other = join(place.top, "other")
        mkdirSync(other)
        writeFileSync(join(other, "a.txt"), "found me")
        const read = toolUse("Read", { file_path: join(other, "a.txt") })
        place.api.push(read, text("reply one"), read, text("reply two"))
        user(place, {})
        const terminal = await place.open()
        await terminal.waitFor(/❯|>/)
        user(place, { permissions: { additionalDirectories: [other] } })
        await terminal.waitFor("Settings changed: permissions")
        await say(terminal, "first", "reply one")
        expect(told(place)).toContain("found me")
        user(place, {})
        await terminal.waitFor(
          () =>
            (
              terminal
                .screen()
                .join("\n")
                .match(/Settings changed: permissions/g) ?? []
            ).length === 2,
        )
        await say(terminal, "second", "Do you want to proceed?")
      }),
    DEADLINE,
  )

  test(
    "leaves auto mode when the settings switch it off",
    () =>
      withBinary({ script: [bash("touch made"), text("reply")] }, async (place) => {
        place.trust()
        user(place, { skipAutoPermissionPrompt: true })
        const terminal = await place.open(["--permission-mode", "auto"])
        await terminal.waitFor("auto mode on")
        user(place, { skipAutoPermissionPrompt: true, permissions: { disableAutoMode: "disable" } })
        await terminal.waitFor(() => !terminal.screen().join("\n").includes("auto mode on"))
        await say(terminal, "go", "Do you want to proceed?")
        expect(existsSync(join(place.cwd, "made"))).toBe(false)
      }),
    DEADLINE,
  )

  test(
    "that began with a profile keeps to it when the profile changes",
    () =>
      withBinary(
        { script: [bash("touch one"), text("reply one"), bash("touch two"), text("reply two")] },
        async (place) => {
          place.trust()
          const profile = (permissions: object) => ({ ccts: { profiles: { work: { permissions } } } })
          user(place, profile({ allow: ["Bash(touch *)"] }))
          const terminal = await place.open(["--profile", "work"])
          await say(terminal, "first", "reply one")
          user(place, profile({ deny: ["Bash(touch *)"] }))
          await terminal.waitFor("Settings changed")
          await say(terminal, "second", "reply two")
          expect([existsSync(join(place.cwd, "one")), existsSync(join(place.cwd, "two"))]).toEqual([
            true,
            false,
          ])
        },
      ),
    DEADLINE,
  )
})
