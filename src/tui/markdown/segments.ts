/**
 * Cuts streaming Markdown into pieces that never change again: a paragraph, one list item, one line of fenced
 * code, a table. What comes out depends on the text alone, never on how it arrived.
 */
import {
  cleanLine,
  cutAt,
  FENCE,
  HEADING,
  ITEM,
  isTableRule,
  LEAF_LIMIT,
  QUOTE,
  RULE,
  SETEXT,
  stripIndent,
  TABLE_LIMIT,
} from "./line-shapes.ts"

export interface Leaf {
  readonly kind: "leaf"
  /** Markdown of its own; for list items without the marker. */
  readonly text: string
  /** Columns this piece stands to the right, from the lists around it. */
  readonly indent: number
  /** `•` or `3.`; null for what is no list item. */
  readonly marker: string | null
  /** What stands before it: a blank row, the blank row of a quote, or nothing. */
  readonly gap: Gap
}

export interface CodeLine {
  readonly kind: "code"
  readonly text: string
  readonly language: string
  /** The first line of its fence. */
  readonly first: boolean
  readonly gap: Gap
}

export type Segment = Leaf | CodeLine
export type Gap = "none" | "blank" | "quote"

export interface Splitter {
  /** Takes more text and returns what is finished by it. */
  push(text: string): Segment[]
  /** Takes what is left as finished. */
  end(): Segment[]
  /** The unfinished piece as it would be cut now; only its newest part when it is long. */
  open(): Segment | null
  /** True after a blank line outside lists and fences: what follows reads the same without what came before. */
  readonly idle: boolean
}

/** The live view lays out at most this much of the open piece. */
const LIVE_LIMIT = 4_096

interface Draft {
  readonly type: "paragraph" | "item" | "quote" | "indented"
  readonly lines: string[]
  readonly indent: number
  readonly marker: string | null
  readonly gap: Gap
  /** Columns of source to strip from lines that continue it. */
  readonly strip: number
  length: number
  quoteFence: boolean
}

interface Level {
  readonly source: number
  readonly content: number
  readonly shown: number
  readonly shownContent: number
  next: number
}

interface Fence {
  readonly mark: string
  readonly strip: number
  readonly language: string
  first: boolean
  gap: Gap
}

