/** A small highlighter, line by line: enough to read code by, cheap enough to run while it streams. */
import type { Role, Span } from "../screen/port.ts"

/** What a line hands to the next one: the end mark of a comment or string that is still open. */
export type HighlightState = string | null

interface Language {
  readonly keywords: ReadonlySet<string>
  readonly comment: readonly string[]
  readonly block?: readonly [string, string]
  readonly strings: readonly string[]
  /** Strings that run over lines. */
  readonly long?: readonly string[]
}

/** Longer lines are shown plain: nobody reads them by colour. */
const LINE_LIMIT = 2_000

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "))
const C_LIKE = { comment: ["//"], block: ["/*", "*/"], strings: ['"', "'"] } as const

const JS: Language = {
  ...C_LIKE,
  long: ["`"],
  keywords: words(
    "abstract any as async await boolean break case catch class const continue debugger default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number of private protected public readonly return satisfies set static string super switch this throw true try type typeof undefined unknown var void while with yield",
  ),
}
const PYTHON: Language = {
  comment: ["#"],
  strings: ['"', "'"],
  long: ['"""', "'''"],
  keywords: words(
    "False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield",
  ),
}
const GO: Language = {
  ...C_LIKE,
  long: ["`"],
  keywords: words(
    "any bool break byte case chan const continue default defer else error fallthrough false for func go goto if import int int64 interface iota map nil package range return rune select string struct switch true type var",
  ),
}
const RUST: Language = {
  ...C_LIKE,
  strings: ['"'],
  keywords: words(
    "Err None Ok Self Some as async await bool break const continue crate dyn else enum extern false fn for i32 i64 if impl in let loop match mod move mut pub ref return self static str struct super trait true type u32 u64 u8 unsafe use usize where while",
  ),
}
const C: Language = {
  ...C_LIKE,
  keywords: words(
    "auto bool break case catch char class const continue default delete do double else enum extern false final float for if import inline int interface long namespace new null nullptr override package private protected public return short signed sizeof static struct super switch template this throw true try typedef union unsigned using var virtual void volatile while",
  ),
}
const SHELL: Language = {
  comment: ["#"],
  strings: ['"', "'"],
  keywords: words(
    "alias break case cd continue do done echo elif else esac eval exec exit export fi for function if in local read return set shift source sudo test then trap unset until while",
  ),
}
const YAML: Language = {
  comment: ["#"],
  strings: ['"', "'"],
  keywords: words("true false null yes no on off"),
}
const JSON_LIKE: Language = { ...C_LIKE, strings: ['"'], keywords: words("true false null") }
const CSS: Language = { comment: [], block: ["/*", "*/"], strings: ['"', "'"], keywords: words("important") }
const HTML: Language = { comment: [], block: ["<!--", "-->"], strings: ['"', "'"], keywords: words("") }
const SQL: Language = {
  comment: ["--"],
  block: ["/*", "*/"],
  strings: ["'", '"'],
  keywords: words(
    "SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE ALTER DROP JOIN LEFT RIGHT INNER ON GROUP BY ORDER LIMIT VALUES SET AND OR NOT NULL AS PRIMARY KEY INDEX select from where insert into update delete create table join left on group by order limit values set and or not null as",
  ),
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  ...alias(JS, "ts tsx js jsx mjs cjs javascript typescript vue svelte"),
  ...alias(PYTHON, "py python python3"),
  ...alias(GO, "go golang"),
  ...alias(RUST, "rs rust"),
  ...alias(C, "c cc cpp c++ h hpp java cs csharp kotlin kt swift php scala dart"),
  ...alias(SHELL, "sh bash zsh shell console dockerfile docker make makefile rb ruby"),
  ...alias(YAML, "yaml yml toml ini conf env"),
  ...alias(JSON_LIKE, "json jsonc json5"),
  ...alias(CSS, "css scss less"),
  ...alias(HTML, "html xml svg"),
  ...alias(SQL, "sql"),
}

