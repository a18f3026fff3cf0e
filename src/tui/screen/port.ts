import type { ThemeName } from "./theme-names.ts"

/**
 * The narrow port between everything that is drawn and the terminal. Two presenters implement it: the OpenTUI
 * split footer, and a plain line presenter for terminals where the library cannot load and for screen readers.
 *
 * What is committed goes once into the terminal's own scrollback and is never repainted, except by a replay
 * after a width change or an overlay. Only the footer is diffed.
 */
export interface Screen {
  readonly size: Size
  readonly theme: "dark" | "light"
  /** Finished rows: printed above the footer, once, in order. */
  commit(rows: readonly Row[]): void
  /** The live region at the bottom; `cursor` is where the hardware caret stands, null hides it. */
  setFooter(rows: readonly Row[], cursor: Position | null): void
  /** Clears what this program printed and prints `rows` instead (newest part that fits the budget). */
  replay(rows: Iterable<Row>): void
  /**
   * Shows a full-screen view on the alternate screen; `null` leaves it. Rows committed meanwhile are printed then.
   * The caller replays afterwards: where the terminal was not resized, that prints only what is new and leaves the
   * user's scrollback alone.
   */
  overlay(rows: readonly Row[] | null, cursor?: Position | null): void
  /** Hands the terminal to another program (editor, shell); `resume` takes it back. */
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Restores the terminal. Safe to call twice. */
  close(): Promise<void>
  /** Other colours from the next frame on; what is printed already changes with a replay. */
  useTheme(theme: ThemeName | "auto"): void
  setTitle(title: string): void
  bell(): void
  /** Sends a control sequence that moves and draws nothing (OSC); dropped while another program has the terminal. */
  signal(sequence: string): void
  /** Puts text on the clipboard by OSC 52; false where the terminal does not offer it. */
  copy(text: string): boolean
  /** Settles when everything given so far is on the terminal; at once while it is suspended or overlaid. */
  flushed(): Promise<void>
  onKey: (key: Key) => void
  onPaste: (text: string) => void
  onResize: (size: Size) => void
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Zero-based, inside the footer or overlay; columns are display cells. */
export interface Position {
  readonly row: number
  readonly column: number
}

/** One terminal row. It must not be wider than the screen; text carries no control characters. */
export type Row = readonly Span[]

export interface Span {
  readonly text: string
  readonly style?: Style
}

export interface Style {
  /** A role of the theme, never a colour: themes decide. */
  readonly fg?: Role
  readonly bg?: Role
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly strike?: boolean
  readonly inverse?: boolean
  /** OSC 8 target, http(s) or file only. */
  readonly link?: string
}

export type Role =
  | "text"
  | "muted"
  | "accent"
  | "prompt"
  | "success"
  | "warning"
  | "error"
  | "code"
  | "keyword"
  | "string"
  | "number"
  | "comment"
  | "function"
  | "type"
  | "added"
  | "removed"
  | "addedBg"
  | "removedBg"
  | "plan"
  | "bypass"
  | "border"
  | "selection"

export interface Key {
  /** `a`, `return`, `escape`, `tab`, `up`, `backspace`, `delete`, `home`, `pageup`, `f1`, `space` … lower case. */
  readonly name: string
  /** The text that the key types, empty for keys that type nothing. */
  readonly text: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}
