/** Side requests (titles, verdicts) get a sensible answer without using up the script. */
import type { RequestBody } from "./recorded-request.ts"
import { type Reply, text } from "./reply.ts"

/** Titles and the like: a small model without tools, or an answer forced into a JSON schema without tools. */
export function isSideRequest(body: RequestBody): boolean {
  if (body.tools?.length) return false
  return /haiku/.test(String(body.model)) || body.output_config?.format !== undefined
}

export function sideReply(body: RequestBody): Reply {
  const schema = body.output_config?.format?.schema
  return text(schema ? JSON.stringify(sample(schema)) : "A short title")
}

/** The smallest value a JSON schema of titles and verdicts takes. */
function sample(schema: RequestBody): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, sample(value as RequestBody)]),
      )
    case "array":
      return []
    case "boolean":
      return true
    case "number":
    case "integer":
      return 1
    default:
      return "A short title"
  }
}
