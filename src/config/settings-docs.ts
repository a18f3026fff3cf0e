/** The documentation of the settings, from the table of keys. */
import { describeType } from "./key-type.ts"
import { KEYS, type KeyInfo, type Scope } from "./keys.ts"
import { followsAtOnce } from "./live-keys.ts"
import { unobeyed } from "./unobeyed.ts"

const WHERE: Readonly<Record<Scope, string>> = {
  any: "any file",
  user: "user, `--settings`, managed",
  "user-local": "user, local, `--settings`, managed",
  managed: "managed",
}

/** Markdown: one table per group. Keys that do nothing here are marked ○, those that a running session follows ↻. */
export function settingsMarkdown(): string {
  return groups()
    .map(([group, keys]) =>
      [
        `## ${group}`,
        "",
        "| key | takes | default | where | what it does |",
        "|---|---|---|---|---|",
        ...keys.map(row),
      ].join("\n"),
    )
    .join("\n\n")
}

/** Plain text for `--help`: one line a key. */
export function settingsHelp(): string {
  const width = Math.max(...KEYS.map(({ key }) => key.length))
  return groups()
    .map(([group, keys]) =>
      [group, ...keys.map(({ key, text }) => `  ${key.padEnd(width)}  ${text}`)].join("\n"),
    )
    .join("\n\n")
}

function groups(): readonly (readonly [string, readonly KeyInfo[]])[] {
  return [...Map.groupBy(KEYS, ({ group }) => group)]
}

function row({ key, type, default: value, scope, text }: KeyInfo): string {
  const why = unobeyed(key)
  const cells = [
    `\`${key}\`${why === null ? (followsAtOnce(key) ? " ↻" : "") : " ○"}`,
    describeType(type),
    value === undefined ? "" : `\`${JSON.stringify(value)}\``,
    WHERE[scope],
    why === null ? text : `${text} (not obeyed: ${why})`,
  ]
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
}

/** Variables of the same family that do nothing here, and why: a Markdown table. */
export function unobeyedMarkdown(variables: Readonly<Record<string, string>>): string {
  return [
    "| variable | why it does nothing here |",
    "|---|---|",
    ...Object.entries(variables).map(([name, why]) => `| \`${name}\` | ${why} |`),
  ].join("\n")
}
