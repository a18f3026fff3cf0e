import { keyInfo } from "../config/keys.ts"
import { choicesOf } from "../config/parse-value.ts"
import type { ThemeName } from "../tui/screen/theme.ts"
import type { Prepared } from "./prepare.ts"

type ScreenSources = Pick<Prepared, "flags" | "env" | "config" | "state">

/** How the screen is to look: flag, then settings, then what the shared state file still says about the theme. */
export function screenSettings({ flags, env, config: { settings }, state }: ScreenSources) {
  return {
    plain: flags.axScreenReader ?? settings.axScreenReader === true,
    theme: themeOf(settings.theme) ?? themeOf(state.read(["theme"])) ?? "auto",
    env,
  }
}

/** Null for what is none of ours, such as a theme of the person's own (`custom:name`). */
function themeOf(name: unknown): ThemeName | "auto" | null {
  const info = keyInfo("theme")
  const known = info !== undefined && typeof name === "string" && choicesOf(info.type).includes(name)
  return known ? (name as ThemeName | "auto") : null
}
