/** The 1-based line of the first place where `text` is not JSON; null when it is. The engine's own message names no place. */
export function jsonErrorLine(text: string): number | null {
  const at = firstError(text)
  if (at === null) return null
  return text.slice(0, at).split("\n").length
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])))/y

/** What may come next inside an object or list. */
type Expect = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end"

function firstError(text: string): number | null {
  const open: string[] = []
  let expect: Expect | "nothing" = "value"
  const blank = /[ \t\r\n]*/y
  for (let at = 0; ; ) {
    blank.lastIndex = at
    at += blank.exec(text)?.[0].length ?? 0
    if (at >= text.length) return expect === "nothing" ? null : at
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (!token) return at
    const [, sign, string] = token
    const next = step(expect, sign ?? (string === undefined ? "scalar" : "string"), open)
    if (next === null) return at
    expect = next
    at = TOKEN.lastIndex
  }
}

function step(expect: Expect | "nothing", token: string, open: string[]): Expect | "nothing" | null {
  const after = (): Expect | "nothing" => (open.length === 0 ? "nothing" : "comma-or-end")
  const isValue = expect === "value" || expect === "value-or-end"
  const isKey = expect === "key" || expect === "key-or-end"
  const mayEnd = expect === "comma-or-end" || expect === "value-or-end" || expect === "key-or-end"
  if (token === "{" || token === "[") {
    if (!isValue) return null
    open.push(token)
    return token === "{" ? "key-or-end" : "value-or-end"
  }
  if (token === "}" || token === "]") {
    if (!mayEnd || open.at(-1) !== (token === "}" ? "{" : "[")) return null
    open.pop()
    return after()
  }
  if (token === ":") return expect === "colon" ? "value" : null
  if (token === ",") return expect !== "comma-or-end" ? null : open.at(-1) === "{" ? "key" : "value"
  if (token === "string" && isKey) return "colon"
  return isValue ? after() : null
}
