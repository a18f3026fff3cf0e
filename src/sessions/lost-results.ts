/**
 * Results of parallel tool calls may hang beside the chain in files of other programs (each result's parent is its own
 * call). They belong to the conversation: a call without its result cannot be sent to the API.
 */
import { isBlock } from "../model/block.ts"
import { isMessageLine, type Line } from "../model/line.ts"

/** `chain` with those of `aside` (both oldest first) that answer a call of the chain which nothing there answers. */
export function addLostResults(chain: readonly Line[], aside: readonly Line[]): readonly Line[] {
  if (aside.length === 0) return chain
  const open = new Map<string, number>()
  const lastOfMessage = new Map<string, number>()
  chain.forEach((line, at) => {
    const message = messageId(line)
    if (message) lastOfMessage.set(message, at)
  })
  chain.forEach((line, at) => {
    // All calls of one reply come before the first of their results.
    for (const id of calls(line)) open.set(id, lastOfMessage.get(messageId(line) ?? "") ?? at)
    for (const id of answers(line)) open.delete(id)
  })
  const after = new Map<number, Line[]>()
  for (const line of aside) {
    const id = answers(line).find((answer) => open.has(answer))
    const at = id === undefined ? undefined : open.get(id)
    if (id === undefined || at === undefined) continue
    open.delete(id)
    after.set(at, [...(after.get(at) ?? []), line])
  }
  if (after.size === 0) return chain
  return chain.flatMap((line, at) => [line, ...(after.get(at) ?? [])])
}

function blocksOf(line: Line) {
  if (!isMessageLine(line) || typeof line.message.content === "string") return []
  return Array.isArray(line.message.content) ? line.message.content.filter((block) => block !== null) : []
}

function messageId(line: Line): string | null {
  return isMessageLine(line) && line.type === "assistant" ? line.message.id : null
}

function calls(line: Line): string[] {
  return blocksOf(line).flatMap((block) => (isBlock(block, "tool_use") ? [block.id] : []))
}

function answers(line: Line): string[] {
  return blocksOf(line).flatMap((block) => (isBlock(block, "tool_result") ? [block.tool_use_id] : []))
}
