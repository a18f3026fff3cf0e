/** Searches one file after another through the same buffer. Large files pass in pieces that end at a line. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import type { GrepJob } from "./job.ts"
import type { Pattern } from "./pattern.ts"

/** One piece. A longer line is cut here; a multi-line match is found when it lies within a piece. */
const PIECE = 4 * 1024 * 1024
/** The byte of a line feed. */
const LF = 10
/** Longer lines are cut in the answer: minified code tells nobody anything. */
const LINE_CHARS = 500
/** NUL among the first bytes: not a text file (as ripgrep and git decide). */
const SNIFF = 8 * 1024

type Push = (line: string) => boolean

/** One for all searches of this thread, which run one after another. */
let shared: Buffer | undefined

export class FileScanner {
  /** Matches of the file scanned last. */
  found = 0
  private readonly buffer: Buffer
  private readonly needle: Buffer | null
  /** Bytes that every match of a regular expression holds: a file without them is not even decoded. */
  private readonly required: Buffer | null

  constructor(
    private readonly pattern: Pattern,
    private readonly job: GrepJob,
  ) {
    shared ??= Buffer.allocUnsafe(PIECE)
    this.buffer = shared
    this.needle = pattern.literal === null ? null : Buffer.from(pattern.literal)
    this.required = pattern.required === null ? null : Buffer.from(pattern.required)
  }

  any(path: string): boolean {
    this.hit = false
    this.pieces(path, this.findsAny)
    return this.hit
  }

  private hit = false
  /** Made once: a function for each file would be work for the garbage collector. */
  private readonly findsAny = (piece: Buffer): boolean => {
    this.hit = this.mayMatch(piece) && (this.needle !== null || !this.matches(decode(piece), stop))
    return !this.hit
  }

  /** Matching lines; with `multiline`, matches. */
  count(path: string): number {
    let count = 0
    this.pieces(path, (piece) => {
      if (!this.mayMatch(piece)) return true
      this.matches(decode(piece), () => {
        count += 1
        return true
      })
      return true
    })
    return count
  }

  /** Pushes output lines; false when `push` wants no more. `shown` is null for a search in one named file. */
  content(path: string, shown: string | null, separated: boolean, push: Push): boolean {
    this.found = 0
    let more = true
    let firstLine = 1
    this.pieces(path, (piece) => {
      if (this.mayMatch(piece)) more = this.printPiece(decode(piece), firstLine, shown, separated, push)
      if (more) firstLine += countLf(piece)
      return more
    })
    return more
  }

  private printPiece(
    text: string,
    firstLine: number,
    shown: string | null,
    separated: boolean,
    push: Push,
  ): boolean {
    const { before, after, onlyMatching, lineNumbers } = this.job
    const prefix = (line: number, mark: ":" | "-") =>
      `${shown === null ? "" : shown + mark}${lineNumbers ? `${line}${mark}` : ""}`
    const context = before > 0 || after > 0
    /** Where the next unprinted line starts, and its number. */
    let printed = 0
    let line = firstLine
    let pending = 0
    let anyPrinted = false
    let more = true
    const emit = (mark: ":" | "-", at: number) => {
      const end = endOfLine(text, at)
      more = push(prefix(line, mark) + cutLine(text.slice(at, end)))
      printed = end + 1
      line += 1
    }
    this.matches(text, (start, end) => {
      this.found += 1
      const from = startOfLine(text, start)
      if (onlyMatching) {
        line += countIn(text, printed, from)
        printed = from
        more = push(prefix(line, ":") + cutLine(text.slice(start, end)))
        return more
      }
      while (more && pending > 0 && printed < from) {
        emit("-", printed)
        pending -= 1
      }
      let contextFrom = from
      for (let i = 0; i < before && contextFrom > printed; i += 1)
        contextFrom = startOfLine(text, contextFrom - 1)
      if (contextFrom > printed || !anyPrinted) {
        if (more && context && (anyPrinted || separated || this.found > 1)) more = push("--")
        line += countIn(text, printed, contextFrom)
        printed = Math.max(printed, contextFrom)
      }
      while (more && printed < from) emit("-", printed)
      const stop = Math.max(end - (end > start && text.charCodeAt(end - 1) === LF ? 1 : 0), start)
      while (more && printed <= stop && printed < text.length) emit(":", printed)
      if (more && from === text.length && printed === from) emit(":", printed)
      anyPrinted = true
      pending = after
      return more
    })
    while (more && pending > 0 && printed < text.length) {
      emit("-", printed)
      pending -= 1
    }
    return more
  }

