import type { ToolSpec } from "../model/api.ts"

export interface BuiltinSpec {
  readonly spec: ToolSpec
  /** `asked`: sent only when the user names the tool. */
  readonly offered: "always" | "asked"
}
