/** Brace expansion of words without quotes, escapes or other expansions. Anything unusual answers null. */

/** More words than this are not worth following. */
const MAX_WORDS = 32

const PLAIN = /^[A-Za-z0-9_.,/{}+:@%=*?~-]*$/

export function expandBraces(raw: string): readonly string[] | null {
  if (!PLAIN.test(raw) || raw.includes("~")) return null
  return expand(raw, 0)
}

function expand(text: string, depth: number): readonly string[] | null {
  if (depth > 8) return null
  const open = text.indexOf("{")
  if (open < 0) return text.includes("}") ? null : [text]
  const close = matching(text, open)
  if (close < 0) return null
  const choices = choose(text.slice(open + 1, close), depth)
  const rest = expand(text.slice(close + 1), depth + 1)
  if (!choices || !rest || text.slice(0, open).includes("}")) return null
  const out: string[] = []
  for (const choice of choices) for (const tail of rest) out.push(text.slice(0, open) + choice + tail)
  return out.length > MAX_WORDS ? null : out
}

function matching(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++
    if (text[i] === "}" && --depth === 0) return i
  }
  return -1
}

function choose(body: string, depth: number): readonly string[] | null {
  const range = /^(\d{1,4})\.\.(\d{1,4})$/.exec(body)
  if (range) return numbers(range[1] ?? "", range[2] ?? "")
  if (body.includes("..") && !body.includes(",")) return null
  const pieces = splitTop(body)
  if (pieces.length < 2) return null
  const out: string[] = []
  for (const piece of pieces) {
    const inner = expand(piece, depth + 1)
    if (!inner) return null
    out.push(...inner)
  }
  return out.length > MAX_WORDS ? null : out
}

function numbers(from: string, to: string): readonly string[] | null {
  if (/^0\d/.test(from) || /^0\d/.test(to)) return null
  const [a, b] = [Number(from), Number(to)]
  if (Math.abs(a - b) >= MAX_WORDS) return null
  const step = a <= b ? 1 : -1
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => String(a + i * step))
}

function splitTop(body: string): readonly string[] {
  const out: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < body.length; i++) {
    if (body[i] === "{") depth++
    else if (body[i] === "}") depth--
    else if (body[i] === "," && depth === 0) {
      out.push(body.slice(start, i))
      start = i + 1
    }
  }
  return [...out, body.slice(start)]
}
