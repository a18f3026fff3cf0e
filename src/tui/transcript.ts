/**
 * The conversation on screen: finished cells in a ring, their rows printed once; what is still being written is
 * held apart and laid out piece by piece. Everything can be printed again from the sources in the ring.
 */
import { createRing, type Ring } from "../lib/ring.ts"
import { sanitise } from "../lib/sanitise.ts"
import { type Cell, cellBytes } from "./cells.ts"
import { createMarkdownStream, type MarkdownStream } from "./markdown/stream.ts"
import { span, wrapRow } from "./rows.ts"
import type { Row, Screen } from "./screen/port.ts"
import {
  type Above,
  aboveOf,
  cellRows,
  clockRows,
  gapBefore,
  type Look,
  USUAL_LOOK,
} from "./views/cell-rows.ts"
import { plainCode } from "./views/plain-code.ts"

export interface Transcript {
  readonly cells: Ring<Cell>
  add(cell: Cell): void
  /** Takes many at once, of an earlier session: prints only the newest, in one go. */
  addAll(added: readonly Cell[]): void
  /** `at`: when it began, milliseconds since 1970. */
  open(block: number, kind: "text" | "thinking", at?: number): void
  grow(block: number, text: string): void
  /** Finishes a block; `content` is its whole text, null when the reply was void. */
  close(block: number, content: string | null): void
  /** Finishes whatever is open, as it is. */
  closeAll(): void
  /** Rows of what is being written and not printed yet, at most `limit`. */
  live(limit: number): readonly Row[]
  /** Prints the newest part again, for the width the screen has now. */
  replay(): void
  /** Takes the prompt with this uuid and all behind it away, and prints what is left again. */
  rewind(uuid: string): void
  clear(): void
  /** While true nothing is printed; `replay` afterwards. */
  covered: boolean
  /** The cell that is being written, for the viewer. */
  readonly writing: Cell | null
}

/** Bytes of cells held; four million characters of conversation are days of work. */
export const TRANSCRIPT_BUDGET = 4_000_000
/** Rows printed by a replay; more would only be scrolled past. */
const REPLAY_ROWS = 2_000
/** A long text goes to the ring in parts of about this many characters, cut where a new block begins. */
const PART_CHARACTERS = 131_072
const THINKING_LIMIT = 262_144
const THINKING_LIVE_ROWS = 3
const THINKING_LIVE_CHARACTERS = 2_000

interface OpenText {
  readonly kind: "text"
  readonly block: number
  /** Of the first part only. */
  at: number | undefined
  source: string
  length: number
  stream: MarkdownStream
  /** The width that `stream` lays out for, and the widest line of prose. */
  columns: number
  prose: number
  /** Something of the present part is printed. */
  printed: boolean
}
interface OpenThinking {
  readonly kind: "thinking"
  readonly block: number
  source: string
}

