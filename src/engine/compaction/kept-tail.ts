import type { MessageLine } from "../../model/line.ts"
import { promptText } from "./notes.ts"
import { estimateTokens } from "./tokens.ts"

/** The newest exchange stays word for word up to this share of the window. */
const TAIL_SHARE = 0.08
/** … and of the conversation itself, so that a short one shrinks as well. */
const TAIL_OF_ALL = 0.3

/**
 * The longest tail within budget that is a valid continuation of a summary: it starts at a prompt of the person
 * or at the first line of a reply, so no result is cut from its call.
 */
export function keptTail(lines: readonly MessageLine[], window: number): readonly MessageLine[] {
  const budget = Math.min(window * TAIL_SHARE, estimateTokens(lines) * TAIL_OF_ALL)
  let size = 0
  let start = lines.length
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] as MessageLine
    size += estimateTokens([line])
    if (size > budget) break
    if (startsExchange(lines, i)) start = i
  }
  return lines.slice(start)
}

function startsExchange(lines: readonly MessageLine[], at: number): boolean {
  const line = lines[at] as MessageLine
  if (line.type === "user") return promptText(line) !== ""
  const before = lines[at - 1]
  return before === undefined || before.type === "user" || before.message.id !== line.message.id
}
