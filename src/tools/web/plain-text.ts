/** The text of a page without reading its structure, in one pass whatever the page is. */
import { decodePage, HTML_CHARS } from "./to-markdown.ts"

/** Their content is no text. */
const SILENT = ["script", "style", "noscript", "template"] as const
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: " ",
  "#39": "'",
}

export function plainText(bytes: Uint8Array, type: string): string {
  const html = decodePage(bytes, type).slice(0, HTML_CHARS)
  const lower = html.toLowerCase()
  const parts: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf("<", at)
    if (open === -1) break
    parts.push(html.slice(at, open))
    const silent = SILENT.find((name) => lower.startsWith(name, open + 1))
    const end =
      silent === undefined ? html.indexOf(">", open) : html.indexOf(">", lower.indexOf(`</${silent}`, open))
    // What is never closed hides the rest.
    at = end === -1 || (silent !== undefined && end < open) ? html.length : end + 1
    parts.push("\n")
  }
  parts.push(html.slice(at))
  return parts
    .join("")
    .replace(/&(#?\w{1,8});/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n")
}
