import { type Block, isBlock, textOf } from "../../model/block.ts"
import type { MessageLine } from "../../model/line.ts"

/** Entries kept of each kind, newest last; the notes stay below about 20 KB. */
const MAX_PROMPTS = 30
const MAX_FILES = 60
const MAX_COMMANDS = 40
const EXCERPT_CHARS = 300
const LAST_WORDS_CHARS = 2_000
/** Of the summary that an earlier compaction left. */
const EARLIER_CHARS = 8_000

/**
 * What happened, without asking a model: the person's requests, files changed, commands and how they ended, the
 * last words. It is written before anything is dropped, and it is the summary when no model can make one.
 */
export function sessionNotes(lines: readonly MessageLine[]): string {
  const prompts: string[] = []
  const files = new Set<string>()
  const commands: string[] = []
  const failed = new Set<string>()
  let lastWords = ""
  let earlier = ""
  const runs = new Map<string, string>()

  for (const line of lines) {
    if (line.type === "user") {
      for (const block of blocksOf(line)) {
        if (isBlock(block, "tool_result") && block.is_error === true) failed.add(block.tool_use_id)
      }
      if (line.isCompactSummary === true) earlier = textOf(line.message.content)
      const text = promptText(line)
      if (text !== "") prompts.push(excerpt(text))
      continue
    }
    for (const block of blocksOf(line)) {
      if (isBlock(block, "text") && block.text.trim() !== "") lastWords = block.text
      if (!isBlock(block, "tool_use")) continue
      const { file_path, notebook_path, command } = block.input
      const path = file_path ?? notebook_path
      if (typeof path === "string" && block.name !== "Read") files.add(path)
      if (typeof command === "string") runs.set(block.id, excerpt(command))
    }
  }
  for (const [id, command] of runs) commands.push(`${command}${failed.has(id) ? " (failed)" : ""}`)

  const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n")
  return [
    section("Before that", earlier.slice(0, EARLIER_CHARS)),
    section("What the user asked for", list(prompts.slice(-MAX_PROMPTS))),
    section("Files changed", list([...files].slice(-MAX_FILES))),
    section("Commands run", list(commands.slice(-MAX_COMMANDS))),
    section("Last reply", lastWords.slice(-LAST_WORDS_CHARS)),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

/** What a person typed in this line; empty for results, reminders and summaries. */
export function promptText(line: MessageLine): string {
  if (line.type !== "user" || line.isMeta === true || line.isCompactSummary === true) return ""
  const { content } = line.message
  if (typeof content !== "string" && content.some((block) => block.type === "tool_result")) return ""
  return textOf(content).trim()
}

function blocksOf(line: MessageLine): readonly Block[] {
  const { content } = line.message
  return typeof content === "string" ? [{ type: "text", text: content }] : content
}

function section(title: string, body: string): string {
  return body.trim() === "" ? "" : `## ${title}\n${body}`
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length <= EXCERPT_CHARS ? line : `${line.slice(0, EXCERPT_CHARS)}…`
}