export function createTranscript(
  screen: Screen,
  budget: number = TRANSCRIPT_BUDGET,
  look: () => Look = () => USUAL_LOOK,
): Transcript {
  const cells = createRing<Cell>(budget)
  const writing = new Map<number, OpenText | OpenThinking>()
  let last: Above = null
  let covered = false
  const columns = () => screen.size.columns
  const prose = () => look().proseColumns ?? Number.POSITIVE_INFINITY
  const code = (rows: readonly Row[]) => (look().highlightsCode ? rows : plainCode(rows))
  const freshStream = () => createMarkdownStream(columns(), prose())

  const print = (rows: readonly Row[]) => {
    if (!covered && rows.length > 0) screen.commit(rows)
  }
  const keep = (cell: Cell) => {
    cells.push(cell, cellBytes(cell))
    last = aboveOf(cell)
  }
  const add = (cell: Cell) => {
    const rows = cellRows(cell, columns(), look())
    // Nothing to see of it in this view: no gap either.
    if (rows.length === 0) return void cells.push(cell, cellBytes(cell))
    print([...gapBefore(last, aboveOf(cell)), ...rows])
    keep(cell)
  }
  const printPart = (open: OpenText, rows: readonly Row[]) => {
    if (rows.length === 0) return
    const head = open.printed ? [] : [...gapBefore(last, "text"), ...clockRows(open.at, look(), columns())]
    print([...head, ...code(rows)])
    open.printed = true
  }
  /** After the width changed: the finished rows are printed already, what follows is laid out for the new width. */
  const refit = (open: OpenText): Row[] => {
    open.columns = columns()
    open.prose = prose()
    open.stream = freshStream()
    return open.stream.push(open.source)
  }
  const fit = (open: OpenText) => {
    if (open.columns !== columns() || open.prose !== prose()) refit(open)
  }
  const sealPart = (open: OpenText, source: string = open.source) => {
    fit(open)
    printPart(open, open.stream.end())
    // A text without rows (blank, an empty fence) leaves no trace, so that a replay prints what was printed.
    if (open.printed) {
      const at = open.at === undefined ? {} : { at: open.at }
      keep({ kind: "text", block: open.block, source: flat(source), ...at })
      open.at = undefined
    }
    open.source = ""
    open.printed = false
    open.stream = freshStream()
  }
  const growText = (open: OpenText, text: string) => {
    fit(open)
    open.length += text.length
    for (const part of open.source.length + text.length < PART_CHARACTERS ? [text] : linesOf(text)) {
      open.source += part
      printPart(open, open.stream.push(part))
      if (open.source.length >= PART_CHARACTERS && open.stream.idle) sealPart(open)
    }
  }
  const finish = (open: OpenText | OpenThinking, content: string | null = null) => {
    writing.delete(open.block)
    // The engine's history holds the very same text: kept once, not twice.
    if (open.kind === "text") sealPart(open, content === open.source ? content : open.source)
    else if (open.source.trim() !== "") add({ kind: "thinking", source: open.source })
  }

  const replay = () => {
    const tail = tailRows(cells, columns(), look())
    for (const open of writing.values()) {
      if (open.kind !== "text") continue
      const rows = refit(open)
      open.printed = rows.length > 0
      if (open.printed)
        tail.push([...gapBefore(last, "text"), ...clockRows(open.at, look(), columns()), ...code(rows)])
    }
    screen.replay(tail.flat().slice(-REPLAY_ROWS))
  }

  return {
    cells,
    add,
    addAll(added) {
      let count = 0
      let from = added.length
      const parts: Row[][] = []
      while (from > 0 && count < REPLAY_ROWS) {
        from -= 1
        const cell = added[from]
        if (cell === undefined) break
        const before = added[from - 1]
        const above = before === undefined ? last : aboveOf(before)
        const own = cellRows(cell, columns(), look())
        const rows = own.length === 0 ? [] : [...gapBefore(above, aboveOf(cell)), ...own]
        parts.push(rows)
        count += rows.length
      }
      print(parts.reverse().flat().slice(-REPLAY_ROWS))
      for (const cell of added) keep(cell)
    },
    open(block, kind, at) {
      if (kind === "thinking") writing.set(block, { kind, block, source: "" })
      else
        writing.set(block, {
          kind,
          block,
          source: "",
          length: 0,
          at,
          stream: freshStream(),
          columns: columns(),
          prose: prose(),
          printed: false,
        })
    },
    grow(block, text) {
      const open = writing.get(block)
      if (open === undefined) return
      if (open.kind === "text") growText(open, text)
      else if (open.source.length < THINKING_LIMIT) open.source += text
    },
    close(block, content) {
      const open = writing.get(block)
      if (open === undefined) return
      if (open.kind === "text" && content !== null && content.length > open.length)
        growText(open, content.slice(open.length))
      if (open.kind === "thinking" && content !== null && open.source === "") open.source = content
      if (content !== null) return finish(open, content)
      const shown = open.kind === "text" && (open.printed || open.length > open.source.length)
      if (!shown) return void writing.delete(block)
      finish(open)
      add({ kind: "notice", level: "warning", text: "The reply above was cut off and is asked for again." })
    },
    closeAll() {
      for (const open of [...writing.values()]) finish(open)
    },
    live(limit) {
      const rows = [...writing.values()].flatMap((open): readonly Row[] => {
        if (open.kind === "thinking") return look().detail === "focus" ? [] : liveThinking(open, columns())
        fit(open)
        return code(liveText(open, { limit, last, clock: clockRows(open.at, look(), columns()) }))
      })
      return rows.slice(-Math.max(0, limit))
    },
    rewind(uuid) {
      const index = indexOfPrompt(cells, uuid)
      if (index === null) return
      cells.truncate(index)
      writing.clear()
      const newest = cells.at(-1)
      last = newest === undefined ? null : aboveOf(newest)
      if (!covered) replay()
    },
    replay,
    clear() {
      cells.clear()
      writing.clear()
      last = null
    },
    get covered() {
      return covered
    },
    set covered(value) {
      covered = value
    },
    get writing(): Cell | null {
      for (const open of writing.values())
        return open.kind === "text"
          ? { kind: "text", block: open.block, source: open.source }
          : { kind: "thinking", source: open.source }
      return null
    },
  }
}

function indexOfPrompt(cells: Ring<Cell>, uuid: string): number | null {
  for (let index = cells.length - 1; index >= 0; index -= 1) {
    const cell = cells.at(index)
    if (cell?.kind === "prompt" && cell.uuid === uuid) return index
  }
  return null
}

function liveText(
  open: OpenText,
  { limit, last, clock }: { readonly limit: number; readonly last: Above; readonly clock: readonly Row[] },
): readonly Row[] {
  const rows = open.stream.live(limit)
  return open.printed || rows.length === 0 ? rows : [...gapBefore(last, "text"), ...clock, ...rows]
}

function liveThinking(open: OpenThinking, columns: number): readonly Row[] {
  const text = sanitise(open.source.slice(-THINKING_LIVE_CHARACTERS)).trim()
  if (text === "") return []
  const rows = wrapRow([span(text, { fg: "muted", italic: true })], columns - 2).slice(-THINKING_LIVE_ROWS)
  return [[], ...rows.map((row, index): Row => [span(index === 0 ? "∴ " : "  ", { fg: "muted" }), ...row])]
}

/** The rows of the newest cells, cell by cell, about `REPLAY_ROWS` of them. */
function tailRows(cells: Ring<Cell>, columns: number, look: Look): Row[][] {
  const parts: Row[][] = []
  let count = 0
  let index = cells.length - 1
  for (; index >= 0 && count < REPLAY_ROWS; index -= 1) {
    const cell = cells.at(index)
    if (cell === undefined) break
    const before = cells.at(index - 1)
    const gap = index === 0 ? [] : gapBefore(before === undefined ? null : aboveOf(before), aboveOf(cell))
    const own = cellRows(cell, columns, look)
    const rows = own.length === 0 ? [] : [...gap, ...own]
    parts.push(rows.slice(-REPLAY_ROWS))
    count += rows.length
  }
  return parts.reverse()
}

/** Text that grew piece by piece is held as its pieces, many times its size, until something reads it. */
function flat(text: string): string {
  text.charCodeAt(0)
  return text
}

function linesOf(text: string): readonly string[] {
  return text.includes("\n") ? text.split(/(?<=\n)/) : [text]
}
