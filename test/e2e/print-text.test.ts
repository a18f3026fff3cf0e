import { describe, expect, test } from "bun:test"
import { text } from "../fake-api/fake-api.ts"
import { isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt)
  console.warn("test/e2e/print-text.test.ts is skipped: there is no dist/ccts; run the build first")

const HOSTILE = "\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\u200b\u009b31m"

describe.skipIf(!isBuilt)("-p on a terminal", () => {
  test("prints the answer without anything that drives the terminal; a pipe gets it as it is", () =>
    withBinary({ script: [text(`start${HOSTILE}end`), text(`start${HOSTILE}end`)] }, async (place) => {
      const terminal = await place.open(["-p", "hi"])
      expect(await terminal.exited).toBe(0)
      await terminal.waitFor("end")
      const raw = terminal.raw()
      for (const bad of ["\u001b]52", "\u001b[2J", "owned", "\u202e", "\u200b", "\u009b"])
        expect(raw).not.toContain(bad)
      const { stdout } = await place.run(["-p", "hi"])
      expect(stdout).toBe(`start${HOSTILE}end\n`)
    }))

  test("complaints quote settings without driving the terminal", () =>
    withBinary({ script: [text("ok")] }, async (place) => {
      place.write({
        ".claude/settings.json": JSON.stringify({
          permissions: { allow: [`Bash(x${HOSTILE})`] },
          [`k${HOSTILE}`]: 1,
        }),
      })
      const { stderr } = await place.run(["-p", "hi"])
      expect(stderr).toContain("has not been trusted")
      expect(stderr).not.toContain("\u001b")
      expect(stderr).not.toContain("\u202e")
    }))
})
