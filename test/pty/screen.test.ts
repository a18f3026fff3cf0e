import { afterEach, describe, expect, test } from "bun:test"
import { join } from "node:path"
import { openTerminal, type Terminal, type TerminalOptions, usualEnv } from "./terminal.ts"

const app = join(import.meta.dir, "fixtures/screen-app.ts")
const open: Terminal[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((terminal) => terminal.close()))
})

/** The fixture started from a shell that has printed something and reports how it ended. */
async function start(
  options: Partial<TerminalOptions> & { flags?: string; before?: string } = {},
): Promise<Terminal> {
  const line = `echo shell output; ${options.before ?? ":"}; "$BUN" "$APP" ${options.flags ?? ""}; echo "code $?"; stty -a | grep -ow -- '-*icanon'; echo end`
  const terminal = await openTerminal({
    columns: 60,
    rows: 14,
    ...options,
    argv: ["sh", "-c", line],
    env: { ...usualEnv(), BUN: process.execPath, APP: app, ...options.env },
  })
  open.push(terminal)
  const plain = options.flags?.includes("--plain") || options.env?.TERM === "dumb"
  await terminal.waitFor(plain ? ">" : "[ready]")
  return terminal
}

async function run(terminal: Terminal, command: string): Promise<void> {
  terminal.type(`${command}\r`)
  await terminal.waitFor(`[did ${command}]`)
}

