/** The compiled program in a real terminal: commands that talk to a person, and what is left when the terminal goes. */
import { afterEach, beforeEach, expect, test } from "bun:test"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makePlace, type Place } from "../../scripts/bench/place.ts"
import { dist } from "../../scripts/lib/project.ts"
import { type FakeApi, fakeApi, text, toolUse } from "../fake-api/fake-api.ts"
import type { Reply } from "../fake-api/reply.ts"
import { openTerminal, type Terminal } from "./terminal.ts"

const SECRET = "correct-horse-battery"
/** Asks for a password the way they all do: no echo, from the terminal itself. */
const PASSWD = `#!/bin/sh
exec </dev/tty
printf 'Old password: ' >/dev/tty
stty -echo; read -r word; stty echo
echo
echo "screen shows $word" >/dev/tty
printf '%s' "$word" > "$HOME/typed"
test "$word" = ${SECRET}
`

let place: Place
let api: FakeApi
let terminal: Terminal | undefined

beforeEach(() => {
  place = makePlace()
  mkdirSync(join(place.env.HOME ?? "", "bin"))
  const passwd = join(place.env.HOME ?? "", "bin/passwd")
  writeFileSync(passwd, PASSWD)
  chmodSync(passwd, 0o755)
})
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
  await api.close()
  place[Symbol.dispose]()
})

async function start(replies: readonly Reply[], flags: readonly string[] = []): Promise<Terminal> {
  let next = 0
  api = await fakeApi({ script: () => replies[next++] ?? text("no more"), side: () => text("title") })
  const home = place.env.HOME ?? ""
  terminal = await openTerminal({
    argv: [join(dist, "ccts"), ...flags],
    cwd: place.folder,
    env: {
      ...place.env,
      ANTHROPIC_BASE_URL: api.url,
      PATH: `${join(home, "bin")}:${place.env.PATH}`,
      COLORTERM: "truecolor",
    },
    columns: 100,
    rows: 30,
  })
  await terminal.waitFor("? for shortcuts")
  return terminal
}

async function say(on: Terminal, line: string): Promise<void> {
  on.type(line)
  await on.waitFor(line)
  on.press("return")
}

/** A dialog takes no key before it was drawn and the person stopped typing. */
async function choose(on: Terminal, question: string): Promise<void> {
  await on.waitFor(question)
  await Bun.sleep(600)
  on.press("return")
}

/** Everything below the home and the folder, and every request. */
function everythingKept(): string {
  const files = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      return statSync(path).isDirectory()
        ? files(path)
        : name === "typed" || name === "passwd"
          ? []
          : [readFileSync(path, "latin1")]
    })
  const top = join(place.folder, "..")
  return [...files(top), ...api.requests.map((request) => JSON.stringify(request))].join("\n")
}

test("a command of the model that needs a terminal gets the person's, and what is typed there is known to nobody", async () => {
  const on = await start([toolUse("Bash", { command: "passwd" }), text("all done")])
  await say(on, "change it")
  await choose(on, "Do you want to proceed?")
  await choose(on, "This command needs a terminal")
  await on.waitFor("Old password:")
  on.type(`${SECRET}\r`)
  await on.waitFor("screen shows")
  await on.waitFor("all done")
  expect(readFileSync(join(place.env.HOME ?? "", "typed"), "utf8")).toBe(SECRET)
  const last = JSON.stringify(api.turns.at(-1))
  expect(last).toContain("what was shown and typed there is not recorded")
  expect(everythingKept()).not.toContain(SECRET)
  // The prompt works as before.
  on.type("still here")
  await on.waitFor("still here")
}, 30_000)

test("refused, it does not run, and the model is told", async () => {
  const on = await start([toolUse("Bash", { command: "passwd" }), text("as you wish")])
  await say(on, "change it")
  await choose(on, "Do you want to proceed?")
  await on.waitFor("This command needs a terminal")
  await Bun.sleep(600)
  on.press("escape")
  await on.waitFor("as you wish")
  expect(JSON.stringify(api.turns.at(-1))).toContain("the person did not open one for it. Nothing was run.")
  expect(existsSync(join(place.env.HOME ?? "", "typed"))).toBe(false)
}, 30_000)

test("behind ! it runs at once; ctrl+] leaves it, /attach returns", async () => {
  const on = await start([text("so be it")])
  await say(on, "!passwd")
  await on.waitFor("Old password:")
  on.type("\u001d")
  await on.waitFor("goes on without you")
  await say(on, "/attach")
  await on.waitFor(() => on.screen().filter((row) => row.includes("Old password:")).length > 0)
  await Bun.sleep(200)
  on.type(`${SECRET}\r`)
  await on.waitFor("output not recorded")
  expect(everythingKept()).not.toContain(SECRET)
}, 30_000)

