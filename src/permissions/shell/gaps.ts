/** Checks that the parser accounted for every character: a tolerant parser may skip what a shell would not. */

interface Span {
  readonly pos: number
  readonly end: number
}

/** The text between two statements that is neither blank, separator, comment nor here-document; null when all is accounted for. */
export function findGap(parts: readonly Span[], whole: Span, source: string): string | null {
  let at = whole.pos
  for (const part of [...parts, { pos: whole.end, end: whole.end }]) {
    const gap = source.slice(at, part.pos)
    if (gap.trim() !== "" && !isSeparator(gap) && !source.includes("<<")) return excerpt(gap)
    at = Math.max(at, part.end)
  }
  return null
}

function isSeparator(gap: string): boolean {
  const rest = gap.replace(/(^|[\s;&])#[^\n]*/g, "$1").replace(/\\\n/g, "")
  return /^[\s;&]*$/.test(rest)
}

/** True when only blanks and continued lines stand between the words of one command. */
export function wordsTouch(parts: readonly Span[], source: string): boolean {
  const sorted = [...parts].sort((a, b) => a.pos - b.pos)
  for (let i = 1; i < sorted.length; i++) {
    const [left, right] = [sorted[i - 1], sorted[i]]
    if (left && right && !/^(?:[ \t]|\\\n)*$/.test(source.slice(left.end, right.pos))) return false
  }
  return true
}

function excerpt(text: string): string {
  return text.trim().slice(0, 20)
}
