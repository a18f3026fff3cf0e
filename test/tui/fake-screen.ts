/** A screen that remembers what it was given, as text. */
import { displayWidth } from "../../src/lib/width.ts"
import type { Key, Position, Row, Screen, Size } from "../../src/tui/screen/port.ts"

export interface FakeScreen extends Screen {
  size: Size
  /** Everything on the scrollback, oldest first. */
  readonly printed: string[]
  footer: readonly Row[]
  cursor: Position | null
  overlaid: readonly Row[] | null
  readonly titles: string[]
  readonly themes: string[]
  bells: number
  readonly signals: string[]
  copied: string
  suspensions: number
  closed: boolean
  /** Frames set so far. */
  frames: number
  /** While set, frames are not on the terminal yet. */
  hold: Promise<void> | null
  footerText(): string
  press(...keys: (string | Partial<Key>)[]): void
  type(text: string): void
}

export function text(row: Row): string {
  return row.map((part) => part.text).join("")
}

export function createFakeScreen(columns = 80, rows = 30): FakeScreen {
  const check = (given: readonly Row[]) => {
    for (const row of given) {
      const shown = text(row)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no row may carry any
      if (/[\u0000-\u001f\u007f-\u009f]/.test(shown))
        throw new Error(`control character in ${JSON.stringify(shown)}`)
      if (displayWidth(shown) > screen.size.columns)
        throw new Error(
          `row of ${displayWidth(shown)} columns on a screen of ${screen.size.columns}: ${shown}`,
        )
    }
    return given
  }
  const screen: FakeScreen = {
    size: { columns, rows },
    theme: "dark",
    printed: [],
    footer: [],
    cursor: null,
    overlaid: null,
    titles: [],
    themes: [],
    bells: 0,
    signals: [],
    copied: "",
    suspensions: 0,
    closed: false,
    frames: 0,
    hold: null,
    onKey: () => undefined,
    onPaste: () => undefined,
    onResize: () => undefined,
    commit(given) {
      if (screen.overlaid !== null) throw new Error("printed while the alternate screen is up")
      screen.printed.push(...check(given).map((row) => text(row).trimEnd()))
    },
    setFooter(given, cursor) {
      if (given.length > screen.size.rows) throw new Error(`footer of ${given.length} rows`)
      if (cursor !== null && (cursor.row >= given.length || cursor.column > screen.size.columns))
        throw new Error(`caret outside: ${JSON.stringify(cursor)}`)
      screen.footer = check(given)
      screen.cursor = cursor
      screen.frames += 1
    },
    replay(given) {
      screen.printed.length = 0
      screen.printed.push(...check([...given]).map((row) => text(row).trimEnd()))
    },
    overlay(given) {
      if (given !== null && given.length > screen.size.rows) throw new Error("overlay is too tall")
      screen.overlaid = given === null ? null : check(given)
    },
    async suspend() {
      screen.suspensions += 1
    },
    async resume() {},
    async close() {
      screen.closed = true
    },
    useTheme: (theme) => void screen.themes.push(theme),
    setTitle: (title) => void screen.titles.push(title),
    bell() {
      screen.bells += 1
    },
    signal: (sequence) => void screen.signals.push(sequence),
    copy(given) {
      screen.copied = given
      return true
    },
    flushed: () => screen.hold ?? Promise.resolve(),
    footerText: () => screen.footer.map((row) => text(row).trimEnd()).join("\n"),
    press(...keys) {
      for (const key of keys) screen.onKey(toKey(key))
    },
    type(given) {
      for (const letter of given) screen.onKey(toKey(letter))
    },
  }
  return screen
}

/** `"ctrl+a"`, `"return"`, `"x"`, or parts of a key. */
export function toKey(given: string | Partial<Key>): Key {
  const base: Key = { name: "", text: "", ctrl: false, alt: false, shift: false }
  if (typeof given !== "string") return { ...base, ...given }
  if ([...given].length === 1)
    return { ...base, name: given === " " ? "space" : given.toLowerCase(), text: given }
  const parts = given.split("+")
  const name = parts.pop() ?? ""
  return {
    ...base,
    name,
    ctrl: parts.includes("ctrl"),
    alt: parts.includes("alt"),
    shift: parts.includes("shift"),
  }
}
