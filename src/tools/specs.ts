/**
 * What the API is told about each built-in tool, ready made at build time. Load this for a request, and the registry
 * (with zod, some 20 ms) only when a call must run, best while waiting for the reply.
 */
import type { BuiltinSpec } from "./builtin-spec.ts"
import { builtinSpecs } from "./specs.macro.ts" with { type: "macro" }

export const BUILTINS: readonly BuiltinSpec[] = builtinSpecs()
