/**
 * A message as one line that no host is too small for. The Python SDK ends a session at a line beyond 1 MiB
 * (spec/headless.md section 2.8), so what is larger loses the middle of its largest texts; the transcript keeps all.
 */
import { isObject } from "./shapes.ts"

/** UTF-8, with the newline. */
export const MAX_LINE_BYTES = 1024 * 1024
/** Texts are cut to this first, then to half of it, and so on. */
const FIRST_CUT = 256 * 1024
const LAST_CUT = 256

/** JSON without a newline, of fewer than `maxBytes` bytes. */
export function shortLine(message: object, maxBytes = MAX_LINE_BYTES): string {
  const whole = JSON.stringify(message)
  if (fits(whole, maxBytes)) return whole
  // What only describes a result goes before what the model read.
  const { tool_use_result: described, ...rest } = message as Readonly<Record<string, unknown>>
  for (let cut = FIRST_CUT; cut >= LAST_CUT; cut /= 2) {
    if (described === undefined) break
    const line = JSON.stringify({ ...rest, tool_use_result: shortened(described, cut) })
    if (fits(line, maxBytes)) return line
  }
  for (let cut = FIRST_CUT; cut >= LAST_CUT; cut /= 2) {
    const line = JSON.stringify(shortened(rest, cut))
    if (fits(line, maxBytes)) return line
  }
  // Not the texts are large, but how many there are.
  return JSON.stringify(pruned(rest, Math.floor(maxBytes / 2)).value)
}

function fits(line: string, maxBytes: number): boolean {
  // A character has at most three bytes for each of its units.
  return line.length * 3 < maxBytes || Buffer.byteLength(line) < maxBytes
}

/** The same value with texts of at most `cut` characters; a picture that would be cut becomes a word about it. */
function shortened(value: unknown, cut: number): unknown {
  if (typeof value === "string") return cutText(value, cut)
  if (Array.isArray(value)) return value.map((item) => shortened(item, cut))
  if (!isObject(value)) return value
  const { source } = value
  if (isObject(source) && source.type === "base64" && typeof source.data === "string") {
    if (source.data.length <= cut) return value
    return {
      type: "text",
      text: `[${source.media_type}, ${source.data.length} characters of base64, left out here]`,
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member, cut)]))
}

function cutText(text: string, cut: number): string {
  if (text.length <= cut) return text
  const half = Math.floor(cut / 2)
  const left = text.length - 2 * half
  return `${text.slice(0, half).toWellFormed()}\n[… ${left} characters left out here …]\n${text.slice(-half).toWellFormed()}`
}

/** The same value with only as many list items as there is room for. */
function pruned(value: unknown, room: number): { readonly value: unknown; readonly used: number } {
  if (typeof value === "string") {
    const text = cutText(value, LAST_CUT)
    return { value: text, used: Buffer.byteLength(JSON.stringify(text)) }
  }
  if (Array.isArray(value)) {
    const items: unknown[] = []
    let used = 2
    for (const item of value) {
      const next = pruned(item, room - used)
      if (used + next.used + 1 > room) break
      used += next.used + 1
      items.push(next.value)
    }
    return { value: items, used }
  }
  if (!isObject(value)) return { value, used: String(value).length }
  const entries: [string, unknown][] = []
  let used = 2
  // What is small and says what this is comes first.
  const members = Object.entries(value)
  const isLarge = ([, member]: [string, unknown]) => typeof member === "object" && member !== null
  for (const [key, member] of [...members.filter((one) => !isLarge(one)), ...members.filter(isLarge)]) {
    const around = Buffer.byteLength(JSON.stringify(key)) + 2
    const next = pruned(member, room - used - around)
    used += next.used + around
    if (used <= room) entries.push([key, next.value])
  }
  return { value: Object.fromEntries(entries), used }
}
