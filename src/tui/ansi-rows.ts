/**
 * Text with colours of a program of the person's own, as rows of the theme. Colours become the roles nearest to them, links stay
 * where they lead to http(s) or a file; whatever else could drive the terminal is dropped.
 */
import { sanitiseLine } from "../lib/sanitise.ts"
import { span } from "./rows.ts"
import type { Role, Row, Span, Style } from "./screen/port.ts"

/** The sixteen colours by what they mean in most programs; black and white are the text itself. */
const ROLES: readonly (Role | null)[] = [
  null,
  "error",
  "success",
  "warning",
  "function",
  "keyword",
  "type",
  null,
]

interface Look {
  fg?: Role
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  inverse?: boolean
  strike?: boolean
  link?: string
}

// Built from strings: control characters are what these are about.
const TOKEN = expression(
  "\\u001b\\[([0-9;:]*)m|\\u001b\\]8;[^;\\u0007\\u001b]*;([^\\u0007\\u001b]*)(?:\\u0007|\\u001b\\\\)",
)

function expression(source: string): RegExp {
  return new RegExp(source, "g")
}

/** One row per line, at most `limit`. */
export function ansiRows(text: string, limit: number): readonly Row[] {
  const look: Look = {}
  return text
    .replace(/\r/g, "")
    .replace(/\n+$/, "")
    .split("\n")
    .slice(0, limit)
    .map((line) => lineSpans(line, look))
}

function lineSpans(line: string, look: Look): Row {
  const row: Span[] = []
  let at = 0
  const take = (to: number) => {
    const text = spaced(line.slice(at, to))
    if (text !== "") row.push(span(text, styleOf(look)))
  }
  for (const match of line.matchAll(TOKEN)) {
    take(match.index)
    at = match.index + match[0].length
    if (match[2] !== undefined) linkTo(look, match[2])
    else paint(look, match[1] ?? "")
  }
  take(line.length)
  return row
}

/** The sanitiser trims a line with tabs; blanks between parts of a line must stay. */
function spaced(text: string): string {
  return sanitiseLine(text.replaceAll("\t", "    "))
}

function styleOf(look: Look): Style {
  const { fg, ...rest } = look
  const bare = fg === undefined && !rest.bold && !rest.inverse
  return { ...rest, ...(fg === undefined ? (bare ? { fg: "muted" } : {}) : { fg }) }
}

function linkTo(look: Look, target: string): void {
  if (/^(https?|file):\/\//i.test(target)) look.link = target
  else delete look.link
}

function paint(look: Look, codes: string): void {
  const list = (codes === "" ? "0" : codes).split(/[;:]/).map(Number)
  for (let at = 0; at < list.length; at++) {
    const code = list[at] ?? 0
    if (code === 38 || code === 48) {
      const role = code === 38 ? extended(list.slice(at + 1)) : null
      if (code === 38) setColour(look, role)
      at += list[at + 1] === 5 ? 2 : 4
    } else one(look, code)
  }
}

function one(look: Look, code: number): void {
  if (code === 0) for (const key of Object.keys(look) as (keyof Look)[]) if (key !== "link") delete look[key]
  if (code === 1) look.bold = true
  if (code === 2) look.dim = true
  if (code === 3) look.italic = true
  if (code === 4) look.underline = true
  if (code === 7) look.inverse = true
  if (code === 9) look.strike = true
  if (code === 22) {
    delete look.bold
    delete look.dim
  }
  if (code === 23) delete look.italic
  if (code === 24) delete look.underline
  if (code === 27) delete look.inverse
  if (code === 29) delete look.strike
  if (code >= 30 && code <= 37) setColour(look, ROLES[code - 30] ?? null)
  if (code === 39) delete look.fg
  if (code === 90) look.fg = "muted"
  if (code >= 91 && code <= 97) setColour(look, ROLES[code - 90] ?? null)
}

function setColour(look: Look, role: Role | null): void {
  look.fg = role ?? "text"
}

/** `38;5;n` and `38;2;r;g;b`. */
function extended([kind, ...rest]: readonly number[]): Role | null {
  if (kind === 5) {
    const index = rest[0] ?? 0
    if (index === 8 || (index >= 236 && index <= 246)) return "muted"
    if (index < 16) return ROLES[index % 8] ?? null
    if (index >= 232) return null
    const cube = index - 16
    return nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51)
  }
  return nearest(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0)
}

function nearest(red: number, green: number, blue: number): Role | null {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 40) return most > 80 && most < 190 ? "muted" : null
  const strong = (part: number) => part > (most + least) / 2
  const index = (strong(red) ? 1 : 0) + (strong(green) ? 2 : 0) + (strong(blue) ? 4 : 0)
  return ROLES[index] ?? null
}
