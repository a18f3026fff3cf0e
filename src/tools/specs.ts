/**
 * What the API is told about each built-in tool, ready made at build time. Load this for a request, and the registry
 * (with zod, some 20 ms) only when a call must run, best while waiting for the reply.
 */
import type { ToolSpec } from "../model/api.ts"
import { builtinSpecs } from "./specs.macro.ts" with { type: "macro" }

export interface BuiltinSpec {
  readonly spec: ToolSpec
  /** `asked`: sent only when the user names the tool. */
  readonly offered: "always" | "asked"
}

export const BUILTINS: readonly BuiltinSpec[] = builtinSpecs()
