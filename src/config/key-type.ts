/** Types of settings values: small enough to check at start without a schema library. */

export type KeyType =
  | { readonly kind: "boolean" }
  | { readonly kind: "string" }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly kind: "enum"; readonly values: readonly string[]; readonly pattern?: RegExp }
  | { readonly kind: "list"; readonly of: KeyType }
  | { readonly kind: "map"; readonly of: KeyType }
  | { readonly kind: "object"; readonly members: Readonly<Record<string, KeyType>> }
  | { readonly kind: "either"; readonly of: readonly KeyType[] }
  /** Checked by its owner (hooks, credential lists). */
  | { readonly kind: "record" }

export const bool: KeyType = { kind: "boolean" }
export const text: KeyType = { kind: "string" }
export const texts: KeyType = { kind: "list", of: text }
export const textMap: KeyType = { kind: "map", of: text }
export const record: KeyType = { kind: "record" }
export const int = (min = 0, max = Number.MAX_SAFE_INTEGER): KeyType => ({
  kind: "number",
  min,
  max,
  whole: true,
})
export const num = (min = 0, max = Number.MAX_VALUE): KeyType => ({ kind: "number", min, max, whole: false })
export const oneOf = (...values: readonly string[]): KeyType => ({ kind: "enum", values })
export const list = (of: KeyType): KeyType => ({ kind: "list", of })
export const map = (of: KeyType): KeyType => ({ kind: "map", of })
export const object = (members: Readonly<Record<string, KeyType>>): KeyType => ({ kind: "object", members })
export const either = (...of: readonly KeyType[]): KeyType => ({ kind: "either", of })

/** What is wrong below a value; `path` leads to it. */
export interface Fault {
  readonly path: readonly string[]
  readonly message: string
}

/** The valid part of a value, and what was left out. `value` is undefined when nothing of it can be used. */
export interface Checked {
  readonly value: unknown
  readonly faults: readonly Fault[]
}

/** Bad entries of lists and maps and bad members of objects are left out one by one; the rest holds. */
export function check(value: unknown, type: KeyType, path: readonly string[] = []): Checked {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean" ? good(value) : bad(path, type)
    case "string":
      return typeof value === "string" ? good(value) : bad(path, type)
    case "number":
      return isNumber(value, type) ? good(value) : bad(path, type)
    case "enum":
      return typeof value === "string" && (type.values.includes(value) || type.pattern?.test(value))
        ? good(value)
        : bad(path, type)
    case "record":
      return isObject(value) ? good(value) : bad(path, type)
    case "list": {
      if (!Array.isArray(value)) return bad(path, type)
      const parts = value.map((entry, at) => check(entry, type.of, [...path, String(at)]))
      return {
        value: parts.flatMap((part) => (part.value === undefined ? [] : [part.value])),
        faults: faultsOf(parts),
      }
    }
    case "map": {
      if (!isObject(value)) return bad(path, type)
      return checkMembers(value, (key) => (key in value ? type.of : undefined), path)
    }
    case "object": {
      if (!isObject(value)) return bad(path, type)
      return checkMembers(
        value,
        (key) => (Object.hasOwn(type.members, key) ? type.members[key] : undefined),
        path,
      )
    }
    case "either": {
      const tries = type.of.map((one) => check(value, one, path))
      const clean = tries.find((part) => part.faults.length === 0)
      return clean ?? tries.find((part) => part.value !== undefined) ?? bad(path, type)
    }
  }
}

/** Members without a type are kept as they are. */
function checkMembers(
  value: Readonly<Record<string, unknown>>,
  typeOf: (key: string) => KeyType | undefined,
  path: readonly string[],
): Checked {
  const kept: [string, unknown][] = []
  const faults: Fault[] = []
  for (const [key, member] of Object.entries(value)) {
    const type = typeOf(key)
    const part = type ? check(member, type, [...path, key]) : good(member)
    faults.push(...part.faults)
    if (part.value !== undefined) kept.push([key, part.value])
  }
  return { value: fromEntries(kept), faults }
}

/** Like `Object.fromEntries`, but `__proto__` of a file stays a plain key. */
export function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [key, value] of entries) {
    Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return made
}

/** What a type accepts, in words. */
export function describeType(type: KeyType): string {
  switch (type.kind) {
    case "boolean":
      return "true or false"
    case "string":
      return "a text"
    case "number":
      return describeNumber(type)
    case "enum":
      return `one of ${type.values.join(", ")}`
    case "list":
      return `a list (each entry ${describeType(type.of)})`
    case "map":
      return `an object (each value ${describeType(type.of)})`
    case "object":
    case "record":
      return "an object"
    case "either":
      return type.of.map(describeType).join(" or ")
  }
}

function describeNumber(type: Extract<KeyType, { kind: "number" }>): string {
  const kind = type.whole ? "a whole number" : "a number"
  return type.max >= Number.MAX_SAFE_INTEGER
    ? `${kind} of at least ${type.min}`
    : `${kind} from ${type.min} to ${type.max}`
}

function good(value: unknown): Checked {
  return { value, faults: [] }
}

function bad(path: readonly string[], type: KeyType): Checked {
  return { value: undefined, faults: [{ path, message: `must be ${describeType(type)}` }] }
}

function faultsOf(parts: readonly Checked[]): Fault[] {
  return parts.flatMap((part) => part.faults)
}

function isNumber(value: unknown, type: Extract<KeyType, { kind: "number" }>): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false
  return value >= type.min && value <= type.max && (!type.whole || Number.isInteger(value))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
