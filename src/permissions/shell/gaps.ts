/** Checks that the parser accounted for every character: a tolerant parser may skip what a shell would not. */

interface Span {
  readonly pos: number
  readonly end: number
}

/** The text between two statements that is neither blank, separator, comment nor here-document; null when all is accounted for. */
export function findGap(parts: readonly Span[], whole: Span, source: string): string | null {
  let at = whole.pos
  for (let i = 0; i <= parts.length; i++) {
    const part = parts[i]
    const end = part ? part.pos : whole.end
    if (at < end) {
      const gap = source.slice(at, end)
      if (gap.trim() !== "" && !isSeparator(gap) && !source.includes("<<")) return excerpt(gap)
    }
    if (part) at = Math.max(at, part.end)
  }
  return null
}

function isSeparator(gap: string): boolean {
  if (/^[\s;&]*$/.test(gap)) return true
  if (!gap.includes("#") && !gap.includes("\\\n")) return false
  const rest = gap.replace(/(^|[\s;&])#[^\n]*/g, "$1").replace(/\\\n/g, "")
  return /^[\s;&]*$/.test(rest)
}

/** True when only blanks and continued lines stand between the words of one command. */
export function wordsTouch(parts: readonly Span[], source: string): boolean {
  const inOrder = parts.every((part, i) => i === 0 || (parts[i - 1]?.pos ?? 0) <= part.pos)
  const sorted = inOrder ? parts : [...parts].sort((a, b) => a.pos - b.pos)
  for (let i = 1; i < sorted.length; i++) {
    const [left, right] = [sorted[i - 1], sorted[i]]
    if (left && right && !onlyBlanks(source, left.end, right.pos)) return false
  }
  return true
}

function onlyBlanks(source: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const char = source[at]
    if (char === " " || char === "\t") continue
    if (char !== "\\" || source[++at] !== "\n" || at >= to) return false
  }
  return true
}

function excerpt(text: string): string {
  return text.trim().slice(0, 20)
}
