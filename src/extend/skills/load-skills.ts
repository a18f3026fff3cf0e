import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { listField, readFrontMatter, switchField, textField } from "../front-matter.ts"

/** A skill folder or a command file, as far as its head goes. */
export interface Skill {
  readonly name: string
  readonly kind: "skill" | "command"
  /** Absolute path of the Markdown; of what comes with ccts, its name. */
  readonly file: string
  /** The Markdown itself, of what comes with ccts. */
  readonly text?: string
  readonly source: "policy" | "user" | "project" | "bundled"
  readonly description: string
  readonly argumentHint: string
  /** Names of positional arguments. */
  readonly parameters: readonly string[]
  readonly modelInvocable: boolean
  readonly userInvocable: boolean
  readonly allowedTools: readonly string[]
  readonly model?: string
  /** In the shape of the setting; they count once the skill is called. */
  readonly hooks?: unknown
  /** Runs in a subagent of this kind. */
  readonly fork?: string
}

/** A folder that may hold `skills/` and `commands/`. */
export interface SkillPlace {
  readonly folder: string
  readonly source: Skill["source"]
}

/** The head is looked for in this much of a file. */
const HEAD_BYTES = 32 * 1024
/** Of the listing text (spec/memory-skills-agents.md section 2). */
const DESCRIPTION_CHARS = 1_536
/** Files of all places; more is a folder that was never meant to hold commands. */
const MAX_FILES = 2_000
const MAX_DEPTH = 5

/** All skills and commands, by name; of two with one name the first place wins, and a skill wins over a command. */
export function loadSkills(
  places: readonly SkillPlace[],
  bundled: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Skill> {
  const found = new Map<string, Skill>()
  const add = (skill: Skill | null) => {
    if (skill !== null && !found.has(skill.name) && found.size < MAX_FILES) found.set(skill.name, skill)
  }
  for (const { folder, source } of places) {
    const skills = join(folder, "skills")
    for (const name of folderNames(skills)) {
      if (name !== "synced") add(readSkill(join(skills, name, "SKILL.md"), name, "skill", source))
    }
  }
  for (const { folder, source } of places) {
    const commands = join(folder, "commands")
    for (const file of markdownFiles(commands, MAX_DEPTH)) {
      const name = file.slice(commands.length + 1, -".md".length).replaceAll(/[\\/]/g, ":")
      add(readSkill(file, name, "command", source))
    }
  }
  for (const [name, text] of Object.entries(bundled))
    add({ ...parseSkill(text, { file: `ccts:${name}`, name, kind: "command", source: "bundled" }), text })
  return found
}

function readSkill(file: string, name: string, kind: Skill["kind"], source: Skill["source"]): Skill | null {
  const head = readHead(file)
  return head === null ? null : parseSkill(head, { file, name, kind, source })
}

function parseSkill(head: string, about: Pick<Skill, "file" | "name" | "kind" | "source">): Skill {
  const { data, body } = readFrontMatter(head)
  const says = [textField(data, "description") ?? firstParagraph(body), textField(data, "when_to_use")]
  const model = textField(data, "model")
  return {
    ...about,
    description: says
      .filter((part) => part !== undefined)
      .join(" ")
      .slice(0, DESCRIPTION_CHARS),
    argumentHint: hint(data["argument-hint"]),
    parameters: listField(data, "arguments"),
    modelInvocable: !switchField(data, "disable-model-invocation", false),
    userInvocable: switchField(data, "user-invocable", true),
    allowedTools: listField(data, "allowed-tools"),
    ...(model === undefined ? {} : { model }),
    ...(data.hooks === undefined || data.hooks === null ? {} : { hooks: data.hooks }),
    ...(data.context === "fork" ? { fork: textField(data, "agent") ?? "general-purpose" } : {}),
  }
}

/** `argument-hint: [file]` is a list in YAML and a hint in the eyes of who wrote it. */
function hint(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(", ")}]`
  return typeof value === "string" ? value : ""
}

function firstParagraph(body: string): string {
  const [first = ""] = body.trim().split(/\n\s*\n/)
  return first
    .replace(/^#+\s*/, "")
    .replace(/\s+/g, " ")
    .trim()
}

function readHead(file: string): string | null {
  try {
    if (!statSync(file).isFile()) return null
    const fd = openSync(file, "r")
    try {
      const bytes = Buffer.alloc(HEAD_BYTES)
      return bytes.toString("utf8", 0, readSync(fd, bytes, 0, HEAD_BYTES, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}

function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort()
  } catch {
    return []
  }
}

function markdownFiles(folder: string, depth: number): readonly string[] {
  return folderNames(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name.endsWith(".md")) return [path]
    const isFolder = depth > 0 && statSync(path, { throwIfNoEntry: false })?.isDirectory()
    return isFolder ? markdownFiles(path, depth - 1) : []
  })
}

/** The folder that `${CLAUDE_SKILL_DIR}` names. */
export function skillDir(skill: Skill): string {
  return dirname(skill.file)
}
