import type { Role } from "./port.ts"
import type { ThemeName } from "./theme-names.ts"

/** A colour: `#rrggbb`, one of the terminal's own 16 colours by index, or null for the terminal's default. */
export type Colour = `#${string}` | number | null
export type Theme = Readonly<Record<Role, Colour>>

const dark: Theme = {
  text: null,
  muted: "#8a8f98",
  accent: "#d98e5f",
  prompt: "#a8adb5",
  success: "#5fb97c",
  warning: "#e0b050",
  error: "#ee6d77",
  code: "#9fb4f5",
  keyword: "#c792ea",
  string: "#a5cf7f",
  number: "#f0a070",
  comment: "#7d838d",
  function: "#7fb0f5",
  type: "#6fc7cf",
  added: "#6fcf8b",
  removed: "#f08089",
  addedBg: "#17331f",
  removedBg: "#3d1b20",
  plan: "#4fb3a5",
  bypass: "#f0606c",
  border: "#5c626c",
  selection: "#3a4456",
}

const light: Theme = {
  text: null,
  muted: "#666b73",
  accent: "#b35a22",
  prompt: "#50555c",
  success: "#217a3c",
  warning: "#8f6400",
  error: "#c02734",
  code: "#3a50b5",
  keyword: "#8a2db5",
  string: "#3f7a1a",
  number: "#a84e12",
  comment: "#70757d",
  function: "#1f5fbf",
  type: "#0f7680",
  added: "#1b7034",
  removed: "#b52430",
  addedBg: "#d9f5e0",
  removedBg: "#fde0e2",
  plan: "#0c7a6b",
  bypass: "#c81e2c",
  border: "#a5abb3",
  selection: "#cddcf5",
}

// Blue against orange instead of green against red.
const darkDaltonized: Theme = {
  ...dark,
  success: "#5aa7f0",
  error: "#f09a3e",
  string: "#8fc1f2",
  added: "#6cb3f5",
  removed: "#f2a552",
  addedBg: "#12304d",
  removedBg: "#45290a",
  plan: "#7fb8d8",
  bypass: "#f5a030",
}
const lightDaltonized: Theme = {
  ...light,
  success: "#0b5cad",
  error: "#a85400",
  string: "#1c5f9e",
  added: "#0a559f",
  removed: "#9c4d00",
  addedBg: "#d8eafd",
  removedBg: "#fde8cf",
  plan: "#2a6a8c",
  bypass: "#b35a00",
}

// Only the terminal's own colours: the user's scheme decides how they look.
const darkAnsi: Theme = {
  text: null,
  muted: 8,
  accent: 11,
  prompt: 7,
  success: 10,
  warning: 11,
  error: 9,
  code: 12,
  keyword: 13,
  string: 10,
  number: 11,
  comment: 8,
  function: 12,
  type: 14,
  added: 10,
  removed: 9,
  addedBg: null,
  removedBg: null,
  plan: 14,
  bypass: 9,
  border: 8,
  selection: 8,
}
const lightAnsi: Theme = {
  ...darkAnsi,
  accent: 3,
  prompt: 8,
  success: 2,
  warning: 3,
  error: 1,
  code: 4,
  keyword: 5,
  string: 2,
  number: 3,
  function: 4,
  type: 6,
  added: 2,
  removed: 1,
  plan: 6,
  bypass: 1,
  selection: 7,
}

export const themes: Readonly<Record<ThemeName, Theme>> = {
  dark,
  light,
  "dark-daltonized": darkDaltonized,
  "light-daltonized": lightDaltonized,
  "dark-ansi": darkAnsi,
  "light-ansi": lightAnsi,
}

/** Whether a theme is made for a light background. */
export function themeMode(name: ThemeName): "dark" | "light" {
  return name.startsWith("light") ? "light" : "dark"
}

/**
 * The background as `COLORFGBG` tells it (`fg;bg`, set by rxvt, Konsole and others; 7 and 15 are the light ones);
 * dark where nothing is known.
 */
export function guessMode(env: Readonly<Record<string, string | undefined>>): "dark" | "light" {
  const background = env.COLORFGBG?.split(";").at(-1)
  return background === "7" || background === "15" ? "light" : "dark"
}

/** https://no-color.org: present and not empty, whatever its value. */
export function coloursOff(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env.NO_COLOR ?? "") !== ""
}
