/**
 * A reference to a tool stands only beside that tool, put off, in the same request: the service refuses any other. A
 * server that went away, or a model that searches no tools, turns earlier references into words.
 */

import type { ServerToolSpec, ToolSpec } from "../model/api.ts"
import { type Block, isBlock, type ResultContent } from "../model/block.ts"
import type { Turn } from "./assemble-turns.ts"

export function settleReferences(
  turns: readonly Turn[],
  tools: readonly (ToolSpec | ServerToolSpec)[],
): void {
  let deferred: ReadonlySet<string> | null = null
  for (const turn of turns) {
    if (turn.role !== "user") continue
    for (const [at, slot] of turn.slots.entries()) {
      const { block } = slot
      if (!isBlock(block, "tool_result") || typeof block.content === "string") continue
      if (!block.content.some(isReference)) continue
      deferred ??= new Set(tools.flatMap((tool) => (tool.defer_loading === true ? [tool.name] : [])))
      const known = deferred
      const content = block.content.map((part) =>
        isReference(part) && !known.has(String(part.tool_name)) ? inWords(part) : part,
      )
      // The block itself may be shared with other requests.
      turn.slots[at] = { ...slot, block: { ...block, content } }
    }
  }
}

function isReference(part: Block): part is Block & { readonly tool_name: unknown } {
  return part.type === "tool_reference"
}

function inWords({ tool_name }: { readonly tool_name: unknown }): ResultContent {
  return { type: "text", text: `Found the tool ${String(tool_name)}.` }
}
