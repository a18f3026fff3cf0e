/** What a session may be named by: the first thing the person wrote (spec/auth-and-storage.md section 5). */
import { type Block, isBlock, textOf } from "../model/block.ts"
import { isMessageLine, type Line } from "../model/line.ts"

/** Texts that a program put there. */
const NOT_WRITTEN =
  /^\s*(<command-name>|<local-command-stdout>|<local-command-caveat>|<session-start-hook>|<tick>|<goal>|\[Request interrupted by user[^\]]*\]|<ide_opened_file>|<ide_selection>)/

/** The person's own words in `line`, or null. */
export function promptOf(line: Line): string | null {
  if (!isMessageLine(line) || line.type !== "user") return null
  if (line.isMeta || line.isCompactSummary || line.isSidechain) return null
  const content: unknown = line.message.content
  if (typeof content !== "string" && !isBlocks(content)) return null
  if (typeof content !== "string" && content.some((block) => isBlock(block, "tool_result"))) return null
  const texts = typeof content === "string" ? [content] : content.map((block) => textOf([block]))
  return texts.find((text) => text.trim() !== "" && !NOT_WRITTEN.test(text)) ?? null
}

/** Foreign files may hold anything here. */
function isBlocks(content: unknown): content is readonly Block[] {
  return Array.isArray(content) && content.every((block) => typeof block === "object" && block !== null)
}

/** The beginning of the prompt in a first line that is cut (a large paste), from its text. */
export function cutPrompt(head: string): string | null {
  if (!head.includes('"type":"user"')) return null
  const found = /"(?:content|text)":"((?:[^"\\]|\\.){1,1000})/.exec(head)
  if (!found?.[1]) return null
  try {
    const text: unknown = JSON.parse(`"${found[1]}"`)
    return typeof text === "string" && !NOT_WRITTEN.test(text) ? text : null
  } catch {
    return null
  }
}
