/**
 * Reads and changes single members of a JSON object in its bytes. What is not touched stays byte-equal: unknown keys, number
 * spellings, key order, blanks. Cost is one pass without building objects, so a file of any size can be asked for one value.
 */

/** Byte offsets, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Member {
  readonly key: Span
  readonly value: Span
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

/** The span of the value at `path`, or null. Of duplicate keys the last counts, as in `JSON.parse`. */
export function findMember(text: Buffer, path: readonly string[]): Span | null {
  let at: Span = { start: skipBlank(text, start(text)), end: text.length }
  for (const key of path) {
    const found = lastMember(text, at.start, key)
    if (!found) return null
    at = found.value
  }
  return at
}

/** The parsed value at `path`; undefined when absent. @throws SyntaxError when that value is not JSON. */
export function readMember(text: Buffer, path: readonly string[]): unknown {
  const span = findMember(text, path)
  if (!span) return undefined
  return JSON.parse(text.toString("utf8", span.start, path.length === 0 ? text.length : span.end))
}

/**
 * `text` with the value at `path` set, or removed when `value` is undefined. Missing objects on the way are made; a
 * value on the way that is no object is replaced.
 */
export function setMember(text: Buffer, path: readonly string[], value: unknown): Buffer {
  const [key, ...rest] = path
  if (key === undefined) throw new Error("setMember needs a path")
  const object = skipBlank(text, start(text))
  return setIn(text, object, key, rest, value, 1)
}

function setIn(
  text: Buffer,
  object: number,
  key: string,
  rest: readonly string[],
  value: unknown,
  depth: number,
): Buffer {
  const found = lastMember(text, object, key)
  const next = rest[0]
  if (next !== undefined && found && text[found.value.start] === OPEN) {
    return setIn(text, found.value.start, next, rest.slice(1), value, depth + 1)
  }
  if (value === undefined) return !found || next !== undefined ? text : removeMember(text, object, found)
  const indent = indentOf(text)
  const whole = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
  const rendered = render(whole, indent, depth)
  if (found) return splice(text, found.value, rendered)
  return insertMember(
    text,
    object,
    `${JSON.stringify(key)}:${indent === null ? "" : " "}${rendered}`,
    indent,
    depth,
  )
}

function insertMember(
  text: Buffer,
  object: number,
  member: string,
  indent: string | null,
  depth: number,
): Buffer {
  const members = [...membersOf(text, object)]
  const last = members.at(-1)
  const lead = indent === null ? "" : `\n${indent.repeat(depth)}`
  if (last) return splice(text, { start: last.value.end, end: last.value.end }, `,${lead}${member}`)
  const end = skipValue(text, object)
  const tail = indent === null ? "" : `\n${indent.repeat(depth - 1)}`
  return splice(text, { start: object, end }, `{${lead}${member}${tail}}`)
}

function removeMember(text: Buffer, object: number, found: Member): Buffer {
  const members = [...membersOf(text, object)]
  const index = members.findIndex((member) => member.key.start === found.key.start)
  const next = members[index + 1]
  if (next) return splice(text, { start: found.key.start, end: next.key.start }, "")
  const before = members[index - 1]
  const from = before ? before.value.end : object + 1
  return splice(text, { start: from, end: found.value.end }, "")
}

function render(value: unknown, indent: string | null, depth: number): string {
  if (indent === null) return JSON.stringify(value)
  return JSON.stringify(value, null, indent).replaceAll("\n", `\n${indent.repeat(depth)}`)
}

function splice(text: Buffer, span: Span, insert: string): Buffer {
  return Buffer.concat([text.subarray(0, span.start), Buffer.from(insert), text.subarray(span.end)])
}

/** The file's own indentation; null when it is written on one line. An empty object gets two blanks. */
function indentOf(text: Buffer): string | null {
  const head = text.toString("latin1", 0, Math.min(text.length, 4096))
  const found = /\{\r?\n([ \t]+)"/.exec(head)
  if (found?.[1]) return found[1]
  return /^\s*\{\s*\}\s*$/.test(head) ? "  " : null
}

function lastMember(text: Buffer, object: number, key: string): Member | null {
  if (text[object] !== OPEN) return null
  const quoted = Buffer.from(JSON.stringify(key))
  let found: Member | null = null
  for (const member of membersOf(text, object)) {
    if (sameKey(text, member.key, key, quoted)) found = member
  }
  return found
}

function sameKey(text: Buffer, span: Span, key: string, quoted: Buffer): boolean {
  const bytes = text.subarray(span.start, span.end)
  if (bytes.equals(quoted)) return true
  // The same key may be spelled with escapes.
  return bytes.includes(BACKSLASH) && JSON.parse(bytes.toString()) === key
}

function* membersOf(text: Buffer, object: number): Generator<Member> {
  let at = skipBlank(text, object + 1)
  while (at < text.length && text[at] !== CLOSE) {
    const keyEnd = skipString(text, at)
    const colon = skipBlank(text, keyEnd)
    if (text[colon] !== COLON) throw new SyntaxError(`JSON: ':' expected on line ${lineAt(text, colon)}`)
    const valueStart = skipBlank(text, colon + 1)
    const valueEnd = skipValue(text, valueStart)
    yield { key: { start: at, end: keyEnd }, value: { start: valueStart, end: valueEnd } }
    at = skipBlank(text, valueEnd)
    if (text[at] === COMMA) at = skipBlank(text, at + 1)
    else if (text[at] !== CLOSE)
      throw new SyntaxError(`JSON: ',' or '}' expected on line ${lineAt(text, at)}`)
  }
}

function skipValue(text: Buffer, from: number): number {
  const first = text[from]
  if (first === QUOTE) return skipString(text, from)
  if (first !== OPEN && first !== OPEN_LIST) return skipScalar(text, from)
  let depth = 0
  for (let at = from; at < text.length; ) {
    const byte = text[at]
    if (byte === QUOTE) {
      at = skipString(text, at)
      continue
    }
    if (byte === OPEN || byte === OPEN_LIST) depth++
    if (byte === CLOSE || byte === CLOSE_LIST) depth--
    at++
    if (depth === 0) return at
  }
  throw new SyntaxError("JSON: the text ends inside an object or list")
}

function skipScalar(text: Buffer, from: number): number {
  let at = from
  while (at < text.length) {
    const byte = text[at] ?? 0
    if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || byte <= 0x20) break
    at++
  }
  if (at === from) throw new SyntaxError(`JSON: a value is missing on line ${lineAt(text, from)}`)
  return at
}

function skipString(text: Buffer, from: number): number {
  if (text[from] !== QUOTE) throw new SyntaxError(`JSON: '"' expected on line ${lineAt(text, from)}`)
  let at = from + 1
  for (;;) {
    const end = text.indexOf(QUOTE, at)
    if (end < 0) throw new SyntaxError(`JSON: the string on line ${lineAt(text, from)} does not end`)
    let slashes = 0
    while (text[end - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end + 1
    at = end + 1
  }
}

function skipBlank(text: Buffer, from: number): number {
  let at = from
  while (at < text.length && (text[at] ?? 0x21) <= 0x20) at++
  return at
}

/** Past a byte order mark. */
function start(text: Buffer): number {
  return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0
}

/** 1-based line of a byte offset. */
export function lineAt(text: Buffer, offset: number): number {
  let line = 1
  for (let at = text.indexOf(0x0a); at >= 0 && at < offset; at = text.indexOf(0x0a, at + 1)) line++
  return line
}
