/**
 * Streaming Markdown to rows: what is finished comes out once and is never laid out again; only the open piece is,
 * and of that only its newest part. The rows depend on the text and the width, not on how the text arrived.
 */
import type { Row } from "../screen/port.ts"
import type { HighlightState } from "./highlight.ts"
import { codeRows, leafRows } from "./layout.ts"
import { createSplitter, type Segment } from "./segments.ts"

export interface MarkdownStream {
  /** Takes more text; returns the rows finished by it. */
  push(text: string): Row[]
  /** Returns the rows of what was still open. */
  end(): Row[]
  /** The rows of the open piece, at most the last `limit`. */
  live(limit: number): readonly Row[]
  /** True where the source may be cut without changing how the rest reads. */
  readonly idle: boolean
}

/** `prose`: the widest line of text that is no code. */
export function createMarkdownStream(columns: number, prose: number = columns): MarkdownStream {
  const width = Math.min(columns, prose)
  const splitter = createSplitter()
  let state: HighlightState = null
  const rowsOf = (segment: Segment): Row[] => {
    if (segment.kind === "leaf") return leafRows(segment, width)
    const code = codeRows(segment, columns, state)
    state = code.state
    return code.rows
  }
  /** Rows of the open piece since the last text came: frames are drawn more often than it changes. */
  let live: readonly Row[] | null = null
  const layOutOpen = (): readonly Row[] => {
    const open = splitter.open()
    if (open === null) return []
    return open.kind === "leaf" ? leafRows(open, width) : codeRows(open, columns, state).rows
  }
  return {
    push(text) {
      live = null
      return splitter.push(text).flatMap(rowsOf)
    },
    end() {
      live = null
      return splitter.end().flatMap(rowsOf)
    },
    live(limit) {
      live ??= layOutOpen()
      return limit <= 0 ? [] : live.slice(-limit)
    },
    get idle() {
      return splitter.idle
    },
  }
}

/** All of `source` at once. The same rows as streaming it in any pieces. */
export function markdownRows(source: string, columns: number, prose: number = columns): Row[] {
  const stream = createMarkdownStream(columns, prose)
  return [...stream.push(source), ...stream.end()]
}
