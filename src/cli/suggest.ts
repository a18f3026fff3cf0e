/** The nearest of `known` to a mistyped `word`, or null when none is near: one slip for short words, two for long. */
export function suggest(word: string, known: Iterable<string>): string | null {
  const allowed = word.length <= 6 ? 1 : 2
  let best: string | null = null
  let bestSlips = allowed + 1
  for (const candidate of known) {
    const slips = countSlips(word, candidate, bestSlips)
    if (slips < bestSlips) {
      best = candidate
      bestSlips = slips
    }
  }
  return bestSlips === 0 ? null : best
}

/** Insertions, deletions, substitutions and swapped neighbours between two words; `limit` when not fewer. */
function countSlips(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length] ?? limit, limit)
}
