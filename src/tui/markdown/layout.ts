/** Markdown pieces to rows of a given width. */
import { never } from "../../lib/never.ts"
import { EMPTY_ROW, rowWidth, span, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Row, Span } from "../screen/port.ts"
import { type HighlightState, highlightLine } from "./highlight.ts"
import { type ListItem, type Node, parseMarkdown } from "./nodes.ts"
import type { CodeLine, Gap, Leaf } from "./segments.ts"
import { tableRows } from "./table.ts"

/** Deeper indentation than half of the screen leaves no room for words. */
const indentFor = (indent: number, columns: number) => Math.min(indent, Math.floor(columns / 2))
const QUOTE_BAR = span("│ ", { fg: "border" })

export function gapRows(gap: Gap): Row[] {
  if (gap === "none") return []
  return gap === "blank" ? [EMPTY_ROW] : [[QUOTE_BAR]]
}

export function leafRows(leaf: Leaf, columns: number): Row[] {
  const indent = " ".repeat(indentFor(leaf.indent, columns))
  const { text, box } = taskBox(leaf)
  const first: Row = [
    ...(indent === "" ? [] : [span(indent)]),
    ...(leaf.marker === null ? [] : [span(box ?? `${leaf.marker} `, { fg: "accent" })]),
  ]
  const width = rowWidth(first)
  const rest: Row = width === 0 ? [] : [span(" ".repeat(width))]
  const rows = nodeRows(parseMarkdown(text), columns - width)
  const shown = rows.length > 0 ? rows : wrapRow([span(text, { fg: "muted" })], columns - width)
  return [...gapRows(leaf.gap), ...shown.map((row, index): Row => [...(index === 0 ? first : rest), ...row])]
}

/** One line of fenced code, flush left, so that what is copied from the screen is the code. */
export function codeRows(
  line: CodeLine,
  columns: number,
  state: HighlightState,
): { readonly rows: Row[]; readonly state: HighlightState } {
  const coloured = highlightLine(line.text, line.language, line.first ? null : state)
  return { rows: [...gapRows(line.gap), ...hardWrap(coloured.spans, columns)], state: coloured.state }
}

export function nodeRows(nodes: readonly Node[], columns: number): Row[] {
  return nodes.flatMap((node, index) => {
    const rows = rowsOf(node, columns)
    const gap = index > 0 && node.type !== "list" && rows.length > 0
    return gap ? [EMPTY_ROW, ...rows] : rows
  })
}

function rowsOf(node: Node, columns: number): Row[] {
  switch (node.type) {
    case "paragraph":
      return wrapRow(node.spans, columns)
    case "heading":
      return wrapRow(
        node.spans.map((part) =>
          span(part.text, { fg: "accent", ...part.style, ...headingStyle(node.level) }),
        ),
        columns,
      )
    case "code":
      return codeBlock(node.text, node.language, columns)
    case "quote":
      return nodeRows(node.nodes, columns - 2).map((row) => [QUOTE_BAR, ...row])
    case "list":
      return node.items.flatMap((item, index) => itemRows(item, node.start, index, columns))
    case "table":
      return tableRows(node, columns)
    case "rule":
      return [[span("─".repeat(Math.max(1, columns)), { fg: "border" })]]
    default:
      return never(node)
  }
}

function headingStyle(level: number): { bold: true; underline?: true } {
  return level === 1 ? { bold: true, underline: true } : { bold: true }
}

function itemRows(item: ListItem, start: number | null, index: number, columns: number): Row[] {
  const sign =
    item.checked === null ? (start === null ? "• " : `${start + index}. `) : item.checked ? "☒ " : "☐ "
  const first = [span(sign, { fg: "accent" })]
  const rest = [span(" ".repeat(rowWidth(first)))]
  return nodeRows(item.nodes, columns - rowWidth(first)).map((row, at) => [
    ...(at === 0 ? first : rest),
    ...row,
  ])
}

export function codeBlock(text: string, language: string, columns: number): Row[] {
  let state: HighlightState = null
  return text.split("\n").flatMap((line) => {
    const coloured = highlightLine(line, language, state)
    state = coloured.state
    return hardWrap(coloured.spans, columns)
  })
}

/** Code breaks at the edge, not at words: indentation and spaces stay as they are. */
function hardWrap(spans: readonly Span[], columns: number): Row[] {
  if (rowWidth(spans) <= columns) return [spans]
  return wrapWithPrefix([], [], spans, columns)
}

function taskBox(leaf: Leaf): { readonly text: string; readonly box: string | null } {
  const match = leaf.marker === null ? null : /^\[([ xX])\]\s+/.exec(leaf.text)
  if (match === null) return { text: leaf.text, box: null }
  return { text: leaf.text.slice(match[0].length), box: match[1] === " " ? "☐ " : "☒ " }
}
