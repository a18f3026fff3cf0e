import { expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FakeApi, fakeApi, type Script, silence, text, toolUse } from "../fake-api/fake-api.ts"
import { openTerminal, type Terminal, usualEnv } from "../pty/terminal.ts"
import { hasTmux, openTmux } from "../pty/tmux.ts"

const binary = join(import.meta.dir, "../../dist/ccts")

interface Place {
  readonly home: string
  /** A real git repository with one commit. */
  readonly project: string
  readonly api: FakeApi
  open(...args: string[]): Promise<Terminal>
  environment(): Record<string, string>
}

/** A home and a repository of one's own, the scripted model, and as many terminals as the test opens. */
async function withPlace(script: Script, work: (place: Place) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-tty-")))
  const home = join(folder, "home")
  const project = join(folder, "project")
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      cwd: project,
      env: usualEnv({ HOME: home }),
    })
  Bun.spawnSync(["mkdir", "-p", home, project])
  // The folder is trusted already: these tests are about what comes after.
  writeFileSync(
    join(home, ".claude.json"),
    JSON.stringify({
      projects: { [project]: { hasTrustDialogAccepted: true } },
      customApiKeyResponses: { approved: ["test-key"], rejected: [] },
    }),
  )
  writeFileSync(join(project, "greet.txt"), "hello world\n")
  git("init", "-q")
  git("add", ".")
  git("commit", "-qm", "first")
  const api = await fakeApi({ script })
  const terminals: Terminal[] = []
  const environment = () =>
    usualEnv({ HOME: home, ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: api.url })
  try {
    await work({
      home,
      project,
      api,
      environment,
      async open(...args) {
        const terminal = await openTerminal({
          argv: [binary, ...args],
          cwd: project,
          env: environment(),
          columns: 100,
          rows: 30,
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

test.concurrent("a person asks, watches the answer, sees an edit before it happens, and finds the session tomorrow", () =>
  withPlace(
    [
      [text("I will read it."), toolUse("Read", { file_path: "greet.txt" })],
      toolUse("Edit", { file_path: "greet.txt", old_string: "hello world", new_string: "hello there" }),
      text("It greets **differently** now."),
      text("You asked for another greeting."),
    ],
    async ({ project, api, open }) => {
      const terminal = await open()
      await say(terminal, "change the greeting")
      await terminal.waitFor("Do you want to proceed?")
      const dialog = terminal.screen().join("\n")
      expect(dialog).toContain("- hello world")
      expect(dialog).toContain("+ hello there")
      expect(readFileSync(join(project, "greet.txt"), "utf8")).toBe("hello world\n")
      await Bun.sleep(600)
      terminal.press("1")
      await terminal.waitFor("It greets differently now.")
      expect(readFileSync(join(project, "greet.txt"), "utf8")).toBe("hello there\n")
      await say(terminal, "/exit")
      expect(await terminal.exited).toBe(0)

      const tomorrow = await open("-c")
      await tomorrow.waitFor("change the greeting")
      await say(tomorrow, "what did I ask?")
      await tomorrow.waitFor("You asked for another greeting.")
      expect(JSON.stringify(api.turns.at(-1)?.body.messages)).toContain("change the greeting")
    },
  ))

test.concurrent("Esc stops a stalled reply, and what was typed meanwhile is next", () =>
  withPlace([[text("Wait for it"), silence(600)], text("Second answer.")], async ({ open }) => {
    const terminal = await open()
    await say(terminal, "first")
    await terminal.waitFor("esc to interrupt")
    await say(terminal, "second")
    terminal.press("escape")
    await terminal.waitFor("Second answer.")
  }))

test.concurrent("a refusal with a word reaches the model, and nothing is run", () =>
  withPlace(
    [toolUse("Bash", { command: "rm greet.txt", description: "remove it" }), text("I leave it.")],
    async ({ project, api, open }) => {
      const terminal = await open()
      await say(terminal, "remove it")
      await terminal.waitFor("Do you want to proceed?")
      expect(terminal.screen().join("\n")).toContain("rm greet.txt")
      await Bun.sleep(600)
      terminal.press("3")
      terminal.type("keep the file")
      await terminal.waitFor("keep the file")
      terminal.press("return")
      await terminal.waitFor("I leave it.")
      expect(readFileSync(join(project, "greet.txt"), "utf8")).toBe("hello world\n")
      expect(JSON.stringify(api.turns.at(-1)?.body.messages)).toContain("keep the file")
    },
  ))

test.concurrent("Shift+Tab walks the modes: what accept edits allows does not ask", () =>
  withPlace(
    [toolUse("Write", { file_path: "new.txt", content: "new\n" }), text("Written.")],
    async ({ project, open }) => {
      const terminal = await open()
      terminal.press("shift+tab")
      await terminal.waitFor("accept edits on")
      await say(terminal, "write a file")
      await terminal.waitFor("Written.")
      expect(readFileSync(join(project, "new.txt"), "utf8")).toBe("new\n")
      terminal.press("shift+tab")
      await terminal.waitFor("plan mode on")
    },
  ))

test.concurrent("when the connection hangs up the program ends, and so does what it started", () =>
  withPlace([toolUse("Bash", { command: "echo $$ > pid; sleep 1000" })], async ({ project, open }) => {
    const terminal = await open("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    await say(terminal, "wait")
    const started = () =>
      existsSync(join(project, "pid")) && readFileSync(join(project, "pid"), "utf8").endsWith("\n")
    await terminal.waitFor(started)
    const child = Number(readFileSync(join(project, "pid"), "utf8"))
    terminal.hangUp()
    expect(await terminal.exited).toBe(129)
    await gone(child)
  }))

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 5_000
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await Bun.sleep(50)
  }
  throw new Error(`process ${pid} is still there`)
}

test.concurrent("the demo opens without a key, says how to sign in, and plays its task to the end", async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-demo-home-")))
  const terminal = await openTerminal({
    argv: [binary],
    cwd: home,
    env: usualEnv({ HOME: home }),
    columns: 100,
    rows: 40,
  })
  try {
    await terminal.waitFor("ANTHROPIC_API_KEY")
    await terminal.waitFor("The test of this project fails.")
    terminal.press("return")
    for (let question = 0; question < 3; question++) {
      await terminal.waitFor("Do you want to proceed?", 30_000)
      await Bun.sleep(600)
      terminal.press("1")
      await terminal.waitFor(() => !terminal.screen().join("\n").includes("Do you want to proceed?"))
    }
    await terminal.waitFor("The test passes", 30_000)
    const said = [...terminal.scrollback(), ...terminal.screen()].join("\n")
    for (const row of ["Read(test.sh)", "Grep(", "Edit(slugify.sh)", "FAIL", "ok    Hello World"])
      expect(said).toContain(row)
    await say(terminal, "tell me a joke")
    await terminal.waitFor("This is the demo")
  } finally {
    await terminal.close()
    rmSync(home, { recursive: true, force: true })
  }
}, 60_000)

test.concurrent("the demo runs without a screen too", async () => {
  const child = Bun.spawn(
    [
      binary,
      "--demo",
      "-p",
      "The test of this project fails. Find out why and fix it.",
      "--permission-mode",
      "acceptEdits",
      "--allowedTools",
      "Bash(sh test.sh)",
    ],
    { env: usualEnv(), stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 20_000 },
  )
  expect(await new Response(child.stdout).text()).toContain("The test passes")
  expect(await child.exited).toBe(0)
})

test.skipIf(!hasTmux).concurrent("inside tmux, at several sizes, every line is there once", () =>
  withPlace(
    () => text(Array.from({ length: 40 }, (_, i) => `- line ${i + 1} of the list`).join("\n")),
    async ({ project, environment }) => {
      const tmux = await openTmux({
        command: `cd ${project} && exec ${binary}`,
        env: environment(),
        columns: 80,
        rows: 24,
      })
      try {
        await tmux.waitFor("? for shortcuts")
        await tmux.type("list it")
        await tmux.keys("Enter")
        await tmux.waitFor("line 40 of the list")
        for (const [columns, rows] of [
          [120, 40],
          [60, 20],
          [100, 30],
        ] as const) {
          await tmux.resize(columns, rows)
          await Bun.sleep(500)
          const all = await tmux.capture()
          for (const i of [1, 20, 40]) {
            expect(all.filter((row) => row.includes(`line ${i} of the list`))).toHaveLength(1)
          }
          expect(all.filter((row) => row.includes("? for shortcuts"))).toHaveLength(1)
        }
      } finally {
        await tmux.close()
      }
    },
  ),
)
