/** The question about a command in the executable, on a small real terminal inside tmux. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { hasTmux, openTmux, type Tmux } from "../pty/tmux.ts"
import { type BinaryPlace, executable, isBuilt, withBinary } from "./binary-place.ts"

const ready = isBuilt && hasTmux
// Room for a loaded machine; nothing here takes seconds by itself.
setDefaultTimeout(40_000)
if (!ready) console.warn("test/e2e/permission-dialog.test.ts is skipped: it needs dist/ccts and tmux")

const LONG = Array.from({ length: 120 }, (_, n) => `target${n}`)
const LINES = Array.from({ length: 60 }, (_, n) => `touch line${n}`)

async function inTmux(place: BinaryPlace, use: (tmux: Tmux) => Promise<void>): Promise<void> {
  place.trust()
  const command = `cd '${place.cwd}' && exec '${executable}'`
  const tmux = await openTmux({ command, columns: 30, rows: 10, env: place.env })
  try {
    await tmux.waitFor(/❯|>/)
    await use(tmux)
  } finally {
    await tmux.close()
  }
}

/** Every page of what is asked, as it stands on the screen. */
async function pages(tmux: Tmux): Promise<string[]> {
  const shown: string[] = []
  for (let page = 0; page < 80; page++) {
    const now = (await tmux.capture("visible")).join("\n")
    if (now === shown.at(-1)) break
    shown.push(now)
    await tmux.keys("PageDown")
    // A page that is the last one stays: then the next look ends it.
    for (let tries = 0; tries < 20 && (await tmux.capture("visible")).join("\n") === now; tries++)
      await Bun.sleep(20)
  }
  return shown
}

const squeezed = (shown: readonly string[]) => shown.join("\n").replace(/\s+/g, "")

describe.skipIf(!ready)("a question on 30 columns and 10 rows", () => {
  test.each<[string, string, readonly string[]]>([
    ["a very long command", `make ${LONG.join(" ")}`, LONG],
    ["a command of many lines", LINES.join("\n"), LINES.map((line) => line.replace(" ", ""))],
    ["bidi and invisible characters", "touch a\u202egnp.exe b\u200bc", ["a\\u{202e}gnp.exe", "b\\u{200b}c"]],
  ])(
    "shows all of %s, and keys that came before it do not answer it",
    (_, command, wanted) =>
      withBinary({ script: [toolUse("Bash", { command }), text("the end")] }, async (place) => {
        await inTmux(place, async (tmux) => {
          await tmux.type("go")
          await tmux.waitFor("go")
          // One chunk: the prompt is sent, and what follows is pressed before there is anything to answer.
          await tmux.keys("Enter", "1", "Enter", "y", "Enter")
          await tmux.waitFor("1. Yes")
          // One who types is given time to look up.
          await Bun.sleep(700)
          const shown = await pages(tmux)
          for (const word of wanted) expect(squeezed(shown)).toContain(word)
          for (const page of shown) expect(page).toContain("No, and tell ccts")
          expect(existsSync(join(place.cwd, "line0"))).toBe(false)
          await tmux.keys("Escape")
          await tmux.waitFor("Refused by you")
        })
        expect(existsSync(join(place.cwd, "line0"))).toBe(false)
      }),
    40_000,
  )

  test("a command with control characters is not asked about: it is refused", () =>
    withBinary(
      { script: [toolUse("Bash", { command: "touch \u001b[2Kmade" }), text("the end")] },
      async (place) => {
        await inTmux(place, async (tmux) => {
          await tmux.type("go")
          await tmux.waitFor("go")
          await tmux.keys("Enter")
          await tmux.waitFor("the end")
          expect((await tmux.capture()).join("\n")).not.toContain("Do you want to proceed")
        })
        expect(JSON.stringify(place.api.turns[1]?.body.messages)).toContain("control character")
      },
    ))
})
