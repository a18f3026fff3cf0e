/**
 * `bun scripts/docs.ts`: writes the generated parts of README.md between their markers, the reference and the JSON schema of
 * settings. A test fails when they are stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { envMarkdown } from "../src/config/env-table.ts"
import { settingsSchema } from "../src/config/json-schema.ts"
import { settingsMarkdown, unobeyedMarkdown } from "../src/config/settings-docs.ts"
import { TOOL_ALIAS_MARKDOWN } from "../src/config/tool-alias.ts"
import { UNOBEYED_VARIABLES } from "../src/config/unobeyed.ts"
import { readBaseline } from "./bench/baseline.ts"
import { table } from "./bench/table.ts"
import { root } from "./lib/project.ts"

/** The text between `<!-- name:begin -->` and `<!-- name:end -->`, by name. */
const parts: Readonly<Record<string, () => string>> = { figures }

export const readmePath = join(root, "README.md")
export const settingsPath = join(root, "src/config/SETTINGS.md")
export const schemaPath = join(root, "src/config/settings.schema.json")

/** @throws Error when a part has no markers. */
export function withGeneratedParts(readme: string): string {
  return Object.entries(parts).reduce((text, [name, make]) => {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`)
    return `${text.slice(0, from)}${begin}\n${make()}\n${text.slice(to)}`
  }, readme)
}

/** The reference of settings, as it belongs into `settingsPath`. */
export function settingsReference(): string {
  return `# Settings

Made from the tables in \`keys.ts\`, \`live-keys.ts\` and \`unobeyed.ts\` by \`bun scripts/docs.ts\`. A running session follows keys
marked ↻ as soon as a file changes; of all others the next start takes notice. Keys marked ○ are known, checked and kept, so that a
file of another program stays valid, but do nothing here; \`ccts doctor\` and \`ccts config list\` name those that are set.

${settingsMarkdown()}

# Tool aliases

${TOOL_ALIAS_MARKDOWN}

# Environment variables

Made from the table in \`env-table.ts\`.

${envMarkdown()}

## Known, but not obeyed

${unobeyedMarkdown(UNOBEYED_VARIABLES)}
`
}

function figures(): string {
  const baseline = readBaseline()
  if (baseline === null || baseline.figures.length === 0) return "Not measured yet."
  const where = `Measured on ${baseline.machine}, Bun ${baseline.bun}, ${baseline.date}.`
  return `${where} The bare program is the same runtime doing nothing else.\n\n${table(baseline.figures)}`
}

if (import.meta.main) {
  writeFileSync(readmePath, withGeneratedParts(readFileSync(readmePath, "utf8")))
  writeFileSync(settingsPath, settingsReference())
  writeFileSync(schemaPath, `${JSON.stringify(settingsSchema(), null, 2)}\n`)
  // As the linter wants JSON to look.
  Bun.spawnSync(
    [process.execPath, "node_modules/@biomejs/biome/bin/biome", "format", "--write", schemaPath],
    {
      cwd: root,
    },
  )
}
