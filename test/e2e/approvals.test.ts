import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import type { Terminal } from "../pty/terminal.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"

// Room for a loaded machine; nothing here takes seconds by itself.
setDefaultTimeout(40_000)
if (!isBuilt)
  console.warn("test/e2e/approvals.test.ts is skipped: there is no dist/ccts; run the build first")

const SERVER = "MCP server toy of this project"
const CHANGED = "This folder has changed since you trusted it"

function mark(place: BinaryPlace, name: string): string {
  return join(place.top, `ran-${name}`)
}

/** What decides what runs is shown; what is secret is not. */
const ENV = { TOY_TOKEN: "hunter2hunt!", NODE_OPTIONS: "--require ./x.js" }

/** A server that leaves a mark and ends: that it was started is all that counts here. */
function writeServer(place: BinaryPlace, name: string): void {
  const entry = { command: "sh", args: ["-c", `touch ${mark(place, name)}`], env: ENV }
  place.write({ ".mcp.json": JSON.stringify({ mcpServers: { toy: entry } }) })
}

function writeHook(place: BinaryPlace, name: string): void {
  const hooks = [{ hooks: [{ type: "command", command: `touch ${mark(place, name)}` }] }]
  place.write({ ".claude/settings.json": JSON.stringify({ hooks: { UserPromptSubmit: hooks } }) })
}

/** Presses until the dialog is gone: it takes keys only once it stands on the screen. */
async function answer(terminal: Terminal, key: string, title: string): Promise<void> {
  await terminal.waitFor(title)
  const gone = () => !terminal.screen().join("\n").includes(title)
  for (let tries = 0; tries < 50 && !gone(); tries++) {
    terminal.press(key)
    await Promise.race([terminal.waitFor(gone, 200).catch(() => {}), terminal.exited])
  }
  await terminal.waitFor(gone)
}

async function say(terminal: Terminal, words: string, reply: string): Promise<void> {
  await terminal.waitFor(/❯|>/)
  terminal.type(words)
  await terminal.waitFor(words)
  terminal.press("return")
  await terminal.waitFor(reply)
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !done(); tries++) await Bun.sleep(25)
  expect(done()).toBe(true)
}

describe.skipIf(!isBuilt)("a server of the project's .mcp.json", () => {
  test("is asked about with command, arguments and variables; a changed entry asks again", () =>
    withBinary({ script: [text("reply one"), text("reply two"), text("reply three")] }, async (place) => {
      place.trust()
      writeServer(place, "first")
      const first = await place.open()
      await first.waitFor(SERVER)
      const shown = first.screen().join("").replace(/\s+/g, "")
      const words = ["command:sh", `touch${mark(place, "first")}`, "envTOY_TOKEN:(12characters,notshown)"]
      for (const one of [...words, "envNODE_OPTIONS:--require./x.js"]) expect(shown).toContain(one)
      expect(shown).not.toContain("hunter2")
      expect(existsSync(mark(place, "first"))).toBe(false)
      await answer(first, "2", SERVER)
      await until(() => existsSync(mark(place, "first")))
      await first.close()
      const local = readFileSync(join(place.cwd, ".claude/settings.local.json"), "utf8")
      expect(JSON.parse(local)).toMatchObject({ enabledMcpjsonServers: ["toy"] })

      const same = await place.open()
      await say(same, "hello", "reply one")
      expect(same.screen().join("\n")).not.toContain(SERVER)
      await same.close()

      writeServer(place, "second")
      const changed = await place.open()
      await changed.waitFor("has changed")
      expect(changed.screen().join("").replace(/\s+/g, "")).toContain(`touch${mark(place, "second")}`)
      await answer(changed, "escape", SERVER)
      await say(changed, "hello", "reply two")
      expect(existsSync(mark(place, "second"))).toBe(false)
      await changed.close()

      const again = await place.open()
      await answer(again, "1", SERVER)
      await say(again, "hello", "reply three")
      expect(existsSync(mark(place, "second"))).toBe(false)
      await again.close()
      const refused = await place.open()
      await refused.waitFor(/❯|>/)
      expect(refused.screen().join("\n")).not.toContain(SERVER)
    }))

  test("a key that was pressed before the question was drawn does not answer it", () =>
    withBinary({}, async (place) => {
      place.trust()
      writeServer(place, "early")
      const terminal = await place.open()
      terminal.press("2")
      await terminal.waitFor(SERVER)
      await answer(terminal, "escape", SERVER)
      await terminal.waitFor(/❯|>/)
      expect(existsSync(mark(place, "early"))).toBe(false)
    }))
})

