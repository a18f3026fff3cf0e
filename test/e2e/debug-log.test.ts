import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { compileFilter } from "../../src/cli/debug-log.ts"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { built, withPlace } from "./place.ts"

const hook = (event: string, command: string) =>
  JSON.stringify({ hooks: { [event]: [{ hooks: [{ type: "command", command }] }] } })

describe.skipIf(!built)("--debug", () => {
  test.concurrent("keeps a log of names and times beside the sessions, and no word of what was said", () =>
    withPlace([toolUse("Bash", { command: "touch hidden-word" }), text("spoken-word")], async (place) => {
      place.write(".claude/settings.json", hook("UserPromptSubmit", "echo hook-word"))
      await place.start(["-p", "prompt-word", "--debug"]).done
      const folder = join(place.config, "debug")
      const [name = ""] = readdirSync(folder)
      const log = readFileSync(join(folder, name), "utf8")
      expect(name).toMatch(/^[0-9a-f-]{36}\.txt$/)
      for (const part of [
        "[api] request",
        "[hooks] UserPromptSubmit",
        "[permissions] Bash",
        "[session] turn 1",
      ])
        expect(log).toContain(part)
      expect(log).not.toMatch(/hidden-word|spoken-word|prompt-word|hook-word|test-key/)
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    }))

  test.concurrent("a filter keeps only what is named; --debug-file says where", () =>
    withPlace([text("ok")], async (place) => {
      await place.start(["-p", "go", "--debug=api", "--debug-file", "my.log"]).done
      const lines = place.read("my.log").trim().split("\n")
      expect(lines.length).toBeGreaterThan(1)
      expect(lines.every((line) => line.includes(" [api] "))).toBe(true)
    }))

  test.concurrent("a log that cannot be written is said, and the run goes on", () =>
    withPlace([text("ok")], async (place) => {
      place.write("file", "")
      const { out, err } = await place.start(["-p", "go", "--debug-file", "file/below.log"]).done
      expect([out, err.includes("There is no debug log")]).toEqual(["ok\n", true])
    }))

  test.concurrent("without it there is none", () =>
    withPlace([text("ok")], async (place) => {
      await place.start(["-p", "go"]).done
      expect(existsSync(join(place.config, "debug"))).toBe(false)
    }))

  test.concurrent("the filter takes names, and names with ! left out", () => {
    const passed = (filter: string) => ["api", "mcp", "hooks"].filter(compileFilter(filter))
    expect([passed(""), passed("mcp,hooks"), passed("!mcp")]).toEqual([
      ["api", "mcp", "hooks"],
      ["mcp", "hooks"],
      ["api", "hooks"],
    ])
  })
})

describe.skipIf(!built)("--init-only", () => {
  test.concurrent("runs the hooks of the start and ends, without a prompt and without a request", () =>
    withPlace([], async (place) => {
      place.write(".claude/settings.json", hook("SessionStart", "touch began"))
      const { code } = await place.start(["-p", "--init-only"], { open: true }).done
      expect([code, existsSync(join(place.cwd, "began")), place.api.turns.length]).toEqual([0, true, 0])
    }))
})
