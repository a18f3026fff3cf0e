/**
 * ripgrep's regular expressions (Rust regex syntax) as JavaScript ones. What cannot be said in JavaScript, or would
 * mean something else, is refused by name instead of searched for wrongly.
 */

import { requiredText } from "./required.ts"

/** The pattern is not one; the message is fit for the model. */
export class BadPattern extends Error {}

export interface PatternOptions {
  readonly ignoreCase: boolean
  readonly multiline: boolean
}

export interface Pattern {
  readonly regex: RegExp
  /** The pattern's plain text when it has no operators and respects case. */
  readonly literal: string | null
  /** Text that every match holds, where that can be told. */
  readonly required: string | null
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
}

/** Throws `BadPattern`. */
export function compilePattern(source: string, options: PatternOptions): Pattern {
  let ignoreCase = options.ignoreCase
  let dotAll = options.multiline
  let body = source
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(source)
  if (leading) {
    for (const flag of leading[1] ?? "") {
      if (flag === "i") ignoreCase = true
      else if (flag === "s") dotAll = true
      else if (flag !== "m" && flag !== "u") throw unsupported(`the flag (?${flag})`, source)
    }
    body = source.slice(leading[0].length)
  }
  if (!ignoreCase && body !== "" && !/[\\^$.|?*+()[\]{}]/.test(body) && !body.includes("\n"))
    return { regex: new RegExp(escapeRegExp(body), "gmv"), literal: body, required: body }
  const translated = translate(body, source)
  try {
    const flags = `gmv${ignoreCase ? "i" : ""}${dotAll ? "s" : ""}`
    const required = ignoreCase ? null : requiredText(body)
    return { regex: new RegExp(translated, flags), literal: null, required }
  } catch (error) {
    throw new BadPattern(
      `regex parse error: ${source}\n${(error as Error).message.replace(/^Invalid regular expression: /, "")}`,
    )
  }
}

function unsupported(what: string, source: string): BadPattern {
  return new BadPattern(`regex parse error: ${source}\n${what} is not supported`)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}/]/g, "\\$&")
}

function translate(body: string, source: string): string {
  let out = ""
  let at = 0
  while (at < body.length) {
    const char = body[at] ?? ""
    if (char === "\\") {
      const [text, next] = translateEscape(body, at, source, false)
      out += text
      at = next
    } else if (char === "[") {
      const [text, next] = translateClass(body, at, source)
      out += text
      at = next
    } else if (char === "(" && body[at + 1] === "?") {
      const [text, next] = translateGroup(body, at, source)
      out += text
      at = next
    } else if (char === "{" && !/^\{\d+(?:,\d*)?\}/.test(body.slice(at))) {
      // Models write `interface{}` and `{ x }` for literal braces; JavaScript wants them escaped.
      out += "\\{"
      at += 1
    } else if (char === "{") {
      const end = body.indexOf("}", at)
      out += body.slice(at, end + 1)
      at = end + 1
    } else {
      out += char === "}" || char === "]" || char === "/" ? `\\${char}` : char
      at += 1
    }
  }
  return out
}

