import type { ZodType } from "zod"
import type { Finish, FinishPort } from "../model/finish.ts"
import { type AnyTool, failed, type Tool } from "../model/tool.ts"
import prompt from "./structured-output.md" with { type: "text" }

type Json = Readonly<Record<string, unknown>>

/** Attempts that do not fit the schema before the turn fails (MAX_STRUCTURED_OUTPUT_RETRIES in spec/cli.md). */
export const DEFAULT_ATTEMPTS = 5
/** Faults of one attempt that are told; more would only repeat themselves. */
const MAX_FAULTS = 10

/** Says what is wrong with a value, one fault each; empty when it fits. */
type Check = (value: unknown) => readonly string[]

/** What an answer must look like: the port of one session. Nothing is owed until a schema is given. */
export interface StructuredOutput extends FinishPort {
  /** Rejects with one clear line when `schema` is no JSON schema; what was owed before stays. */
  require(schema: Json): Promise<void>
}

export function createStructuredOutput(attempts = DEFAULT_ATTEMPTS): StructuredOutput {
  let tool: AnyTool | null = null
  let delivered: { readonly value: unknown } | null = null
  let misses: string[] = []
  let nudged = false
  const take = (value: unknown, faults: readonly string[]) => {
    if (faults.length === 0) delivered = { value }
    else misses = [...misses, faults.join(", ")].slice(-attempts)
  }
  return {
    get tool() {
      return tool
    },
    async require(schema) {
      const [check, { z }] = await Promise.all([compileSchema(schema), import("zod")])
      tool = structuredOutputTool(schema, { any: z.record(z.string(), z.unknown()), check, take })
    },
    begin() {
      delivered = null
      misses = []
      nudged = false
    },
    outcome(): Finish | null {
      if (delivered !== null) return { reason: "completed", structuredOutput: delivered.value }
      if (misses.length < attempts) return null
      return {
        reason: "crashed",
        terminal: "structured_output_retry_exhausted",
        message: `Failed to provide valid structured output after ${misses.length} attempts — last StructuredOutput error: ${misses.at(-1)}`,
      }
    },
    nudge() {
      if (tool === null || delivered !== null || nudged) return null
      nudged = true
      return "[structured-output-enforce] You MUST call the StructuredOutput tool to complete this request: give your answer as its input, now."
    },
  }
}

function structuredOutputTool(
  schema: Json,
  {
    any,
    check,
    take,
  }: {
    readonly any: ZodType<Json>
    readonly check: Check
    readonly take: (value: unknown, faults: readonly string[]) => void
  },
): Tool<Json> {
  return {
    name: "StructuredOutput",
    prompt,
    schema: any,
    inputSchema: schema.type === undefined ? { type: "object", ...schema } : schema,
    access: () => [],
    title: () => "",
    // biome-ignore lint/correctness/useYield: a check has no progress to tell
    async *run(input) {
      const faults = check(input)
      take(input, faults)
      if (faults.length > 0) return failed(`Output does not match required schema: ${faults.join(", ")}`)
      const text = "The structured output was taken."
      return { content: text, data: text, view: { kind: "text", text } }
    },
  }
}

/** Rejects with one clear line when it is no schema. `format` is an annotation only. */
async function compileSchema(schema: Json): Promise<Check> {
  const { $schema, ...rest } = schema
  const old = typeof $schema === "string" && /draft-0[467]/.test($schema)
  const { default: Ajv } = old ? await import("ajv") : await import("ajv/dist/2020.js")
  try {
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(rest)
    return (value) => {
      if (validate(value)) return []
      return (validate.errors ?? [])
        .slice(0, MAX_FAULTS)
        .map(
          ({ instancePath, message }) =>
            `${instancePath === "" ? "root" : instancePath}: ${message ?? "does not fit"}`,
        )
    }
  } catch (error) {
    throw new Error(`not a valid JSON Schema: ${error instanceof Error ? error.message : String(error)}`)
  }
}
