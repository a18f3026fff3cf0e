/**
 * One piece of Markdown as a small tree, parsed by the runtime's own parser. Its callbacks only pass strings, so
 * marks made of control characters carry the structure through; the source must therefore be sanitised before.
 */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Span, Style } from "../screen/port.ts"

export type Align = "left" | "center" | "right"

export interface ListItem {
  readonly checked: boolean | null
  readonly nodes: readonly Node[]
}

export type Node =
  | { readonly type: "paragraph"; readonly spans: readonly Span[] }
  | { readonly type: "heading"; readonly level: number; readonly spans: readonly Span[] }
  | { readonly type: "code"; readonly language: string; readonly text: string }
  | { readonly type: "quote"; readonly nodes: readonly Node[] }
  | { readonly type: "list"; readonly start: number | null; readonly items: readonly ListItem[] }
  | {
      readonly type: "table"
      readonly align: readonly Align[]
      readonly head: readonly (readonly Span[])[]
      readonly rows: readonly (readonly (readonly Span[])[])[]
    }
  | { readonly type: "rule" }

const OPEN = "\u0001"
const CLOSE = "\u0002"
const END = "\u0003"
const REF = "\u0004"
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are our own marks; sanitised text has none
const MARK = /\u0001([a-z])(?:(\d+)\u0003)?|\u0002/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const REFERENCE = /\u0004(\d+)\u0004/

const STYLES: Readonly<Record<string, Style>> = {
  b: { bold: true },
  e: { italic: true },
  c: { fg: "code" },
  s: { strike: true },
  i: { fg: "muted" },
}

/** Parses one piece. Unterminated constructs come out as the text they are. Never throws. */
export function parseMarkdown(source: string): readonly Node[] {
  const made: (Node | Row | Cell | Item)[] = []
  const links: string[] = []
  const keep = (node: Node | Row | Cell | Item) => `${REF}${made.push(node) - 1}${REF}`
  const mark = (kind: string) => (text: string) => `${OPEN}${kind}${text}${CLOSE}`
  const spans = (text: string) => toSpans(text, links)
  const link = (text: string, href: string) => {
    if (!/^(https?|file):/i.test(href)) return text
    return `${OPEN}l${links.push(href) - 1}${END}${text}${CLOSE}`
  }
  const pick = <K extends string>(text: string, type: K) =>
    text.split(REFERENCE).flatMap((part, index) => {
      const node = index % 2 === 1 ? made[Number(part)] : undefined
      return node?.type === type ? [node as Extract<(typeof made)[number], { type: K }>] : []
    })
  const nodes = (text: string): Node[] =>
    text.split(REFERENCE).flatMap((part, index): Node[] => {
      if (index % 2 === 0) return part.trim() === "" ? [] : [{ type: "paragraph", spans: spans(part.trim()) }]
      const node = made[Number(part)]
      return node === undefined || isPart(node) ? [] : [node]
    })

  const rendered = Bun.markdown.render(
    hideControls(source),
    {
      strong: mark("b"),
      emphasis: mark("e"),
      codespan: mark("c"),
      strikethrough: mark("s"),
      link: (text, meta) => link(text, meta.href),
      image: (text, meta) => link(`${OPEN}i[image: ${text || meta.src}]${CLOSE}`, meta.src),
      heading: (text, meta) => keep({ type: "heading", level: meta.level, spans: spans(text) }),
      paragraph: (text) => keep({ type: "paragraph", spans: spans(text) }),
      html: (text) => keep({ type: "paragraph", spans: spans(text.trimEnd()) }),
      code: (text, meta) =>
        keep({ type: "code", language: meta?.language ?? "", text: text.replace(/\n$/, "") }),
      hr: () => keep({ type: "rule" }),
      blockquote: (text) => keep({ type: "quote", nodes: nodes(text) }),
      listItem: (text, meta) =>
        keep({ type: "item", item: { checked: meta.checked ?? null, nodes: nodes(text) } }),
      list: (text, meta) =>
        keep({
          type: "list",
          start: meta.ordered ? (meta.start ?? 1) : null,
          items: pick(text, "item").map((item) => item.item),
        }),
      th: (text, meta) => keep({ type: "cell", align: meta?.align ?? "left", spans: spans(text) }),
      td: (text, meta) => keep({ type: "cell", align: meta?.align ?? "left", spans: spans(text) }),
      tr: (text) => keep({ type: "row", cells: pick(text, "cell") }),
      table: (text) => {
        const [head, ...rows] = pick(text, "row").map((row) => row.cells)
        return keep({
          type: "table",
          align: (head ?? []).map((cell) => cell.align),
          head: (head ?? []).map((cell) => cell.spans),
          rows: rows.map((row) => row.map((cell) => cell.spans)),
        })
      },
    },
    { autolinks: { url: true } },
  )
  return nodes(rendered)
}

interface Cell {
  readonly type: "cell"
  readonly align: Align
  readonly spans: readonly Span[]
}
interface Row {
  readonly type: "row"
  readonly cells: readonly Cell[]
}
interface Item {
  readonly type: "item"
  readonly item: ListItem
}

function isPart(node: Node | Row | Cell | Item): node is Row | Cell | Item {
  return node.type === "row" || node.type === "cell" || node.type === "item"
}

/** `&#27;` and the like would come out of the parser as control characters, past the sanitiser. */
function hideControls(source: string): string {
  if (!source.includes("&#")) return source
  return source.replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?/gi, (whole, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (!(code <= 0x10ffff)) return whole
    return sanitiseLine(String.fromCodePoint(code)) === String.fromCodePoint(code) ? whole : "�"
  })
}

function toSpans(text: string, links: readonly string[]): readonly Span[] {
  const spans: Span[] = []
  const stack: Style[] = []
  let style: Style = {}
  let last = 0
  const add = (end: number) => {
    const piece = text.slice(last, end)
    if (piece !== "") spans.push(Object.keys(style).length === 0 ? { text: piece } : { text: piece, style })
  }
  for (const match of text.matchAll(MARK)) {
    add(match.index)
    last = match.index + match[0].length
    if (match[0] === CLOSE) style = stack.pop() ?? {}
    else {
      stack.push(style)
      style = { ...style, ...markStyle(match[1] ?? "", match[2], links) }
    }
  }
  add(text.length)
  return spans
}

function markStyle(kind: string, index: string | undefined, links: readonly string[]): Style {
  if (kind !== "l") return STYLES[kind] ?? {}
  const href = links[Number(index)] ?? ""
  return { fg: "accent", underline: true, link: encodeURI(href).replaceAll("%25", "%") }
}
