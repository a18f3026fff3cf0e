/** The documentation of the settings, from the table of keys. */
import { describeType } from "./key-type.ts"
import { KEYS, type KeyInfo, type Scope } from "./keys.ts"

const WHERE: Readonly<Record<Scope, string>> = {
  any: "any file",
  user: "user, `--settings`, managed",
  "user-local": "user, local, `--settings`, managed",
  managed: "managed",
}

/** Markdown: one table per group. Keys that nothing reads yet are marked ○. */
export function settingsMarkdown(isRead: (key: string) => boolean = () => true): string {
  return groups()
    .map(([group, keys]) =>
      [
        `## ${group}`,
        "",
        "| key | takes | default | where | what it does |",
        "|---|---|---|---|---|",
        ...keys.map((info) => row(info, isRead(info.key))),
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

function row({ key, type, default: value, scope, text }: KeyInfo, read: boolean): string {
  const cells = [
    `\`${key}\`${read ? "" : " ○"}`,
    describeType(type),
    value === undefined ? "" : `\`${JSON.stringify(value)}\``,
    WHERE[scope],
    text,
  ]
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
}
