import { wrapText } from "../lib/wrap.ts"

/**
 * Words for a person on stderr, before or without a screen. On a terminal they are folded between words; a line with a word
 * wider than the terminal (an address to copy) is left whole.
 */
export function say(text: string): void {
  const columns = process.stderr.isTTY ? process.stderr.columns || Number.POSITIVE_INFINITY : null
  process.stderr.write(`${columns === null ? text : foldLines(text, columns)}\n`)
}

export function foldLines(text: string, columns: number): string {
  if (!Number.isFinite(columns)) return text
  const fold = (line: string) =>
    line.split(" ").some((word) => word.length > columns) ? [line] : wrapText(line, columns)
  return text.split("\n").flatMap(fold).join("\n")
}
