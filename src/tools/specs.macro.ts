/** Runs when the program is built (Bun macro): the JSON schemas of all tools become plain data. */

import { TOOLS } from "./registry.ts"
import type { BuiltinSpec } from "./specs.ts"
import { toolSpec } from "./validate.ts"

export function builtinSpecs(): BuiltinSpec[] {
  return TOOLS.map((tool) => ({ spec: toolSpec(tool), offered: tool.offered ?? "always" }))
}
