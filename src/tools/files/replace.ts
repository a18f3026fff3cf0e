/** Exact string replacement that leaves every byte outside the matches as it was, also in files with CRLF. */
import { lineEnd, toLf } from "./text.ts"

export interface Replaced {
  /** Matches found; none overlap. */
  readonly count: number
  /** The text with all of them replaced. */
  readonly text: string
}

/**
 * The model sees line ends as LF, so both sides are compared that way; what is inserted takes the line end that
 * prevails in the file. `$` and the like mean themselves.
 */
export function replaceExact(raw: string, old: string, fresh: string): Replaced {
  if (!raw.includes("\r\n")) {
    const pieces = raw.split(old)
    return { count: pieces.length - 1, text: pieces.join(fresh) }
  }
  const text = toLf(raw)
  const wanted = toLf(old)
  const inserted = lineEnd(raw) === "\r\n" ? toLf(fresh).replaceAll("\n", "\r\n") : toLf(fresh)
  const toRaw = rawOffsets(raw)
  let out = ""
  let from = 0
  let count = 0
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    out += raw.slice(from, toRaw(at)) + inserted
    from = toRaw(at + wanted.length)
    count += 1
  }
  return { count, text: out + raw.slice(from) }
}

/** Offsets in the LF text to offsets in the raw text; called with rising offsets. */
function rawOffsets(raw: string): (offset: number) => number {
  let removed = 0
  let next = raw.indexOf("\r\n")
  return (offset) => {
    // A CR before `offset` was removed when its place in the LF text is left of it.
    while (next !== -1 && next - removed < offset) {
      removed += 1
      next = raw.indexOf("\r\n", next + 2)
    }
    return offset + removed
  }
}