test("what ! prints goes to the model, which answers", async () => {
  const on = await start([text("I see it")])
  await say(on, "!echo one; echo two >&2; exit 3")
  await on.waitFor("I see it")
  const request = JSON.stringify(api.turns.at(-1))
  expect(request).toContain("<bash-input>echo one; echo two >&2; exit 3</bash-input>")
  expect(request).toContain("<bash-stdout>one</bash-stdout>")
  expect(request).toContain("<bash-exit-code>3</bash-exit-code>")
}, 30_000)

for (const [how, leave] of [
  ["its terminal is closed", (on: Terminal) => on.hangUp()],
  ["it is sent HUP", (on: Terminal) => on.signal("SIGHUP")],
  ["it is sent TERM", (on: Terminal) => on.signal("SIGTERM")],
] as const)
  test(`when ${how}, no process is left`, async () => {
    const command =
      "trap '' HUP TERM; sleep 600 & echo $! >> pids; setsid sleep 601 & echo $! >> pids; echo $$ >> pids; touch ready; wait"
    const on = await start([toolUse("Bash", { command })])
    await say(on, "run it")
    await choose(on, "Do you want to proceed?")
    await on.waitFor(() => existsSync(join(place.folder, "ready")))
    const pids = readFileSync(join(place.folder, "pids"), "utf8").trim().split("\n").map(Number)
    expect(pids.length).toBe(3)
    for (const pid of pids) expect(isAlive(pid)).toBe(true)
    leave(on)
    await on.exited
    const deadline = Date.now() + 5_000
    while (pids.some(isAlive) && Date.now() < deadline) await Bun.sleep(20)
    expect(pids.filter(isAlive)).toEqual([])
  }, 30_000)

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

test("a tool alias of the settings makes its call, judged like any other, and stands in /help", async () => {
  const home = place.env.HOME ?? ""
  mkdirSync(join(home, ".claude"), { recursive: true })
  const toolAliases = { say: "Bash(touch said-$1)", help: "Bash(ls)", bad: "Nope(a=x)" }
  writeFileSync(join(home, ".claude/settings.json"), JSON.stringify({ toolAliases }))
  const on = await start([text("noted")])
  await on.waitFor("toolAliases.help: /help is a command already")
  await on.waitFor("toolAliases.bad: there is no tool Nope")
  await say(on, "/say x;y")
  await on.waitFor("Do you want to proceed?")
  // The word is one argument of the command, whatever it holds.
  await on.waitFor("touch said-'x;y'")
  await Bun.sleep(600)
  on.press("return")
  await on.waitFor(() => existsSync(join(place.folder, "said-x;y")))
  await say(on, "what did I do?")
  await on.waitFor("noted")
  const request = JSON.stringify(api.turns.at(-1)?.body.messages)
  expect(request).toContain("touch said-'x;y'")
  expect(request).toContain("(Bash completed with no output)")
  await say(on, "/help")
  await on.waitFor("Tool alias: Bash(touch said-$1)")
}, 30_000)

test("a tool alias that is written into the settings works at once, and one that is taken out is gone", async () => {
  const home = place.env.HOME ?? ""
  const settings = join(home, ".claude/settings.json")
  mkdirSync(join(home, ".claude"), { recursive: true })
  const write = (toolAliases: Readonly<Record<string, string>>) =>
    writeFileSync(settings, JSON.stringify({ toolAliases, permissions: { allow: ["Bash(touch *)"] } }))
  write({ first: "Bash(touch first-ran)" })
  const on = await start([])
  write({ second: "Bash(touch second-ran)", wrong: "touch" })
  await on.waitFor("Settings changed: toolAliases")
  await on.waitFor("toolAliases.wrong: write it as")
  await say(on, "/second ")
  await on.waitFor(() => existsSync(join(place.folder, "second-ran")))
  await say(on, "/help")
  await on.waitFor("Tool alias: Bash(touch second-ran)")
  expect([...on.scrollback(), ...on.screen()].join("\n")).not.toContain("Tool alias: Bash(touch first-ran)")
  await say(on, "/first ")
  await on.waitFor("Unknown command /first")
  expect(existsSync(join(place.folder, "first-ran"))).toBe(false)
}, 30_000)

test("a pattern that never ends leaves the prompt alive, and escape ends it", async () => {
  writeFileSync(join(place.folder, "trap.txt"), `${"a".repeat(60)}b\n`)
  const on = await start(
    [toolUse("Grep", { pattern: "(a+)+$", output_mode: "content" })],
    ["--allowedTools", "Grep"],
  )
  await say(on, "search it")
  await on.waitFor("Grep")
  // The search thread is busy for ever; this one draws what is typed.
  on.type("I can still type")
  await on.waitFor("I can still type")
  on.press("escape")
  await on.waitFor("Interrupted")
}, 30_000)
