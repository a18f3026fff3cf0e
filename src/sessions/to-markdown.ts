/** A conversation as a Markdown document for people: what was said, which calls were made, what came of them. */
import { type Block, isBlock, textOf } from "../model/block.ts"
import { isMessageLine, type Line } from "../model/line.ts"
import { promptOf } from "./title.ts"

/** Characters of one call's input or result; the whole is in the session's own file. */
const MAX_BLOCK_CHARS = 4_000

/** `lines` oldest first, as `readTail` gives them. */
export function toMarkdown(lines: readonly Line[], title: string): string {
  const parts = [`# ${title.replaceAll(/\s+/g, " ").trim()}`]
  for (const line of lines) {
    if (!isMessageLine(line) || line.isSidechain) continue
    const prompt = promptOf(line)
    if (prompt !== null) parts.push(`## You`, prompt.trim())
    else if (line.type === "user" && line.isCompactSummary) parts.push("*Earlier parts were compacted.*")
    const { content } = line.message
    if (typeof content === "string") continue
    for (const block of content) parts.push(...blockParts(block, line.type))
  }
  return `${parts.join("\n\n")}\n`
}

function blockParts(block: Block, from: "user" | "assistant"): string[] {
  if (from === "assistant" && isBlock(block, "text") && block.text.trim() !== "") return [block.text.trim()]
  if (isBlock(block, "tool_use"))
    return [`**${block.name}**`, fence(JSON.stringify(block.input, null, 2), "json")]
  if (!isBlock(block, "tool_result")) return []
  const text = textOf(block.content).trim()
  return text === "" ? [] : [fence(text)]
}

/** Longer than any run of backticks inside. */
function fence(text: string, language = ""): string {
  const cut = text.length <= MAX_BLOCK_CHARS ? text : `${text.slice(0, MAX_BLOCK_CHARS)}\n…`
  const longest = Math.max(2, ...(cut.match(/`+/g) ?? []).map((run) => run.length))
  const marks = "`".repeat(longest + 1)
  return `${marks}${language}\n${cut}\n${marks}`
}
