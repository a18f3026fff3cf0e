import { isBlock, textOf } from "../../model/block.ts"
import type { MessageLine } from "../../model/line.ts"
import { CHARS_PER_TOKEN } from "./tokens.ts"

/** Tokens of each skill and of all (spec/interactive.md section 6). */
const MAX_EACH = 5_000
const MAX_ALL = 25_000
/** All of them, as a share of the window. */
const SKILLS_SHARE = 0.125

const LEAD = "<system-reminder>\nSkills that were called before the summary; what they say still holds:\n\n"

/**
 * The skills that the conversation called, the newest first, as a reminder; empty when there are none. What a file
 * says may have changed since, so the text is the one that the model has read: `lines` hold it, and an earlier
 * compaction's reminder does. Skills still in `tail` are skipped.
 */
export function invokedSkills(
  lines: readonly MessageLine[],
  tail: readonly MessageLine[],
  /** Of the model, in tokens. */
  window: number,
): string {
  const kept = new Set(tail.flatMap((line, at) => skillsOf(line, tail[at - 1]).map(({ name }) => name)))
  const found = new Map<string, string>()
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]
    if (line === undefined) continue
    for (const { name, text } of skillsOf(line, lines[at - 1]))
      if (!kept.has(name) && !found.has(name)) found.set(name, text)
  }
  let room = Math.floor(Math.min(MAX_ALL, window * SKILLS_SHARE)) * CHARS_PER_TOKEN
  const parts: string[] = []
  for (const [name, text] of found) {
    const shown = text.slice(0, Math.min(MAX_EACH * CHARS_PER_TOKEN, room))
    if (shown === "") break
    room -= shown.length
    parts.push(`<skill name=${JSON.stringify(name)}>\n${shown}\n</skill>`)
  }
  return parts.length === 0 ? "" : `${LEAD}${parts.join("\n\n")}\n</system-reminder>`
}

interface Invoked {
  readonly name: string
  readonly text: string
}

/** What one line brought: a result of the Skill tool, a command's text behind its record, or those shown again. */
function skillsOf(line: MessageLine, before: MessageLine | undefined): readonly Invoked[] {
  if (line.type !== "user") return []
  const { content } = line.message
  if (line.toolUseResult !== undefined) {
    const name = skillOfResult(line.toolUseResult)
    const result =
      typeof content === "string" ? undefined : content.find((one) => isBlock(one, "tool_result"))
    return name === null || result === undefined ? [] : [{ name, text: textOf(result.content) }]
  }
  const text = textOf(content)
  if (text.startsWith(LEAD)) return shownAgain(text)
  // A hook's words may stand between; the command's own text is no reminder in tags.
  if (line.isMeta !== true || text.startsWith("<system-reminder>")) return []
  const command = before?.type === "user" ? COMMAND.exec(textOf(before.message.content)) : null
  return command === null ? [] : [{ name: command[1] ?? "", text }]
}

const COMMAND = /^<command-name>\/([^<]+)<\/command-name>/

/** Of `SkillOutput`; a forked skill's result is a report, not its text. */
export function skillOfResult(data: unknown): string | null {
  const { commandName, status } = (typeof data === "object" && data !== null ? data : {}) as {
    commandName?: unknown
    status?: unknown
  }
  return typeof commandName === "string" && status !== "forked" ? commandName : null
}

function shownAgain(text: string): readonly Invoked[] {
  const skills = [
    ...text.matchAll(
      /<skill name=("(?:[^"\\]|\\.)*")>\n([\s\S]*?)\n<\/skill>(?=\n\n<skill name=|\n<\/system-reminder>$)/g,
    ),
  ]
  return skills.map(([, name = '""', shown = ""]) => ({ name: JSON.parse(name) as string, text: shown }))
}
