import { afterEach, describe, expect, test } from "bun:test"
import { join } from "node:path"
import { hasTmux, openTmux, type Tmux } from "./tmux.ts"

const app = join(import.meta.dir, "fixtures/screen-app.ts")
const open: Tmux[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((tmux) => tmux.close()))
})

async function start(): Promise<Tmux> {
  const tmux = await openTmux({
    command: "PS1='shell$ ' bash --norc --noprofile",
    columns: 60,
    rows: 14,
    env: { BUN: process.execPath, APP: app },
  })
  open.push(tmux)
  await tmux.waitFor("shell$")
  await tmux.type('"$BUN" "$APP"')
  await tmux.keys("Enter")
  await tmux.waitFor("[ready]")
  return tmux
}

async function run(tmux: Tmux, command: string): Promise<void> {
  await tmux.type(command)
  await tmux.keys("Enter")
  await tmux.waitFor(`[did ${command}]`)
}

async function transcript(tmux: Tmux): Promise<string[]> {
  const rows = (await tmux.capture()).map((row) => row.trimEnd()).filter((row) => row !== "")
  return rows.slice(rows.findIndex((row) => row.includes("$APP")) + 1)
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `row ${index + 1}`)

describe.skipIf(!hasTmux)("inside tmux", () => {
  test("every row is in the history, once and in order, while the footer grows and shrinks", async () => {
    const tmux = await start()
    await run(tmux, "rows 500")
    await run(tmux, "grow 5")
    await run(tmux, "say grown")
    await run(tmux, "grow 0")
    expect(await transcript(tmux)).toEqual([...numbered(500), "grown", "[did grow 0]", ">"])
  })

  test("there is one footer after each change of size", async () => {
    const tmux = await start()
    await run(tmux, "rows 30")
    for (const [columns, rows] of [
      [40, 14],
      [90, 14],
      [90, 9],
      [90, 20],
    ] as const) {
      await tmux.resize(columns, rows)
      await tmux.waitFor(`[size ${columns}x${rows}]`)
      const shown = await transcript(tmux)
      expect(shown.slice(-32)).toEqual([...numbered(30), `[size ${columns}x${rows}]`, ">"])
      expect(shown.filter((row) => row.startsWith("[")).length).toBe(1)
    }
  })

  test("an overlay leaves the history as it was", async () => {
    const tmux = await start()
    await run(tmux, "rows 30")
    await tmux.type("overlay")
    await tmux.keys("Enter")
    await tmux.waitFor("overlay second")
    await tmux.type("x")
    await Bun.sleep(50)
    await tmux.keys("Escape")
    await tmux.waitFor("[did overlay]")
    await tmux.keys("BSpace")
    await run(tmux, "say below")
    expect(await transcript(tmux)).toEqual([...numbered(30), "below", "[did say below]", ">"])
  })

  test("Ctrl+Z gives the shell back, and fg goes on below what it printed", async () => {
    const tmux = await start()
    await run(tmux, "rows 5")
    await tmux.keys("C-z")
    await tmux.waitFor("Stopped")
    await tmux.type("echo in the shell")
    await tmux.keys("Enter")
    await tmux.waitFor("\nin the shell")
    await tmux.type("fg")
    await tmux.keys("Enter")
    await tmux.waitFor(/\[did rows 5\]\s*\n>/)
    await run(tmux, "say back")
    const rows = await transcript(tmux)
    expect(rows.slice(0, 5)).toEqual(numbered(5))
    expect(rows).toContain("in the shell")
    expect(rows.slice(-3)).toEqual(["back", "[did say back]", ">"])
  })

  test("wide characters stay in their columns", async () => {
    const tmux = await start()
    await run(tmux, "wide")
    const rows = await transcript(tmux)
    expect(rows).toContain("日本語|cjk")
    expect(rows.filter((row) => /\|(skin|family|accent|heart)$/.test(row)).length).toBe(4)
  })
})
