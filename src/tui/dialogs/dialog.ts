import type { Key, Position, Row, Size } from "../screen/port.ts"

/** Something that takes the composer's place and the keys until it is answered. */
export interface Dialog {
  /** At most `size.rows` rows. */
  view(size: Size): { readonly rows: readonly Row[]; readonly cursor: Position | null }
  key(key: Key): void
  paste?(text: string): void
  /** True: keys typed before it was on screen, or while the person was still typing, must not answer it. */
  readonly guarded: boolean
}
