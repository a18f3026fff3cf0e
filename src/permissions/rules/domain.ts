/** Host rules compare label by label; nothing is ever matched as a piece of text. */

/** The lower-cased host of an http(s) address without its trailing dot, or null. */
export function hostOf(url: string): string | null {
  try {
    const parsed = new URL(url)
    if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return null
    return parsed.hostname.toLowerCase().replace(/\.$/, "") || null
  } catch {
    return null
  }
}

/** `*.x` any depth below x but not x; another `*` stays within one label; `*` alone is every host. */
export function matchDomain(pattern: string, host: string): boolean {
  if (pattern === "*") return true
  const labels = host.split(".")
  const wanted = pattern.split(".")
  if (wanted[0] === "*") {
    const rest = wanted.slice(1)
    return labels.length > rest.length && sameLabels(rest, labels.slice(labels.length - rest.length))
  }
  return sameLabels(wanted, labels)
}

function sameLabels(wanted: readonly string[], labels: readonly string[]): boolean {
  return wanted.length === labels.length && wanted.every((w, i) => matchLabel(w, labels[i] ?? ""))
}

function matchLabel(pattern: string, label: string): boolean {
  if (!pattern.includes("*")) return pattern === label
  const [head = "", ...rest] = pattern.split("*")
  let at = head.length
  if (!label.startsWith(head)) return false
  for (const [i, piece] of rest.entries()) {
    if (i === rest.length - 1) return label.length - piece.length >= at && label.endsWith(piece)
    const found = label.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return true
}
