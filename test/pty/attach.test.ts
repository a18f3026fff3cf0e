/** The compiled program in a real terminal: commands that talk to a person, and what is left when the terminal goes. */
import { afterEach, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { type Conversation, type ConversationOptions, openConversation } from "./conversation.ts"
import type { Terminal } from "./terminal.ts"

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

let open: Conversation | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function start(
  replies: Parameters<typeof openConversation>[0],
  options: ConversationOptions = {},
): Promise<Conversation> {
  open = await openConversation(replies, { programs: { passwd: PASSWD }, ...options })
  return open
}

test("a command of the model that needs a terminal gets the person's, and what is typed there is known to nobody", async () => {
  const { on, api, home, say, choose, everythingKept } = await start([
    toolUse("Bash", { command: "passwd" }),
    text("all done"),
  ])
  await say("change it")
  await choose("Do you want to proceed?")
  await choose("This command needs a terminal")
  await on.waitFor("Old password:")
  on.type(`${SECRET}\r`)
  await on.waitFor("screen shows")
  await on.waitFor("all done")
  expect(readFileSync(join(home, "typed"), "utf8")).toBe(SECRET)
  const last = JSON.stringify(api.turns.at(-1))
  expect(last).toContain("what was shown and typed there is not recorded")
  expect(everythingKept("typed")).not.toContain(SECRET)
  // The prompt works as before.
  on.type("still here")
  await on.waitFor("still here")
}, 30_000)

test("refused, it does not run, and the model is told", async () => {
  const { on, api, home, say, choose } = await start([
    toolUse("Bash", { command: "passwd" }),
    text("as you wish"),
  ])
  await say("change it")
  await choose("Do you want to proceed?")
  await choose("This command needs a terminal", "escape")
  await on.waitFor("as you wish")
  expect(JSON.stringify(api.turns.at(-1))).toContain("the person did not open one for it. Nothing was run.")
  expect(existsSync(join(home, "typed"))).toBe(false)
}, 30_000)

test("behind ! it runs at once; ctrl+] leaves it, /attach returns", async () => {
  const { on, say, everythingKept } = await start([text("so be it")])
  await say("!passwd")
  await on.waitFor("Old password:")
  on.type("\u001d")
  await on.waitFor("goes on without you")
  await say("/attach")
  await on.waitFor(() => on.screen().filter((row) => row.includes("Old password:")).length > 0)
  await Bun.sleep(200)
  on.type(`${SECRET}\r`)
  await on.waitFor("output not recorded")
  expect(everythingKept("typed")).not.toContain(SECRET)
}, 30_000)

test("what ! prints goes to the model, which answers", async () => {
  const { on, api, say } = await start([text("I see it")])
  await say("!echo one; echo two >&2; exit 3")
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
    const { on, place, say, choose } = await start([toolUse("Bash", { command })])
    await say("run it")
    await choose("Do you want to proceed?")
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
  const toolAliases = { say: "Bash(touch said-$1)", help: "Bash(ls)", bad: "Nope(a=x)" }
  const { on, api, place, say } = await start([text("noted")], { settings: { toolAliases } })
  await on.waitFor("toolAliases.help: /help is a command already")
  await on.waitFor("toolAliases.bad: there is no tool Nope")
  await say("/say x;y")
  await on.waitFor("Do you want to proceed?")
  // The word is one argument of the command, whatever it holds.
  await on.waitFor("touch said-'x;y'")
  await Bun.sleep(600)
  on.press("return")
  await on.waitFor(() => existsSync(join(place.folder, "said-x;y")))
  await say("what did I do?")
  await on.waitFor("noted")
  const request = JSON.stringify(api.turns.at(-1)?.body.messages)
  expect(request).toContain("touch said-'x;y'")
  expect(request).toContain("(Bash completed with no output)")
  await say("/help")
  await on.waitFor("Tool alias: Bash(touch said-$1)")
}, 30_000)

test("a tool alias that is written into the settings works at once, and one that is taken out is gone", async () => {
  const settings = (toolAliases: Readonly<Record<string, string>>) => ({
    toolAliases,
    permissions: { allow: ["Bash(touch *)"] },
  })
  const { on, place, home, say } = await start([], { settings: settings({ first: "Bash(touch first-ran)" }) })
  const write = (toolAliases: Readonly<Record<string, string>>) =>
    writeFileSync(join(home, ".claude/settings.json"), JSON.stringify(settings(toolAliases)))
  write({ second: "Bash(touch second-ran)", wrong: "touch" })
  await on.waitFor("Settings changed: toolAliases")
  await on.waitFor("toolAliases.wrong:")
  await say("/second ")
  await on.waitFor(() => existsSync(join(place.folder, "second-ran")))
  await say("/help")
  await on.waitFor("Tool alias: Bash(touch second-ran)")
  expect([...on.scrollback(), ...on.screen()].join("\n")).not.toContain("Tool alias: Bash(touch first-ran)")
  await say("/first ")
  await on.waitFor("Unknown command /first")
  expect(existsSync(join(place.folder, "first-ran"))).toBe(false)
}, 30_000)

test("a pattern that never ends leaves the prompt alive, and escape ends it", async () => {
  const { on, say } = await start([toolUse("Grep", { pattern: "(a+)+$", output_mode: "content" })], {
    flags: ["--allowedTools", "Grep"],
    files: { "trap.txt": `${"a".repeat(60)}b\n` },
  })
  await say("search it")
  await on.waitFor("Grep")
  // The search thread is busy for ever; this one draws what is typed.
  on.type("I can still type")
  await on.waitFor("I can still type")
  on.press("escape")
  await on.waitFor("Interrupted")
}, 30_000)
