/** Settings in the executable: seen on the screen, followed while it runs, and what a policy refuses. */
import { expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FakeApi, fakeApi, type Script, text, toolUse } from "../fake-api/fake-api.ts"
import { openTerminal, type Terminal, usualEnv } from "../pty/terminal.ts"
import { built, executable } from "./place.ts"

interface Place {
  readonly api: FakeApi
  readonly project: string
  settings(values: Record<string, unknown>): void
  open(...args: string[]): Promise<Terminal>
}

async function withPlace(script: Script, work: (place: Place) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-live-")))
  const [home, project] = [join(folder, "home"), join(folder, "project")]
  for (const path of [join(home, ".claude"), project]) mkdirSync(path, { recursive: true })
  writeFileSync(
    join(home, ".claude.json"),
    JSON.stringify({
      projects: { [project]: { hasTrustDialogAccepted: true } },
      customApiKeyResponses: { approved: ["test-key"], rejected: [] },
    }),
  )
  const api = await fakeApi({ script })
  const terminals: Terminal[] = []
  const file = join(home, ".claude/settings.json")
  try {
    await work({
      api,
      project,
      settings(values) {
        writeFileSync(`${file}.new`, JSON.stringify(values))
        renameSync(`${file}.new`, file)
      },
      async open(...args) {
        const env = usualEnv({ HOME: home, ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: api.url })
        const terminal = await openTerminal({
          argv: [executable, ...args],
          cwd: project,
          env,
          columns: 100,
          rows: 40,
        })
        terminals.push(terminal)
        await terminal.waitFor(/\? for shortcuts|shift\+tab to cycle/)
        return terminal
      },
    })
  } finally {
    for (const terminal of terminals) await terminal.close()
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function say(terminal: Terminal, words: string): Promise<void> {
  terminal.type(words)
  await terminal.waitFor(words)
  terminal.press("return")
}

test
  .skipIf(!built)
  .concurrent("a status line of the person's own is shown, and changes with the session and its file", () =>
    withPlace([text("Done.")], async ({ settings, open }) => {
      const command = `read -r line; case "$line" in *'"current_usage":null'*) echo 'nothing yet';; *) printf 'told \\033[1;32mgreen\\033[0m\\n';; esac`
      settings({ statusLine: { type: "command", command } })
      const terminal = await open()
      await terminal.waitFor("nothing yet")
      await say(terminal, "go")
      await terminal.waitFor("told green")
      settings({ statusLine: { type: "command", command: "echo other" } })
      await terminal.waitFor("  other")
      settings({})
      await terminal.waitFor("Settings changed: statusLine")
      await terminal.waitFor(/^(?!.*other)[\s\S]*for shortcuts[^\n]*\n*$/)
    }),
  )

test
  .skipIf(!built)
  .concurrent("what is printed already changes with the file: more of a tool's output, times, colours", () =>
    withPlace(
      [toolUse("Bash", { command: "seq 30 38", description: "count" }), text("Counted.")],
      async ({ settings, open }) => {
        const terminal = await open("--allowedTools", "Bash(seq *)")
        await say(terminal, "count")
        await terminal.waitFor("Counted.")
        expect(terminal.screen().join("\n")).not.toMatch(/^\s+38\s*$/m)
        settings({ verbose: true, showMessageTimestamps: true, timeFormat: "%Y.", theme: "light" })
        await terminal.waitFor(/^\s+38\s*$/m)
        await terminal.waitFor(`${new Date().getFullYear()}.`)
        settings({})
        await terminal.waitFor("… +4 lines")
      },
    ),
  )

test
  .skipIf(!built)
  .concurrent(
    "a version that the settings of the machine's owner refuse does not start, and says why",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "ccts-version-"))
      const managed = JSON.stringify({ requiredMinimumVersion: "99" })
      const child = Bun.spawn([executable, "-p", "hi", "--managed-settings", managed], {
        env: {
          HOME: folder,
          PATH: process.env.PATH,
          ANTHROPIC_API_KEY: "k",
          ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
        },
        cwd: folder,
        stdout: "pipe",
        stderr: "pipe",
      })
      const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
      rmSync(folder, { recursive: true, force: true })
      expect([code, err.includes("requiredMinimumVersion")]).toEqual([1, true])
    },
  )