function translateGroup(body: string, at: number, source: string): [string, number] {
  const rest = body.slice(at)
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest)
  if (named) return [`(?<${named[1]}>`, at + named[0].length]
  if (/^\(\?(?:<?[=!])/.test(rest))
    throw unsupported("look-around, including look-ahead and look-behind,", source)
  const flags = /^\(\?([a-z]*)(?:-([a-z]+))?:/.exec(rest)
  if (!flags || /[^ims]/.test(`${flags[1]}${flags[2] ?? ""}`)) {
    if (flags) throw unsupported(`the group ${flags[0]}`, source)
    throw unsupported(`the group ${rest.slice(0, 4)}`, source)
  }
  return [flags[0], at + flags[0].length]
}

/** Of `\x` at `at`: what JavaScript calls it, and where reading goes on. */
function translateEscape(body: string, at: number, source: string, inClass: boolean): [string, number] {
  const rest = body.slice(at)
  const hex = /^\\(?:x|u|U)\{([0-9A-Fa-f]+)\}/.exec(rest)
  if (hex) return [`\\u{${hex[1]}}`, at + hex[0].length]
  const wide = /^\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/.exec(rest)
  if (wide) return [`\\u{${wide[1] ?? wide[2]}}`, at + wide[0].length]
  const property = /^\\([pP])(?:\{(\^?)([^}]+)\}|([A-Z]))/.exec(rest)
  if (property) {
    const negative = (property[1] === "P") !== (property[2] === "^")
    return [
      `\\${negative ? "P" : "p"}{${propertyName(property[3] ?? property[4] ?? "")}}`,
      at + property[0].length,
    ]
  }
  const boundary = /^\\b\{(start|end|start-half|end-half)\}/.exec(rest)
  if (boundary) throw unsupported(boundary[0], source)
  const char = rest[1]
  if (char === undefined)
    throw new BadPattern(`regex parse error: ${source}\nincomplete escape sequence at the end`)
  const next = at + 2
  switch (char) {
    case "A":
      return ["(?<![^])", next]
    case "z":
      return ["(?![^])", next]
    case "a":
      return ["\\x07", next]
    case "<":
      return ["\\b(?=\\w)", next]
    case ">":
      return ["\\b(?<=\\w)", next]
    case "Z":
    case "G":
    case "K":
    case "C":
    case "R":
    case "X":
    case "Q":
    case "E":
      throw unsupported(`\\${char}`, source)
    case "h":
      return [inClass ? "\\t " : "[\\t ]", next]
    case "-":
      return [inClass ? "\\-" : "-", next]
    default:
      break
  }
  if (/[1-9]/.test(char)) throw unsupported("a back-reference", source)
  if (/[dDwWsSbBnrtfv0x]/.test(char)) return [`\\${char}`, next]
  if (/[A-Za-z]/.test(char)) throw unsupported(`\\${char}`, source)
  // Escaped punctuation is itself; JavaScript lets only some of it be escaped.
  return [
    /[\^$\\.*+?()[\]{}|/]/.test(char) || (inClass && /[-&!#%,:;<=>@`~]/.test(char)) ? `\\${char}` : char,
    next,
  ]
}

function propertyName(name: string): string {
  if (name.includes("=") || /^[A-Z][a-z]?$/.test(name)) return name
  const scripts = /^(Greek|Latin|Cyrillic|Han|Hiragana|Katakana|Arabic|Hebrew|Thai|Hangul|Devanagari)$/i.exec(
    name,
  )
  return scripts ? `Script=${name[0]?.toUpperCase()}${name.slice(1).toLowerCase()}` : name
}

function translateClass(body: string, start: number, source: string): [string, number] {
  let at = start + 1
  const negated = body[at] === "^"
  if (negated) at += 1
  /** Operands of `&&` and `--`, which JavaScript wants to be classes themselves, and the operators before them. */
  const operands: string[] = []
  let out = ""
  // A bracket that stands first is itself.
  if (body[at] === "]") {
    out += "\\]"
    at += 1
  }
  while (at < body.length) {
    const char = body[at] ?? ""
    if (char === "]") {
      const inner = operands.length === 0 ? out : `${operands.join("")}[${out}]`
      return [`[${negated ? "^" : ""}${inner}]`, at + 1]
    }
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(body.slice(at))
    if (posix) {
      const set = POSIX[posix[2] ?? ""]
      if (set === undefined)
        throw new BadPattern(`regex parse error: ${source}\nunrecognized character class ${posix[0]}`)
      out += posix[1] ? `[^${set}]` : `[${set}]`
      at += posix[0].length
    } else if (char === "[") {
      const [text, next] = translateClass(body, at, source)
      out += text
      at = next
    } else if (char === "\\") {
      const [text, next] = body[at + 1] === "b" ? ["\\x08", at + 2] : translateEscape(body, at, source, true)
      out += text as string
      at = next as number
    } else if (body.startsWith("&&", at) || body.startsWith("--", at)) {
      operands.push(`[${out}]${body.slice(at, at + 2)}`)
      out = ""
      at += 2
    } else if (char === "-") {
      const edge = out === "" || body[at + 1] === "]"
      out += edge ? "\\-" : "-"
      at += 1
    } else {
      // All of these may be escaped in a class, and some must be when doubled.
      out += /[(){}/|&!#$%*+,.:;<=>?@^`~]/.test(char) ? `\\${char}` : char
      at += 1
    }
  }
  throw new BadPattern(`regex parse error: ${source}\nunclosed character class`)
}
