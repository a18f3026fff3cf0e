/**
 * How well `query` matches `text` as a scattered subsequence; null when it does not, higher is better.
 * Runs and word starts count more, so `cl` finds `/clear` before `/recall`.
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.toLowerCase()
  const given = text.toLowerCase()
  let score = given.startsWith(wanted) ? 100 : 0
  let at = -1
  for (const letter of wanted) {
    const found = given.indexOf(letter, at + 1)
    if (found === -1) return null
    if (found === at + 1) score += 3
    if (found === 0 || /[^a-z0-9]/.test(given[found - 1] ?? "")) score += 5
    score -= Math.min(3, found - at - 1)
    at = found
  }
  return score - given.length / 100
}

/** The matching items, best first; all of them, in their order, for an empty query. */
export function fuzzyFilter<T>(query: string, items: readonly T[], textOf: (item: T) => string): T[] {
  if (query === "") return [...items]
  return items
    .flatMap((item) => {
      const score = fuzzyScore(query, textOf(item))
      return score === null ? [] : [{ item, score }]
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
