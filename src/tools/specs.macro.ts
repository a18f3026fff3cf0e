/** Runs when the program is built (Bun macro): the JSON schemas of all tools become plain data. */

import type { BuiltinSpec } from "./builtin-spec.ts"
import { TOOLS } from "./registry.ts"
import { toolSpec } from "./validate.ts"

export function builtinSpecs(): BuiltinSpec[] {
  return TOOLS.map((tool) => ({ spec: toolSpec(tool), offered: tool.offered ?? "always" }))
}
