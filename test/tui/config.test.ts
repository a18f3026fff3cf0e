import { afterEach, describe, expect, test } from "bun:test"
import type { SettingRow, SettingsPort } from "../../src/tui/ports.ts"
import { type Harness, started, startHarness } from "./harness.ts"

let open: Harness | null = null
afterEach(async () => {
  await open?.stop()
  open = null
})

const ROWS: readonly SettingRow[] = [
  {
    key: "theme",
    value: '"dark"',
    from: "default",
    text: "Colours",
    accepts: "one of dark, light",
    choices: ["dark", "light"],
  },
  {
    key: "cleanupPeriodDays",
    value: "30",
    from: "default",
    text: "Days that sessions are kept",
    accepts: "a whole number of at least 1",
    choices: [],
  },
]

function fakeSettings() {
  const saved: string[] = []
  let say: (level: "info" | "warning", text: string) => void = () => undefined
  const port: SettingsPort = {
    list: () => ROWS,
    async set(key, value) {
      saved.push(`${key}=${value}`)
      return value === "bad"
        ? { ok: false, text: `${key} must be a whole number` }
        : { ok: true, text: `${key} = ${value}` }
    },
    explain: (key) => [`${key}: default`],
    watch(said) {
      say = said
      return () => {
        say = () => undefined
      }
    },
  }
  return { port, saved, say: (level: "info" | "warning", text: string) => say(level, text) }
}

async function start(settings: SettingsPort | null): Promise<Harness> {
  open = startHarness({ ports: { settings } })
  await open.emit(started())
  return open
}

const said = (harness: Harness) => harness.screen.printed.join("\n")

async function run(harness: Harness, command: string): Promise<void> {
  harness.screen.type(command)
  harness.screen.press("return")
  await harness.settle()
}

describe("/config", () => {
  test("searches by name and description, and changes a value by picking", async () => {
    const { port, saved } = fakeSettings()
    const harness = await start(port)
    await run(harness, "/config")
    expect(harness.screen.footerText()).toContain("cleanupPeriodDays = 30")
    harness.screen.type("colours")
    await harness.settle()
    expect(harness.screen.footerText()).not.toContain("cleanupPeriodDays")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("theme: default")
    harness.screen.press("2")
    await harness.settle()
    expect(saved).toEqual(["theme=light"])
    expect(said(harness)).toContain("theme = light")
  })

  test("a typed value that does not fit is said so, and nothing else happens", async () => {
    const { port, saved } = fakeSettings()
    const harness = await start(port)
    await run(harness, "/config cleanupPeriodDays")
    harness.screen.press("1")
    harness.screen.type("bad")
    harness.screen.press("return")
    await harness.settle()
    expect(saved).toEqual(["cleanupPeriodDays=bad"])
    expect(said(harness)).toContain("cleanupPeriodDays must be a whole number")
  })

  test("takes key and value at once, and knows no others", async () => {
    const { port, saved } = fakeSettings()
    const harness = await start(port)
    await run(harness, "/config theme light")
    await run(harness, "/config colour light")
    expect(saved).toEqual(["theme=light"])
    expect(said(harness)).toContain("There is no setting colour")
  })

  test("what changed in the files is said in the conversation", async () => {
    const settings = fakeSettings()
    const harness = await start(settings.port)
    settings.say(
      "warning",
      "Parts of the settings are not used:\n  /x/settings.json:3: theme: must be a text",
    )
    await harness.settle()
    expect(said(harness)).toContain("/x/settings.json:3: theme")
  })
})
