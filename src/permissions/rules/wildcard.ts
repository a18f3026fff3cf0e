/** `*` stands for any text; every other character for itself. Linear in the text for each piece of the pattern. */
export function matchWildcard(pattern: string, text: string): boolean {
  const pieces = pattern.split("*")
  const first = pieces[0] ?? ""
  if (pieces.length === 1) return pattern === text
  const last = pieces[pieces.length - 1] ?? ""
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false
  let at = first.length
  const end = text.length - last.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return at <= end
}
