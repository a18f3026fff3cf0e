import type { Role, Row } from "../screen/port.ts"

const SYNTAX: ReadonlySet<Role | undefined> = new Set<Role>([
  "keyword",
  "string",
  "number",
  "comment",
  "function",
  "type",
])

/** The same rows without the colours of code (setting `syntaxHighlightingDisabled`). */
export function plainCode(rows: readonly Row[]): Row[] {
  return rows.map((row) =>
    row.map((part) => {
      if (!SYNTAX.has(part.style?.fg)) return part
      const { fg: _, ...style } = part.style ?? {}
      return { text: part.text, style }
    }),
  )
}
