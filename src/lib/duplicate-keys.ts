/** Keys that stand twice in one object of a JSON text: of such, readers take the last and say nothing. */

export interface DuplicateKey {
  readonly path: readonly string[]
  /** Of the second one; 1-based. */
  readonly line: number
}

const STRING = /"(?:[^"\\]|\\.)*"/y

/** Of valid JSON; at most `limit`, in their order. One pass without building objects. */
export function duplicateKeys(text: string, limit = 10): readonly DuplicateKey[] {
  const found: DuplicateKey[] = []
  /** Per open object its keys and the newest of them; null for a list. */
  const open: ({ readonly keys: Set<string>; key: string } | null)[] = []
  let line = 1
  let isKey = false
  for (let at = 0; at < text.length && found.length < limit; at++) {
    const sign = text[at]
    if (sign === "\n") line++
    else if (sign === "{") {
      open.push({ keys: new Set(), key: "" })
      isKey = true
    } else if (sign === "[") {
      open.push(null)
      isKey = false
    } else if (sign === "}" || sign === "]") {
      open.pop()
      isKey = false
    } else if (sign === ",") isKey = open.at(-1) != null
    else if (sign === '"') {
      STRING.lastIndex = at
      const word = STRING.exec(text)?.[0]
      if (word === undefined) return found
      at += word.length - 1
      const object = open.at(-1)
      if (!isKey || object == null) continue
      isKey = false
      const key = JSON.parse(word) as string
      object.key = key
      if (object.keys.has(key))
        found.push({ path: open.flatMap((one) => (one === null ? [] : [one.key])), line })
      object.keys.add(key)
    }
  }
  return found
}
