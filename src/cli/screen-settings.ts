import { keyInfo } from "../config/keys.ts"
import { choicesOf } from "../config/parse-value.ts"
import type { State } from "../config/state.ts"
import type { Settings } from "../model/settings.ts"
import type { ThemeName } from "../tui/screen/theme-names.ts"
import type { Prepared } from "./prepare.ts"

type ScreenSources = Pick<Prepared, "flags" | "env" | "config" | "state">

/** How the screen is to look: flag, then settings, then what the shared state file still says about the theme. */
export function screenSettings({ flags, env, config: { settings }, state }: ScreenSources) {
  return {
    plain: flags.axScreenReader ?? settings.axScreenReader === true,
    theme: themeFrom(settings, state),
    env,
  }
}

/** The setting, else what the shared state file still says. */
export function themeFrom(settings: Settings, state: State): ThemeName | "auto" {
  return themeOf(settings.theme) ?? themeOf(state.read(["theme"])) ?? "auto"
}

/** Null for what is none of ours, such as a theme of the person's own (`custom:name`). */
function themeOf(name: unknown): ThemeName | "auto" | null {
  const info = keyInfo("theme")
  const known = info !== undefined && typeof name === "string" && choicesOf(info.type).includes(name)
  return known ? (name as ThemeName | "auto") : null
}
