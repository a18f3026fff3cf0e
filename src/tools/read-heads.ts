/**
 * Runs while the program is bundled (`with { type: "macro" }`), never in it: what is told of every tool before one is
 * called, as plain data. So a start loads no tool and no schema library.
 */
import type { ToolHead } from "../model/tool.ts"
import { agentTool } from "./agent.ts"
import { recall } from "./recall.ts"
import { TOOLS } from "./registry.ts"
import { toolSpec } from "./validate.ts"

/** In the order the model sees them. */
export function readHeads(): readonly ToolHead[] {
  return [...TOOLS, agentTool([]), recall]
    .map((tool) => ({
      name: tool.name,
      prompt: tool.prompt,
      inputSchema: toolSpec(tool).input_schema,
      ...(tool.offered === undefined ? {} : { offered: tool.offered }),
      ...(tool.concurrent === undefined ? {} : { concurrent: tool.concurrent }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
