export type ThemeName = "dark" | "light" | "dark-daltonized" | "light-daltonized" | "dark-ansi" | "light-ansi"
