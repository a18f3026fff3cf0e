/** Programs that want a terminal, attached to from the compiled program: they work, and what passes there is kept by nobody. */
import { afterEach, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { type Conversation, openConversation } from "./conversation.ts"

const SECRET = "correct-horse-battery"
/** Without a cached right it asks at the terminal itself, as the real one does. */
const SUDO = `#!/bin/bash
[ "$1" = -n ] && exit 1
exec 3<>/dev/tty
printf '[sudo] password: ' >&3
stty -echo <&3; read -r word <&3; stty echo <&3
echo >&3
[ "$word" = ${SECRET} ] || { echo 'Sorry, try again.' >&3; exit 1; }
exec "$@"
`
/** A wizard of questions with echo, on its standard input and output. */
const NPM = `#!/bin/bash
test -t 0 || { echo 'stdin is not a terminal' >&2; exit 9; }
read -rp 'package name: ' name
read -rp 'licence: ' licence
printf '{"name":"%s","license":"%s"}' "$name" "$licence" > package.json
echo "wrote for $name"
`
/** Tells its size, and that it was interrupted, until it is told to end. */
const VISUDO = `#!/bin/bash
trap 'echo "interrupted, not ended"' INT
trap 'echo "size now $(stty size)"' WINCH
echo "size $(stty size)"
while true; do IFS= read -rsn1 -t 0.2 key && [ "$key" = q ] && exit 0; done
`

let open: Conversation | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

test("sudo asks the person for the password, which nobody else learns; the command runs", async () => {
  open = await openConversation(
    [toolUse("Bash", { command: "sudo touch made-by-root" }), text("it is there")],
    {
      programs: { sudo: SUDO },
    },
  )
  const { on, api, place, say, choose, everythingKept } = open
  await say("make it")
  await choose("Do you want to proceed?")
  await choose("This command needs a terminal")
  await on.waitFor("[sudo] password:")
  on.type(`${SECRET}\r`)
  await on.waitFor("it is there")
  expect(existsSync(join(place.folder, "made-by-root"))).toBe(true)
  expect(JSON.stringify(api.turns.at(-1))).toContain("It ended with exit code 0.")
  expect(everythingKept()).not.toContain(SECRET)
}, 30_000)

test("a wrong password is told as a failure, without what was typed", async () => {
  open = await openConversation([toolUse("Bash", { command: "sudo true" }), text("I see")], {
    programs: { sudo: SUDO },
  })
  const { on, api, say, choose, everythingKept } = open
  await say("try it")
  await choose("Do you want to proceed?")
  await choose("This command needs a terminal")
  await on.waitFor("[sudo] password:")
  on.type("not-the-word-at-all\r")
  await on.waitFor("I see")
  const last = JSON.stringify(api.turns.at(-1))
  expect(last).toContain("Exit code 1")
  expect(last).not.toContain("Sorry, try again")
  expect(everythingKept()).not.toContain("not-the-word-at-all")
}, 30_000)

test("with a right that is free nobody is asked for a terminal", async () => {
  open = await openConversation(
    [toolUse("Bash", { command: "sudo -n true; sudo echo as-root" }), text("done")],
    {
      // Free: the same words without a question.
      programs: { sudo: `#!/bin/bash\n[ "$1" = -n ] && exit 0\nexec "$@"\n` },
    },
  )
  const { on, api, say, choose } = open
  await say("do it")
  await choose("Do you want to proceed?")
  await on.waitFor("done")
  expect(JSON.stringify(api.turns.at(-1))).toContain("as-root")
}, 30_000)

test("an init wizard is answered by the person; what it made is there and what was typed is not told", async () => {
  open = await openConversation([toolUse("Bash", { command: "npm init" }), text("read it yourself")], {
    programs: { npm: NPM },
  })
  const { on, api, place, say, choose, everythingKept } = open
  await say("start a package")
  await choose("Do you want to proceed?")
  await choose("This command needs a terminal")
  await on.waitFor("package name:")
  on.type("typed-by-a-person\r")
  await on.waitFor("licence:")
  on.type("MIT\r")
  await on.waitFor("read it yourself")
  expect(JSON.parse(readFileSync(join(place.folder, "package.json"), "utf8"))).toEqual({
    name: "typed-by-a-person",
    license: "MIT",
  })
  expect(JSON.stringify(api.turns.at(-1))).toContain("what was shown and typed there is not recorded")
  expect(everythingKept("package.json")).not.toContain("typed-by-a-person")
}, 30_000)

test.skipIf(Bun.which("less") === null)(
  "less shows a file and leaves the prompt as it was",
  async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `unrecorded line ${i + 1}`).join("\n")
    open = await openConversation([], { files: { "long.txt": lines } })
    const { on, say, everythingKept } = open
    await say("!less long.txt")
    await on.waitFor("unrecorded line 1\n")
    on.type("G")
    await on.waitFor("unrecorded line 200")
    on.type("q")
    await on.waitFor("output not recorded")
    expect(on.modes().alternateScreen).toBe(false)
    expect(everythingKept("long.txt")).not.toContain("unrecorded line")
    on.type("still a prompt")
    await on.waitFor("still a prompt")
  },
  30_000,
)

test.skipIf(Bun.which("vim") === null)(
  "vim edits a file for the model; its keys are nobody's",
  async () => {
    open = await openConversation([toolUse("Bash", { command: "vim -u NONE note.txt" }), text("thank you")], {
      files: { "note.txt": "before\n" },
    })
    const { on, place, say, choose, everythingKept } = open
    await say("let me edit it")
    await choose("Do you want to proceed?")
    await choose("This command needs a terminal")
    await on.waitFor("before")
    on.type("Goprivate-words")
    await on.waitFor("private-words")
    on.type("\u001b")
    await Bun.sleep(100)
    on.type(":wq\r")
    await on.waitFor("thank you")
    expect(readFileSync(join(place.folder, "note.txt"), "utf8")).toBe("before\nprivate-words\n")
    expect(everythingKept("note.txt")).not.toContain("private-words")
  },
  30_000,
)

test("ctrl+c and the size of the window are the program's while the person is with it", async () => {
  open = await openConversation([], { programs: { visudo: VISUDO } })
  const { on, say } = open
  await say("!visudo")
  await on.waitFor("size 30 100")
  on.press("ctrl+c")
  await on.waitFor("interrupted, not ended")
  on.resize(90, 25)
  await on.waitFor("size now 25 90")
  on.type("q")
  await on.waitFor("output not recorded")
  on.type("here again")
  await on.waitFor("here again")
}, 30_000)

test("a program that dies in the middle of its screen gives the terminal back whole", async () => {
  const killed = `#!/bin/bash\nprintf '\\033[?1049h\\033[?2004l\\033[?1000h\\033[?25l\\033[31mfull screen'\nstty raw -echo\nread -rsn1 -t 5\nkill -9 $$\n`
  open = await openConversation([], { programs: { visudo: killed } })
  const { on, say } = open
  await say("!visudo")
  await on.waitFor("full screen")
  on.type("x")
  await on.waitFor("output not recorded")
  expect(on.modes().alternateScreen).toBe(false)
  await say("words at the prompt")
  await on.waitFor("no more")
}, 30_000)
