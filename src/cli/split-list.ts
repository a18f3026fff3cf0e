/** Splits `Bash(git log *),Edit Read` at commas and spaces; whatever stands in parentheses stays together. */
export function splitList(text: string): string[] {
  const items: string[] = []
  let item = ""
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ""
    if (char === "\\" && i + 1 < text.length) {
      item += char + text[++i]
      continue
    }
    if (char === "(") depth++
    if (char === ")" && depth > 0) depth--
    if (depth === 0 && (char === "," || char === " " || char === "\t" || char === "\n")) {
      if (item !== "") items.push(item)
      item = ""
      continue
    }
    item += char
  }
  if (item !== "") items.push(item)
  return items
}