  /**
   * Calls `on` for each match until it returns false; returns false then. Without `multiline` a match never crosses a
   * line: a candidate that does is tried again on its own line.
   */
  private matches(text: string, on: (start: number, end: number, text: string) => boolean): boolean {
    const { regex } = this.pattern
    const perMatch = this.job.onlyMatching || this.job.multiline
    // A final line feed ends the last line, it does not start another.
    const limit = text.endsWith("\n") ? text.length - 1 : text.length
    regex.lastIndex = 0
    let at = 0
    while (at <= limit) {
      regex.lastIndex = at
      const match = regex.exec(text)
      if (match === null) return true
      const start = match.index
      let end = start + match[0].length
      if (start > limit) return true
      if (!this.job.multiline && match[0].includes("\n")) {
        const own = this.onOwnLine(text, Math.max(at, startOfLine(text, start)), start)
        if (own === null) {
          at = endOfLine(text, start) + 1
          continue
        }
        if (!on(own[0], own[1], text)) return false
        at = perMatch ? Math.max(own[1], own[0] + 1) : endOfLine(text, own[0]) + 1
        continue
      }
      if (end > limit + 1) end = limit + 1
      if (!(this.job.onlyMatching && start === end) && !on(start, end, text)) return false
      at = perMatch ? Math.max(end, start + 1) : endOfLine(text, end) + 1
    }
    return true
  }

  private onOwnLine(text: string, from: number, start: number): [number, number] | null {
    const lineStart = startOfLine(text, start)
    const line = text.slice(lineStart, endOfLine(text, start))
    const { regex } = this.pattern
    regex.lastIndex = Math.max(from, start) - lineStart
    const match = regex.exec(line)
    return match === null ? null : [lineStart + match.index, lineStart + match.index + match[0].length]
  }

  private mayMatch(piece: Buffer): boolean {
    const needle = this.needle ?? this.required
    return needle === null || piece.includes(needle)
  }

  /** Hands over pieces of whole lines until `use` returns false. Binary files and what cannot be read are passed over. */
  private pieces(path: string, use: (piece: Buffer) => boolean): void {
    let fd: number
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch {
      return
    }
    try {
      // The walker passes regular files only; what took the place of one since cannot block (O_NONBLOCK).
      if (this.job.isFile && !fstatSync(fd).isFile()) return
      let kept = 0
      let first = true
      for (;;) {
        const read = this.job.isFile
          ? readFully(fd, this.buffer, kept)
          : readSync(fd, this.buffer, kept, this.buffer.length - kept, null)
        const filled = kept + read
        if (filled === 0) return
        // A short read of a regular file is its end: a second one that only says so costs as much as the first.
        const atEnd = filled < PIECE
        const data = this.buffer.subarray(0, filled)
        if (first && atEnd && !this.mayMatch(data)) return
        if (first && (filled <= SNIFF ? data : data.subarray(0, SNIFF)).includes(0)) return
        // A byte-order mark is no part of the first line.
        const from = first && data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? 3 : 0
        first = false
        const lastLf = atEnd ? filled - 1 : data.lastIndexOf(LF)
        const end = lastLf === -1 ? filled : lastLf + 1
        if (!use(data.subarray(from, end)) || atEnd) return
        data.copyWithin(0, end, filled)
        kept = filled - end
      }
    } catch {
      // Vanished or unreadable while searched.
    } finally {
      closeSync(fd)
    }
  }
}

function readFully(fd: number, buffer: Buffer, from: number): number {
  let total = 0
  while (from + total < buffer.length) {
    const read = readSync(fd, buffer, from + total, buffer.length - from - total, null)
    if (read === 0) break
    total += read
  }
  return total
}

function stop(): boolean {
  return false
}

function decode(piece: Buffer): string {
  return piece.toString("utf8")
}

function startOfLine(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at)
  return end === -1 ? text.length : end
}

function countIn(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1
  return count
}

function countLf(piece: Buffer): number {
  let count = 0
  for (let at = piece.indexOf(LF); at !== -1; at = piece.indexOf(LF, at + 1)) count += 1
  return count
}

function cutLine(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line
  return text.length <= LINE_CHARS
    ? text
    : `${text.slice(0, LINE_CHARS)}… [${text.length - LINE_CHARS} more characters in this line]`
}