/** Colours one line. `state` is what the line before returned, null at the start. */
export function highlightLine(
  line: string,
  language: string,
  state: HighlightState,
): { readonly spans: readonly Span[]; readonly state: HighlightState } {
  if (language === "diff" || language === "patch") return { spans: diffLine(line), state: null }
  const known = LANGUAGES[language]
  if (known === undefined || line.length > LINE_LIMIT) return { spans: plain(line), state: null }
  return scan(line, known, state)
}

function scan(line: string, language: Language, state: HighlightState) {
  const spans: Span[] = []
  let open = state
  let at = 0
  const add = (end: number, fg?: Role) => {
    const text = line.slice(at, end)
    at = end
    if (text === "") return
    spans.push(fg === undefined ? { text } : { text, style: { fg } })
  }
  while (at < line.length) {
    if (open !== null) {
      const role = open === language.block?.[1] ? "comment" : "string"
      const end = line.indexOf(open, at)
      if (end === -1) {
        add(line.length, role)
        break
      }
      add(end + open.length, role)
      open = null
      continue
    }
    const rest = line.slice(at)
    if (language.block !== undefined && rest.startsWith(language.block[0])) {
      open = language.block[1]
      add(at + language.block[0].length, "comment")
      continue
    }
    const long = language.long?.find((mark) => rest.startsWith(mark))
    if (long !== undefined) {
      open = long
      add(at + long.length, "string")
      continue
    }
    if (
      language.comment.some((mark) => rest.startsWith(mark)) &&
      (at === 0 || rest[0] !== "#" || /\s/.test(line[at - 1] ?? ""))
    ) {
      add(line.length, "comment")
      break
    }
    const first = rest[0] ?? ""
    if (language.strings.includes(first)) {
      add(at + stringEnd(rest, first), "string")
      continue
    }
    const word = /^[A-Za-z_$][\w$-]*/.exec(rest)?.[0].replace(/-+$/, "")
    if (word !== undefined) {
      add(at + word.length, wordRole(word, rest, language))
      continue
    }
    const number = /^\d[\w.]*/.exec(rest)?.[0]
    if (number !== undefined) {
      add(at + number.length, "number")
      continue
    }
    add(at + (/^[^A-Za-z_$\d"'`/#<*-]+/.exec(rest)?.[0].length ?? 1))
  }
  return { spans: merge(spans), state: open }
}

function wordRole(word: string, rest: string, language: Language): Role | undefined {
  if (language.keywords.has(word)) return "keyword"
  const next = rest[word.length]
  if (next === "(") return "function"
  if ((language === YAML || language === CSS) && next === ":") return "type"
  return /^[A-Z][a-z]/.test(word) ? "type" : undefined
}

function stringEnd(rest: string, quote: string): number {
  for (let at = 1; at < rest.length; at += 1) {
    if (rest[at] === "\\") at += 1
    else if (rest[at] === quote) return at + 1
  }
  return rest.length
}

function diffLine(line: string): readonly Span[] {
  if (/^(?:\+\+\+|---|@@|diff |index )/.test(line)) return [{ text: line, style: { fg: "muted" } }]
  if (line.startsWith("+")) return [{ text: line, style: { fg: "added" } }]
  if (line.startsWith("-")) return [{ text: line, style: { fg: "removed" } }]
  return plain(line)
}

function plain(line: string): readonly Span[] {
  return line === "" ? [] : [{ text: line }]
}

function merge(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = []
  for (const part of spans) {
    const last = out.at(-1)
    if (last !== undefined && last.style?.fg === part.style?.fg)
      out[out.length - 1] = { ...last, text: last.text + part.text }
    else out.push(part)
  }
  return out
}

function alias(language: Language, names: string): Record<string, Language> {
  return Object.fromEntries(names.split(" ").map((name) => [name, language]))
}