export function createSplitter(): Splitter {
  let pending: string[] = []
  let pendingLength = 0
  let draft: Draft | null = null
  let fence: Fence | null = null
  let gap: Gap = "none"
  let started = false
  let levels: Level[] = []
  let out: Segment[] = []

  const takeGap = (): Gap => {
    const taken = started ? gap : "none"
    gap = "none"
    started = true
    return taken
  }
  const close = () => {
    if (draft !== null) out.push(toLeaf(draft, draft.lines.join("\n")))
    draft = null
  }
  const start = (type: Draft["type"], line: string, at: Partial<Draft> = {}) => {
    const shared = { indent: 0, marker: null, strip: 0 }
    draft = { ...shared, ...at, type, lines: [line], gap: takeGap(), length: line.length, quoteFence: false }
  }
  const append = (line: string) => {
    if (draft === null) return
    draft.lines.push(stripIndent(line, draft.strip))
    draft.length += line.length + 1
  }
  const alone = (line: string) => {
    close()
    levels = []
    start("paragraph", line)
    close()
  }
  const openFence = (match: RegExpExecArray) => {
    close()
    fence = {
      mark: match[2] ?? "```",
      strip: (match[1] ?? "").length,
      language:
        (match[3] ?? "")
          .trim()
          .split(/[\s,{]/)[0]
          ?.toLowerCase() ?? "",
      first: true,
      gap: takeGap(),
    }
  }
  const codeLine = (line: string, into: Fence) => {
    const closing = line.trim()
    if (closing.startsWith(into.mark) && closing.replaceAll(into.mark[0] ?? "", "") === "") {
      fence = null
      return
    }
    const text = stripIndent(line, into.strip)
    out.push({ kind: "code", text, language: into.language, first: into.first, gap: into.gap })
    into.first = false
    into.gap = "none"
  }
  const openItem = (match: RegExpExecArray, line: string) => {
    close()
    const source = (match[1] ?? "").length
    const sign = match[2] ?? "-"
    for (let top = levels.at(-1); top !== undefined && source < top.source + 2; top = levels.at(-1)) {
      if (sameLevel(top, source)) break
      levels.pop()
    }
    let level = levels.at(-1)
    const ordered = /\d/.test(sign)
    if (level === undefined || !sameLevel(level, source)) {
      const shown = level === undefined ? 0 : level.shownContent
      const width = ordered ? sign.length + 1 : 2
      level = { source, content: source + sign.length + 1, shown, shownContent: shown + width, next: 0 }
      levels.push(level)
    }
    const number = ordered ? Math.max(Number.parseInt(sign, 10), level.next) : 0
    level.next = number + 1
    const marker = ordered ? `${number}${sign.at(-1)}` : "•"
    const content = match[4] ?? ""
    start("item", content, { indent: level.shown, marker, strip: line.length - content.length })
    const inner = FENCE.exec(content)
    if (inner === null) return
    draft?.lines.splice(0, 1, "")
    openFence(FENCE.exec(" ".repeat(level.content) + content) ?? inner)
  }

  const isItem = (match: RegExpExecArray): boolean => {
    const indent = (match[1] ?? "").length
    if (indent >= 4 && levels.length === 0) return false
    if (draft === null || draft.type === "item") return true
    if (draft.type === "paragraph" && draft.lines.length > 0 && draft.indent === 0 && levels.length === 0)
      return match[4] !== "" && (!/\d/.test(match[2] ?? "") || Number.parseInt(match[2] ?? "", 10) === 1)
    return true
  }

  const startText = (line: string) => {
    const indent = line.length - line.trimStart().length
    if (indent === 0) levels = []
    while (levels.length > 1 && indent < (levels.at(-1)?.content ?? 0) - 1) levels.pop()
    const level = levels.at(-1)
    if (level !== undefined)
      return start("paragraph", line.trimStart(), { indent: level.shownContent, strip: indent })
    if (QUOTE.test(line)) return start("quote", line)
    start(indent >= 4 ? "indented" : "paragraph", line)
  }

  const quoteLine = (line: string) => {
    if (draft?.type !== "quote") {
      close()
      levels = []
    }
    const inner = line.replace(QUOTE, "").trim()
    if (draft === null && inner === "") {
      if (gap === "none") gap = "quote"
      return
    }
    if (inner === "" && draft?.quoteFence === false) {
      close()
      gap = "quote"
      return
    }
    if (draft === null) start("quote", line)
    else append(line)
    if (draft !== null && /^(?:`{3,}|~{3,})/.test(inner)) {
      const quote: Draft = draft
      quote.quoteFence = !quote.quoteFence
    }
  }

  const takeLine = (line: string) => {
    if (fence !== null) return codeLine(line, fence)
    if (line.trim() === "") {
      close()
      gap = "blank"
      return
    }
    const fenced = FENCE.exec(line)
    if (fenced !== null && ((fenced[1] ?? "").length < 4 || levels.length > 0)) return openFence(fenced)
    if (HEADING.test(line)) return alone(line)
    if (SETEXT.test(line) && draft?.type === "paragraph") {
      append(line)
      return close()
    }
    if (RULE.test(line)) return alone(line)
    if (QUOTE.test(line) && levels.length === 0) return quoteLine(line)
    const item = ITEM.exec(line)
    if (item !== null && isItem(item)) return openItem(item, line)
    if (draft === null) startText(line)
    else append(line)
    const limit = isTable(draft) ? TABLE_LIMIT : LEAF_LIMIT
    if (draft !== null && draft.length > limit) close()
  }

  const feedLine = (raw: string) => {
    let line = raw
    while (line.length > LEAF_LIMIT) {
      const cut = cutAt(line)
      takeLine(cleanLine(line.slice(0, cut)))
      line = line.slice(cut)
    }
    takeLine(cleanLine(line))
  }
  const flushPending = () => {
    const text = pending.join("")
    pending = []
    pendingLength = 0
    return text
  }
  const drain = () => {
    const done = out
    out = []
    return done
  }

  return {
    push(text) {
      let from = 0
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
        pending.push(text.slice(from, at))
        feedLine(flushPending())
        from = at + 1
      }
      if (from < text.length) {
        pending.push(text.slice(from))
        pendingLength += text.length - from
      }
      while (pendingLength > LEAF_LIMIT) {
        const line = flushPending()
        const cut = cutAt(line)
        takeLine(cleanLine(line.slice(0, cut)))
        pending = [line.slice(cut)]
        pendingLength = line.length - cut
      }
      return drain()
    },
    end() {
      if (pendingLength > 0) feedLine(flushPending())
      close()
      return drain()
    },
    open() {
      const last = pending.length > 1 ? pending.join("") : (pending[0] ?? "")
      pending = last === "" ? [] : [last]
      const tail = cleanLine(last.slice(-LIVE_LIMIT))
      if (fence !== null)
        return {
          kind: "code",
          text: stripIndent(tail, fence.strip),
          language: fence.language,
          first: fence.first,
          gap: fence.gap,
        }
      if (draft === null)
        return tail.trim() === ""
          ? null
          : { kind: "leaf", text: tail, indent: 0, marker: null, gap: started ? gap : "none" }
      return toLeaf(draft, newest(draft, tail))
    },
    get idle() {
      return fence === null && draft === null && levels.length === 0 && pendingLength === 0 && gap === "blank"
    },
  }
}

/** The newest lines of the open piece; a long table keeps its head so that it still is one. */
function newest(draft: Draft, tail: string): string {
  const lines = draft.lines
  let size = tail.length
  let from = lines.length
  while (from > 0 && size < LIVE_LIMIT) {
    from -= 1
    size += (lines[from]?.length ?? 0) + 1
  }
  const kept = [...lines.slice(from), ...(tail === "" ? [] : [stripIndent(tail, draft.strip)])]
  return (from > 2 && isTable(draft) ? [...lines.slice(0, 2), ...kept] : kept).join("\n")
}

function toLeaf(draft: Draft, text: string): Leaf {
  return { kind: "leaf", text, indent: draft.indent, marker: draft.marker, gap: draft.gap }
}

function isTable(draft: Draft | null): boolean {
  return draft !== null && isTableRule(draft.lines[1])
}

function sameLevel(level: Level | undefined, source: number): boolean {
  return level !== undefined && Math.abs(level.source - source) < 2
}
