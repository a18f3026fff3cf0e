/** Output styles: how the model works and talks, by the person's choice (spec/memory-skills-agents.md section 4). */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { OutputStyle } from "../../model/output-style.ts"
import { readFrontMatter, switchField, textField } from "../front-matter.ts"
import concise from "./concise.md" with { type: "text" }
import explanatory from "./explanatory.md" with { type: "text" }
import learning from "./learning.md" with { type: "text" }
import proactive from "./proactive.md" with { type: "text" }

/** The name of having none. */
export const DEFAULT_STYLE = "default"

const BUILT_IN: readonly OutputStyle[] = [
  { name: "Explanatory", body: explanatory, keepsInstructions: true },
  { name: "Learning", body: learning, keepsInstructions: true },
  { name: "Proactive", body: proactive, keepsInstructions: true },
  { name: "Concise", body: concise, keepsInstructions: true },
]

const MAX_FILES = 200
const MAX_FILE_BYTES = 256 * 1024

/**
 * All styles beside the default: those of the files `output-styles/*.md` below `folders`, the first folder first, then the
 * built-in ones. Of two with one name the first counts.
 */
export function loadOutputStyles(folders: readonly string[]): readonly OutputStyle[] {
  const all = [...folders.flatMap((folder) => stylesOf(join(folder, "output-styles"))), ...BUILT_IN]
  const first = new Map(all.toReversed().map((style) => [key(style.name), style]))
  return all.filter((style) => first.get(key(style.name)) === style)
}

/** The style of that name, whatever its case; null for the default, undefined when there is none. */
export function findOutputStyle(
  styles: readonly OutputStyle[],
  name: string,
): OutputStyle | null | undefined {
  if (key(name) === DEFAULT_STYLE) return null
  return styles.find((style) => key(style.name) === key(name))
}

function key(name: string): string {
  return name.trim().toLowerCase()
}

function stylesOf(folder: string): readonly OutputStyle[] {
  return markdownFiles(folder).flatMap((file) => readStyle(join(folder, file), file.slice(0, -".md".length)))
}

function markdownFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .toSorted()
      .slice(0, MAX_FILES)
  } catch {
    return []
  }
}

/** Empty for what is no style: a folder, a huge file, one that cannot be read or says nothing. */
function readStyle(path: string, fallback: string): readonly OutputStyle[] {
  try {
    const info = statSync(path)
    if (!info.isFile() || info.size > MAX_FILE_BYTES) return []
    const { data, body } = readFrontMatter(readFileSync(path, "utf8"))
    if (body.trim() === "") return []
    const keepsInstructions = switchField(data, "keep-coding-instructions", false)
    return [{ name: textField(data, "name") ?? fallback, body: body.trim(), keepsInstructions }]
  } catch {
    return []
  }
}
