/** What a person types for a setting, as the value that the table wants. */
import { check, describeType, type KeyType } from "./key-type.ts"
import type { KeyInfo } from "./keys.ts"

const ON: ReadonlySet<string> = new Set(["true", "on", "yes", "1"])
const OFF: ReadonlySet<string> = new Set(["false", "off", "no", "0"])

/** @throws Error with one line that names the key and what it takes. */
export function parseValue(info: KeyInfo, typed: string): unknown {
  for (const value of readings(typed, info.type))
    if (check(value, info.type).faults.length === 0) return value
  throw new Error(`${info.key} must be ${describeType(info.type)}`)
}

/** The ways to read `typed`, likeliest first. */
function readings(typed: string, type: KeyType): readonly unknown[] {
  const word = typed.trim()
  switch (type.kind) {
    case "boolean": {
      const lower = word.toLowerCase()
      return ON.has(lower) ? [true] : OFF.has(lower) ? [false] : []
    }
    case "string":
    case "enum":
      return [typed]
    case "number":
      return word === "" ? [] : [Number(word)]
    case "list":
      return word.startsWith("[")
        ? json(word)
        : [word.split(",").map((part) => readings(part.trim(), type.of)[0] ?? part.trim())]
    case "map":
    case "object":
    case "record":
      return json(word)
    case "either":
      return type.of.flatMap((one) => readings(typed, one))
  }
}

function json(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}

/** Ready answers: the words of a list of words, on and off of a switch. */
export function choicesOf(type: KeyType): readonly string[] {
  if (type.kind === "boolean") return ["true", "false"]
  if (type.kind === "enum") return type.values
  return type.kind === "either" ? type.of.flatMap(choicesOf) : []
}