describe.skipIf(!isBuilt)("hooks of a trusted folder", () => {
  test("that changed since trust was given are asked about before they run", () =>
    withBinary({ script: [text("reply one"), text("reply two"), text("reply three")] }, async (place) => {
      writeHook(place, "first")
      const first = await place.open()
      await answer(first, "return", "Do you trust the files")
      await say(first, "hello", "reply one")
      expect(existsSync(mark(place, "first"))).toBe(true)
      await first.close()

      writeHook(place, "second")
      const refused = await place.open()
      await refused.waitFor(CHANGED)
      const shown = refused.screen().join("").replace(/\s+/g, "")
      expect(shown).toContain("UserPromptSubmit")
      expect(shown).toContain(`touch${mark(place, "second")}`)
      await answer(refused, "escape", CHANGED)
      await say(refused, "hello", "reply two")
      expect(existsSync(mark(place, "second"))).toBe(false)
      await refused.close()

      const agreed = await place.open()
      await answer(agreed, "2", CHANGED)
      await say(agreed, "hello", "reply three")
      expect(existsSync(mark(place, "second"))).toBe(true)
      await agreed.close()

      const after = await place.open()
      await after.waitFor(/❯|>/)
      expect(after.screen().join("\n")).not.toContain(CHANGED)
    }))

  test("that came after a folder without any was trusted are asked about too", () =>
    withBinary({}, async (place) => {
      const first = await place.open()
      await answer(first, "return", "Do you trust the files")
      await first.waitFor(/❯|>/)
      await first.close()
      writeHook(place, "later")
      const second = await place.open()
      await second.waitFor(CHANGED)
    }))
})

describe.skipIf(!isBuilt)("settings of a trusted folder", () => {
  const settings = (env: string, ...allow: string[]) => ({
    ".claude/settings.json": JSON.stringify({ env: { WORD: env }, permissions: { allow } }),
  })
  const touch = toolUse("Bash", { command: "touch made" })

  test("that changed are asked about with what is new alone; without it the rest goes on counting", () =>
    withBinary({ script: [text("reply one"), touch, touch, text("reply two")] }, async (place) => {
      place.write(settings("one", "Bash(make *)"))
      const first = await place.open()
      await answer(first, "return", "Do you trust the files")
      await say(first, "hello", "reply one")
      await first.close()

      place.write(settings("two", "Bash(make *)", "Bash(touch *)"))
      const refused = await place.open()
      await refused.waitFor(CHANGED)
      const shown = refused.screen().join("\n")
      for (const words of ["env.WORD (.claude/settings.json): two", "permissions.allow", "Bash(touch *)"])
        expect(shown).toContain(words)
      expect(shown).not.toContain("Bash(make *)")
      await answer(refused, "return", CHANGED)
      await refused.waitFor(/❯|>/)
      refused.type("go")
      await refused.waitFor("go")
      refused.press("return")
      await refused.waitFor("Do you want to proceed?")
      await answer(refused, "escape", "Do you want to proceed?")
      await refused.close()
      expect(existsSync(join(place.cwd, "made"))).toBe(false)

      const agreed = await place.open()
      await answer(agreed, "2", CHANGED)
      await say(agreed, "go", "reply two")
      await until(() => existsSync(join(place.cwd, "made")))
      await agreed.close()
    }))

  test("that came as a skill's rules or an agent's mode are asked about as well", () =>
    withBinary({}, async (place) => {
      const first = await place.open()
      await answer(first, "return", "Do you trust the files")
      await first.waitFor(/❯|>/)
      await first.close()
      place.write({
        ".claude/commands/deploy.md": "---\nallowed-tools: Bash(scp *)\n---\nDeploy",
        ".claude/agents/helper.md":
          "---\nname: helper\ndescription: Helps\npermissionMode: acceptEdits\nhooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: ./agent-hook.sh\n---\nHelp",
      })
      const second = await place.open()
      await second.waitFor(CHANGED)
      const shown = second.screen().join("\n")
      expect(shown).toContain("allowed-tools of deploy (.claude): Bash(scp *)")
      expect(shown).toContain("permissionMode of the agent helper (.claude): acceptEdits")
      expect(shown).toContain("hooks of the agent helper")
      expect(shown).toContain("./agent-hook.sh")
    }))
})