function transcript(terminal: Terminal): string[] {
  return [...terminal.scrollback(), ...terminal.screen()]
    .map((row) => row.trimEnd())
    .filter((row) => row !== "")
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`)
}

describe("the inline screen", () => {
  test("prints finished rows once, in order, below what the shell had printed", async () => {
    const terminal = await start()
    await run(terminal, "rows 3")
    await run(terminal, "say after")
    expect(transcript(terminal)).toEqual([
      "shell output",
      ...numbered("row", 3),
      "after",
      "[did say after]",
      ">",
    ])
  })

  test("starts at the bottom of a full terminal without hiding what the shell had printed", async () => {
    const terminal = await start({ before: "seq 100 130" })
    await run(terminal, "grow 3")
    await run(terminal, "rows 3")
    await run(terminal, "grow 0")
    const shell = ["shell output", ...Array.from({ length: 31 }, (_, index) => String(100 + index))]
    expect(transcript(terminal)).toEqual([...shell, ...numbered("row", 3), "[did grow 0]", ">"])
  })

  test("loses none of thousands of rows, given at once or one by one", async () => {
    const terminal = await start()
    await run(terminal, "rows 2000")
    await run(terminal, "single 2500")
    await terminal.waitFor("one 2500")
    expect(transcript(terminal)).toEqual([
      "shell output",
      ...numbered("row", 2000),
      ...numbered("one", 2500),
      "[did single 2500]",
      ">",
    ])
  })

  test("keeps blank rows at the end of a commit", async () => {
    const terminal = await start()
    await run(terminal, "blank")
    await run(terminal, "say below")
    const rows = terminal.screen().map((row) => row.trimEnd())
    const above = rows.indexOf("above blank")
    expect(rows.slice(above, above + 3)).toEqual(["above blank", "", "below"])
  })

  test("keeps what follows wide characters and emoji in place", async () => {
    const terminal = await start()
    await run(terminal, "wide")
    const rows = transcript(terminal)
    for (const tail of ["日本語|cjk", "|skin", "|family", "|accent", "|heart"]) {
      expect(rows.some((row) => row.endsWith(tail))).toBe(true)
    }
    terminal.type("日本")
    await terminal.waitFor("> 日本")
    await terminal.waitFor(() => terminal.cursor().column === 6)
    expect(terminal.cursor().visible).toBe(true)
  })

  test("lets the footer grow and shrink without touching the transcript", async () => {
    const terminal = await start()
    await run(terminal, "rows 10")
    await run(terminal, "grow 6")
    await run(terminal, "say while grown")
    await run(terminal, "grow 0")
    await run(terminal, "say shrunk")
    expect(transcript(terminal)).toEqual([
      "shell output",
      ...numbered("row", 10),
      "while grown",
      "shrunk",
      "[did say shrunk]",
      ">",
    ])
  })

  for (const [what, columns, rows] of [
    ["narrower", 40, 14],
    ["wider", 90, 14],
    ["lower", 60, 8],
    ["higher", 60, 24],
  ] as const) {
    test(`has one footer and every row after becoming ${what}`, async () => {
      const terminal = await start()
      await run(terminal, "rows 30")
      terminal.resize(columns, rows)
      await terminal.waitFor(`[size ${columns}x${rows}]`)
      await run(terminal, "say resized")
      const shown = transcript(terminal).filter((row) => row !== "shell output")
      expect(shown).toEqual([...numbered("row", 30), "resized", "[did say resized]", ">"])
    })
  }

  test("returns from an overlay to the same transcript and goes on below it, with the scrollback untouched", async () => {
    const terminal = await start()
    await run(terminal, "rows 30")
    const before = terminal.scrollback()
    terminal.type("overlay\r")
    await terminal.waitFor("overlay second")
    expect(terminal.modes().alternateScreen).toBe(true)
    await terminal.waitFor(() => terminal.cursor().row === 1 && terminal.cursor().column === 3)
    // Answers to the library's queries must not be mixed up with a lone Escape.
    terminal.type("x")
    await Bun.sleep(50)
    terminal.press("escape")
    await terminal.waitFor("[did overlay]")
    expect(terminal.modes().alternateScreen).toBe(false)
    expect(terminal.scrollback()).toEqual(before)
    terminal.press("backspace")
    await run(terminal, "say below")
    expect(transcript(terminal)).toEqual([
      "shell output",
      ...numbered("row", 30),
      "below",
      "[did say below]",
      ">",
    ])
  })

  test("hands the terminal to another program in cooked mode and goes on below its output", async () => {
    const terminal = await start()
    await run(terminal, "rows 20")
    terminal.type("suspend\r")
    await terminal.waitFor("[resumed 0]")
    await run(terminal, "say back")
    expect(transcript(terminal)).toEqual([
      "shell output",
      ...numbered("row", 20),
      "outside",
      "icanon",
      "back",
      "[did say back]",
      ">",
    ])
  })

  test("delivers a megabyte of paste as one piece", async () => {
    const terminal = await start()
    const text = "paste me 日本\n".repeat(80_000)
    terminal.paste(text)
    await terminal.waitFor(`[pasted ${text.length} ${Bun.hash(text)}]`)
  })

  test("writes nothing while nothing happens", async () => {
    const terminal = await start()
    await run(terminal, "say one")
    await Bun.sleep(400)
    const before = terminal.bytes()
    await Bun.sleep(400)
    expect(terminal.bytes()).toBe(before)
  })

  test("starts in a terminal that answers no query", async () => {
    const terminal = await start({ replies: false })
    await run(terminal, "rows 3")
    expect(transcript(terminal).slice(-5)).toEqual([...numbered("row", 3), "[did rows 3]", ">"])
  })

  test("uses no colours with NO_COLOR, and makes links real", async () => {
    const coloured = await start({ flags: "--theme=dark" })
    await run(coloured, "styled")
    expect(coloured.raw()).toContain("38;2;238;109;119m")
    expect(coloured.raw()).toContain(";https://example.com/x")
    const plain = await start({ env: { NO_COLOR: "1" } })
    await run(plain, "styled")
    expect(plain.raw()).not.toContain("38;2;238;109;119m")
  })
})

describe("keys", () => {
  for (const [pressed, seen] of [
    ["shift+tab", { name: "tab", text: "", ctrl: false, alt: false, shift: true }],
    ["ctrl+j", { name: "j", text: "", ctrl: true, alt: false, shift: false }],
    ["ctrl+r", { name: "r", text: "", ctrl: true, alt: false, shift: false }],
    ["alt+b", { name: "b", text: "", ctrl: false, alt: true, shift: false }],
    ["shift+return", { name: "return", text: "", ctrl: false, alt: false, shift: true }],
    ["ctrl+up", { name: "up", text: "", ctrl: true, alt: false, shift: false }],
    ["pagedown", { name: "pagedown", text: "", ctrl: false, alt: false, shift: false }],
  ] as const) {
    test(`${pressed} has one shape`, async () => {
      const terminal = await start({ columns: 100 })
      terminal.press(pressed)
      await terminal.waitFor(`key ${JSON.stringify(seen)}`)
    })
  }
})

describe("the terminal is given back", () => {
  const restored = async (terminal: Terminal, code: number): Promise<string[]> => {
    await terminal.waitFor("\nend")
    const rows = transcript(terminal)
    expect(rows.slice(-3)).toEqual([`code ${code}`, "icanon", "end"])
    expect(terminal.modes()).toEqual({ bracketedPaste: false, alternateScreen: false })
    expect(terminal.cursor().visible).toBe(true)
    expect(rows.some((row) => row.startsWith("[did"))).toBe(false)
    return rows.slice(0, -3)
  }

  test("after an ordinary end, with the next output right below the transcript", async () => {
    const terminal = await start()
    await run(terminal, "rows 20")
    terminal.type("quit\r")
    expect(await restored(terminal, 7)).toEqual(["shell output", ...numbered("row", 20), "goodbye"])
  })

  for (const [what, message] of [
    ["throw", "ccts: internal error: Error: deliberate failure"],
    ["reject", "ccts: internal error: Error: deliberate rejection"],
  ] as const) {
    test(`after an uncaught ${what}, with one line that says so`, async () => {
      const terminal = await start()
      await run(terminal, "rows 3")
      terminal.type(`${what}\r`)
      expect(await restored(terminal, 1)).toEqual(["shell output", ...numbered("row", 3), message])
    })
  }

  for (const [name, code] of [
    ["TERM", 143],
    ["HUP", 129],
    ["INT", 130],
  ] as const) {
    test(`after SIG${name}, with its exit code`, async () => {
      const terminal = await start()
      await run(terminal, "rows 3")
      terminal.type(`signal SIG${name}\r`)
      expect(await restored(terminal, code)).toEqual(["shell output", ...numbered("row", 3)])
    })
  }

  test("and the program ends when its terminal is gone", async () => {
    const terminal = await openTerminal({ argv: [process.execPath, app] })
    open.push(terminal)
    await terminal.waitFor("[ready]")
    terminal.hangUp()
    expect(await terminal.exited).toBe(129)
  })

  test("inside an overlay too", async () => {
    const terminal = await start()
    await run(terminal, "rows 3")
    terminal.type("overlay\r")
    await terminal.waitFor("overlay second")
    await Bun.sleep(50)
    terminal.type("signal SIGTERM\r")
    expect(await restored(terminal, 143)).toEqual(["shell output", ...numbered("row", 3)])
  })
})

describe("plain lines", () => {
  test("are all that a terminal without escape sequences is sent", async () => {
    const terminal = await start({ env: { TERM: "dumb" } })
    terminal.type("rows 3\r")
    await terminal.waitFor("row 3")
    terminal.type("quit\r")
    await terminal.waitFor("\nend")
    expect(terminal.raw()).not.toContain("\u001b")
  })

  test("print every row once and never repaint", async () => {
    const terminal = await start({ flags: "--plain" })
    terminal.type("rows 3\r")
    await terminal.waitFor("row 3")
    terminal.type("quit\r")
    await terminal.waitFor("\nend")
    const rows = transcript(terminal)
    expect(rows.filter((row) => row.startsWith("row "))).toEqual(numbered("row", 3))
    expect(rows.slice(-4)).toEqual(["goodbye", "code 7", "icanon", "end"])
    // The only sequences are bracketed paste on and off.
    expect(
      terminal
        .raw()
        .replaceAll(/\[\?2004[hl]/g, "")
        .includes("\u001b["),
    ).toBe(false)
  })
})
