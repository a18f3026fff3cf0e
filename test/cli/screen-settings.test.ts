import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Flags } from "../../src/cli/flags.ts"
import { readConfig } from "../../src/cli/prepare.ts"
import { screenSettings } from "../../src/cli/screen-settings.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import { tempDir } from "../sessions/support.ts"

function screen(settings: unknown, state: unknown = {}, flags: Flags = {}) {
  const { path: home } = tempDir()
  const paths = configPaths({ HOME: home }, { managedDir: join(home, "managed") })
  mkdirSync(paths.configDir)
  writeFileSync(paths.userSettings, JSON.stringify(settings))
  writeFileSync(paths.stateFile, JSON.stringify(state))
  const config = readConfig({ flags, cwd: home, paths, trusted: true, headless: false })
  const { plain, theme } = screenSettings({ flags, env: {}, config, state: openState(paths) })
  return { plain, theme }
}

test("colours follow the settings, then what the shared state still says, then the terminal", () => {
  expect(screen({ theme: "light-daltonized" }, { theme: "dark" }).theme).toBe("light-daltonized")
  expect(screen({}, { theme: "light" }).theme).toBe("light")
  expect(screen({ theme: "custom:mine" }, {}).theme).toBe("auto")
  expect(screen({ theme: "nonsense" }, { theme: 7 }).theme).toBe("auto")
  expect(screen({}).theme).toBe("auto")
})

test("plain lines for a screen reader come from the settings or the flag", () => {
  expect(screen({ axScreenReader: true }).plain).toBe(true)
  expect(screen({}, {}, { axScreenReader: true }).plain).toBe(true)
  expect(screen({ axScreenReader: true }, {}, { axScreenReader: false }).plain).toBe(false)
  expect(screen({}).plain).toBe(false)
})
