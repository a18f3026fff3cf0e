/** Which lists are open around a line, from how far it is indented, and where its text stands on screen. */

export interface ListLevels {
  /** Some list is open. */
  readonly any: boolean
  clear(): void
  /** Places an item whose marker `sign` (`-`, `3.`) stands at column `source`. */
  item(
    source: number,
    sign: string,
  ): { readonly indent: number; readonly marker: string; readonly content: number }
  /** Columns that text indented by `source` goes to the right as part of an item; null outside lists. */
  text(source: number): number | null
}

interface Level {
  readonly source: number
  readonly content: number
  readonly shown: number
  readonly shownContent: number
  next: number
}

export function createListLevels(): ListLevels {
  let levels: Level[] = []
  // Models indent nested items by two, three or four columns: one column more or less is the same level.
  const same = (level: Level, source: number) => Math.abs(level.source - source) < 2
  return {
    get any() {
      return levels.length > 0
    },
    clear() {
      levels = []
    },
    item(source, sign) {
      for (let top = levels.at(-1); top !== undefined && source < top.source + 2; top = levels.at(-1)) {
        if (same(top, source)) break
        levels.pop()
      }
      const ordered = /\d/.test(sign)
      let level = levels.at(-1)
      if (level === undefined || !same(level, source)) {
        const shown = level?.shownContent ?? 0
        const width = ordered ? sign.length + 1 : 2
        level = { source, content: source + sign.length + 1, shown, shownContent: shown + width, next: 0 }
        levels.push(level)
      }
      // `1.` before every item counts up, as every renderer of Markdown has it.
      const number = ordered ? Math.max(Number.parseInt(sign, 10), level.next) : 0
      level.next = number + 1
      const marker = ordered ? `${number}${sign.at(-1)}` : "•"
      return { indent: level.shown, marker, content: level.content }
    },
    text(source) {
      if (source === 0) levels = []
      while (levels.length > 1 && source < (levels.at(-1)?.content ?? 0) - 1) levels.pop()
      return levels.at(-1)?.shownContent ?? null
    },
  }
}
