/** Markdown files with a YAML head (skills, commands, agents): the head as data, the rest as text. */
export interface FrontMatter {
  readonly data: Readonly<Record<string, unknown>>
  readonly body: string
}

const HEAD = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?<=\n)---[ \t]*(?:\r?\n|$)/

/** A file without a head is all body. A head that is no YAML is read line by line as `key: value`. */
export function readFrontMatter(text: string): FrontMatter {
  const match = HEAD.exec(text)
  if (match === null) return { data: {}, body: text }
  return { data: parseHead(match[1] ?? ""), body: text.slice(match[0].length) }
}

function parseHead(head: string): Readonly<Record<string, unknown>> {
  const data = parseYaml(head)
  if (typeof data === "object" && data !== null && !Array.isArray(data))
    return data as Record<string, unknown>
  // People write descriptions with colons and unclosed quotes; what can be read of it is read.
  const pairs = head.split(/\r?\n/).flatMap((line): [string, unknown][] => {
    const [, key, value] = /^([\w-]+):[ \t]*(.*)$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [[key, parseLine(value)]]
  })
  return Object.fromEntries(pairs)
}

/** A list or a single value; what YAML would take for more is text. */
function parseLine(value: string): unknown {
  const data = parseYaml(value)
  const more = typeof data === "object" && data !== null && !Array.isArray(data)
  return more ? value.trim() : (data ?? value.trim())
}

/** Undefined for what is no YAML. */
function parseYaml(text: string): unknown {
  try {
    return Bun.YAML.parse(text)
  } catch {
    return undefined
  }
}

export function textField(data: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = data[key]
  if (typeof value === "number") return String(value)
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined
}

/** Bools accept yes/no/on/off/1/0. */
export function switchField(
  data: Readonly<Record<string, unknown>>,
  key: string,
  otherwise: boolean,
): boolean {
  const value = data[key]
  if (typeof value === "boolean") return value
  if (value === undefined || value === null) return otherwise
  if (/^(true|yes|on|1)$/i.test(String(value).trim())) return true
  return /^(false|no|off|0)$/i.test(String(value).trim()) ? false : otherwise
}

/** A list, or words separated by commas or blanks; parentheses keep `Bash(git add *)` together. */
export function listField(data: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = data[key]
  if (Array.isArray(value))
    return value.filter((one) => typeof one === "string" && one.trim() !== "").map(String)
  if (typeof value !== "string") return []
  return value.match(/[^\s,(]+(?:\([^)]*\))?/g) ?? []
}
