/** Inputs are checked against a tool's own schema; what is wrong is said in the words of spec/tools.md. */
import * as z from "zod"
import type { ToolSpec } from "../model/api.ts"
import type { AnyTool } from "../model/tool.ts"

/** More would only repeat itself; own choice. */
const MAX_ISSUES = 10

/** What zod calls a value that is not there: a missing choice is no wrong choice. */
const MISSING: ReadonlySet<string> = new Set(["invalid_type", "invalid_value", "invalid_union"])

export type Validated =
  | { readonly ok: true; readonly input: unknown }
  | { readonly ok: false; readonly message: string }

/** `message` is the text inside `<tool_use_error>`; the caller wraps it (`toolUseError`). */
export function validateInput(tool: AnyTool, raw: unknown): Validated {
  const parsed = tool.schema.safeParse(raw)
  if (parsed.success) return { ok: true, input: parsed.data }
  const issues = parsed.error.issues.flatMap((issue) => describe(issue, raw)).slice(0, MAX_ISSUES)
  const noun = issues.length === 1 ? "issue" : "issues"
  return {
    ok: false,
    message: `InputValidationError: ${tool.name} failed due to the following ${noun}:\n${issues.join("\n")}`,
  }
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string[] {
  const name = issue.path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : i ? `.${String(part)}` : part))
    .join("")
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `An unexpected parameter \`${name ? `${name}.` : ""}${key}\` was provided`)
  const given = issue.path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown>)?.[part], raw)
  if (given === undefined && name !== "" && MISSING.has(issue.code))
    return [`The required parameter \`${name}\` is missing`]
  if (issue.code !== "invalid_type")
    return [name ? `The parameter \`${name}\`: ${issue.message}` : issue.message]
  if (name === "")
    return [`The input is expected as \`${issue.expected}\` but provided as \`${typeName(given)}\``]
  return [
    `The parameter \`${name}\` type is expected as \`${issue.expected}\` but provided as \`${typeName(given)}\``,
  ]
}

function typeName(value: unknown): string {
  if (value === null) return "null"
  return Array.isArray(value) ? "array" : typeof value
}

const schemas = new WeakMap<AnyTool, Readonly<Record<string, unknown>>>()

/** What the API is told about a tool. The JSON schema is derived once per tool. */
export function toolSpec(tool: AnyTool): ToolSpec {
  let schema = tool.inputSchema ?? schemas.get(tool)
  if (schema === undefined) {
    // Every request carries the schemas; the dialect's address tells the model nothing.
    const { $schema: _dialect, ...derived } = z.toJSONSchema(tool.schema, { io: "input" })
    schema = derived
    schemas.set(tool, schema)
  }
  return { name: tool.name, description: tool.prompt, input_schema: schema }
}
