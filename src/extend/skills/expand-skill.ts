import { readFile, stat } from "node:fs/promises"
import type { TurnPort } from "../../model/intake.ts"
import { readFrontMatter } from "../front-matter.ts"
import { type Skill, skillDir } from "./load-skills.ts"
import { type Substitutions, substitute, usesArguments } from "./substitute.ts"

/** A body beyond this would fill the window by itself. */
const MAX_BYTES = 1024 * 1024
/** Commands of one body; more is a script, which belongs into a file. */
const MAX_COMMANDS = 50

/** `` !`cmd` `` at the start of a word, and fenced blocks that open with ```` ```! ````. */
const COMMAND = /(?<=^|\s)!`([^`\n]+)`|^```!\s*\n([\s\S]*?)\n```/gm

/** What stands where a command would have run, when the settings forbid it (spec/settings.md, `disableSkillShellExecution`). */
const DISABLED = "[shell command execution disabled by policy]"

export interface Expansion {
  readonly turn: TurnPort
  readonly projectDir: string
  /** The folder's own skills may bring hooks: it is trusted, or nobody is there to ask. */
  readonly projectHooks?: boolean | undefined
  /** `!` commands are left out. */
  readonly noCommands?: boolean | undefined
}

/**
 * The text of a skill for one call: placeholders filled in, `!` commands run (through the rules) and replaced by what
 * they print. Commands are found before arguments are filled in, so an argument cannot bring one along.
 */
export async function expandSkill(
  skill: Skill,
  args: string,
  { turn, projectDir, projectHooks = false, noCommands = false }: Expansion,
): Promise<string> {
  const { body } = readFrontMatter(skill.text ?? (await readWhole(skill.file)))
  turn.allow(skill.allowedTools)
  if (skill.model !== undefined) turn.useModel(skill.model)
  const { source, hooks } = skill
  if (hooks !== undefined && source !== "bundled" && (source !== "project" || projectHooks))
    turn.addHooks?.(hooks, { label: `skill ${skill.name}`, source, once: true })

  const template = body.trim()
  const values: Substitutions = {
    args,
    parameters: skill.parameters,
    variables: {
      CLAUDE_SESSION_ID: turn.sessionId,
      CLAUDE_EFFORT: turn.effort ?? "",
      CLAUDE_SKILL_DIR: skillDir(skill),
      CLAUDE_PROJECT_DIR: projectDir,
    },
  }
  const text = await runCommands(template, values, noCommands ? null : turn)
  const lead = skill.kind === "skill" ? `Base directory for this skill: ${skillDir(skill)}\n\n` : ""
  const rest = args !== "" && !usesArguments(template, skill.parameters) ? `\n\nARGUMENTS: ${args}` : ""
  return `${lead}${text}${rest}`
}

async function readWhole(file: string): Promise<string> {
  if ((await stat(file)).size > MAX_BYTES) throw new Error(`${file} is larger than 1 MiB`)
  return readFile(file, "utf8")
}

async function runCommands(template: string, values: Substitutions, turn: TurnPort | null): Promise<string> {
  const parts: string[] = []
  let from = 0
  for (const [count, match] of [...template.matchAll(COMMAND)].entries()) {
    if (count >= MAX_COMMANDS) break
    parts.push(substitute(template.slice(from, match.index), values))
    parts.push(turn === null ? DISABLED : await runCommand(match[1] ?? match[2] ?? "", values, turn))
    from = match.index + match[0].length
  }
  parts.push(substitute(template.slice(from), values))
  return parts.join("")
}

async function runCommand(command: string, values: Substitutions, turn: TurnPort): Promise<string> {
  const { ok, output } = await turn.shell(substitute(command, values))
  return ok ? output : `[The command failed: ${output}]`
}
