import type { ToolSpec } from "../model/api.ts"

/** A tool as the API is told about it, without its code. */
export interface BuiltinSpec {
  readonly spec: ToolSpec
  /** `asked`: sent only when the user names the tool. */
  readonly offered: "always" | "asked"
}
