import type { AnyTool } from "../../model/tool.ts"

/** Characters that a tool's name, description and schema take in a request. */
export function toolSize({ name, prompt, inputSchema }: AnyTool): number {
  return name.length + prompt.length + JSON.stringify(inputSchema ?? {}).length
}
