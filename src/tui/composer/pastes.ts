/** Large pastes stand in the draft as a placeholder and are sent exactly as they came. */

/** A paste longer or taller than this becomes a placeholder. */
const INLINE_CHARACTERS = 800
const INLINE_LINES = 10
const PLACEHOLDER = /\[Pasted text #(\d+)(?: \+\d+ lines?)?\]/g

export interface Pastes {
  /** What to put into the draft for this paste. */
  take(text: string): string
  /** The draft with every known placeholder replaced by its text. */
  expand(draft: string): string
  /** The placeholder that ends at `cursor`, to be deleted as one. */
  endingAt(draft: string, cursor: number): string | null
  clear(): void
}

export function createPastes(): Pastes {
  const texts = new Map<string, string>()
  let count = 0
  return {
    take(raw) {
      const text = raw.replace(/\r\n?/g, "\n")
      const lines = text.split("\n").length
      if (text.length <= INLINE_CHARACTERS && lines <= INLINE_LINES) return text
      count += 1
      // A newline at the end ends a line, it does not begin another.
      const mark = `[Pasted text #${count} +${text.endsWith("\n") ? lines - 1 : lines} lines]`
      texts.set(mark, text)
      return mark
    },
    expand: (draft) => draft.replace(PLACEHOLDER, (mark) => texts.get(mark) ?? mark),
    endingAt(draft, cursor) {
      for (const mark of texts.keys()) if (draft.endsWith(mark, cursor)) return mark
      return null
    },
    clear: () => texts.clear(),
  }
}
