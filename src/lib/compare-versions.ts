/** Negative when `a` is older than `b`; only the numbers count, and what is missing is 0. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) =>
    text
      .replace(/[-+].*$/, "")
      .split(".")
      .map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [parts(a), parts(b)]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
