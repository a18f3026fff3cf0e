/** The text of an instruction file: which `@path` imports it makes, and what of it is comment. Code is left alone. */

export interface Imported {
  /** As written, without the `@`. */
  readonly path: string
}

/** Marks the ranges of `text` that are code: fences first, then spans. */
function codeRanges(text: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  let fence: { readonly mark: string; readonly start: number } | null = null
  let at = 0
  for (const line of text.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null) {
      if (mark) fence = { mark, start: at }
    } else if (mark?.startsWith(fence.mark) && line.trim() === mark) {
      ranges.push([fence.start, at + line.length])
      fence = null
    }
    at += line.length + 1
  }
  if (fence) ranges.push([fence.start, text.length])
  for (const span of text.matchAll(/(?<!`)(`+)(?!`)([^\n]|\n(?!\s*\n))*?(?<!`)\1(?!`)/g)) {
    if (!within(span.index, ranges)) ranges.push([span.index, span.index + span[0].length])
  }
  return ranges
}

function within(at: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.some(([start, end]) => at >= start && at < end)
}

/** Imports in order of appearance, each once. */
export function importsOf(text: string): readonly string[] {
  const code = codeRanges(text)
  const found = new Set<string>()
  for (const match of text.matchAll(/(?<=^|\s)@((?:\\ |[^\s`])+)/g)) {
    if (within(match.index, code)) continue
    const path = (match[1] ?? "")
      .replaceAll("\\ ", " ")
      .replace(/#.*$/, "")
      .replace(/[.,;:!?)\]}'"]+$/, "")
    // A mention (`@someone`) is no path; one names a folder, an extension or a place.
    if (path !== "" && /[./~\\]/.test(path)) found.add(path)
  }
  return [...found]
}

/** Without HTML comments that stand as blocks of their own; those within code stay. */
export function stripComments(text: string): string {
  if (!text.includes("<!--")) return text
  const code = codeRanges(text)
  return text.replace(/^[ \t]*<!--[\s\S]*?-->[ \t]*(?:\r?\n|$)/gm, (comment, offset: number) =>
    within(offset + comment.indexOf("<"), code) ? comment : "",
  )
}

/** `paths:` of a rule file's front matter, and the text below it. Null: the rule always holds. */
export function frontMatterPaths(text: string): {
  readonly paths: readonly string[] | null
  readonly body: string
} {
  const front = /^---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text)
  if (!front) return { paths: null, body: text }
  const body = text.slice(front[0].length)
  const block = /^paths:[ \t]*(.*)((?:\r?\n[ \t]*-[ \t]+.*)*)/m.exec(front[1] ?? "")
  if (!block) return { paths: null, body }
  const inline = unquote(block[1] ?? "").replace(/^\[|\]$/g, "")
  const items = [...(block[2] ?? "").matchAll(/-[ \t]+(.*)/g)].map((item) => unquote(item[1] ?? ""))
  const paths = [...splitOutsideBraces(inline), ...items].filter((path) => path !== "")
  return { paths: paths.length === 0 ? null : paths, body }
}

function splitOutsideBraces(text: string): string[] {
  return text.split(/,(?![^{]*\})/).map(unquote)
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2")
}
