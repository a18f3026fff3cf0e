import { isBlock } from "../../model/block.ts"
import type { MessageLine, UserLine } from "../../model/line.ts"
import { skillOfResult } from "./invoked-skills.ts"

/** The newest results stay whole: the model is still working with them. */
const KEPT_RESULTS = 8
/** Smaller results are not worth a broken cache prefix. */
const WORTH_TRIMMING_CHARS = 1_000

const TRIMMED =
  "[This old tool result was removed to make room. The Recall tool finds it in the transcript; or run the call again.]"

/**
 * Stage one: old, large tool results are replaced by a note, in memory only; the log keeps them. Returns the
 * changed lines and what they save, in characters.
 */
export function trimResults(lines: readonly MessageLine[]): {
  readonly lines: readonly UserLine[]
  readonly saved: number
} {
  // A skill is an instruction, not a finding: it holds as long as the conversation.
  const holders = lines.filter(
    (line): line is UserLine =>
      line.type === "user" && hasResult(line) && skillOfResult(line.toolUseResult) === null,
  )
  const trimmed: UserLine[] = []
  let saved = 0
  for (const line of holders.slice(0, -KEPT_RESULTS)) {
    if (typeof line.message.content === "string") continue
    let changed = false
    const content = line.message.content.map((block) => {
      if (!isBlock(block, "tool_result")) return block
      const size =
        typeof block.content === "string" ? block.content.length : JSON.stringify(block.content).length
      if (size < WORTH_TRIMMING_CHARS) return block
      changed = true
      saved += size - TRIMMED.length
      return { ...block, content: TRIMMED }
    })
    if (changed) trimmed.push({ ...line, message: { role: "user", content } })
  }
  return { lines: trimmed, saved }
}

function hasResult(line: MessageLine): boolean {
  const { content } = line.message
  return typeof content !== "string" && content.some((block) => block.type === "tool_result")
}
