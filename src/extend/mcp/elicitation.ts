/** Questions of servers to the person, between the protocol's words and ours. */
import type { Elicitation, ElicitationAnswer } from "../../model/elicitation.ts"
import { isObject, type Json } from "../json.ts"

/** Puts a question to the person. Never rejects. */
export type Elicit = (about: Elicitation, signal: AbortSignal) => Promise<ElicitationAnswer>

/** What a server may write above a question. */
const MAX_MESSAGE_CHARS = 4_000
/** `URLElicitationRequired` of the protocol: a call fails until something was done in a browser. */
const URL_REQUIRED = -32_042
/** Things a single call may want done first. */
const MAX_PREREQUISITES = 5

/** Params of `elicitation/create`; absent parts stay absent. */
export function readElicitation(server: string, params: Json): Elicitation {
  const { message, url, elicitationId, requestedSchema } = params
  const mode = params.mode === "url" ? "url" : "form"
  return {
    server,
    message: typeof message === "string" ? message.slice(0, MAX_MESSAGE_CHARS) : "",
    mode,
    ...(mode === "form" && isObject(requestedSchema) && { schema: requestedSchema }),
    ...(mode === "url" && typeof url === "string" && { url }),
    ...(typeof elicitationId === "string" && { id: elicitationId }),
  }
}

type Value = string | number | boolean | string[]

/** The content the protocol allows: values and lists of text; anything else is left out. */
export function contentOf({ content = {} }: ElicitationAnswer & { action: "accept" }): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]): [string, Value][] =>
      isValue(value) ? [[name, value]] : [],
    ),
  )
}

function isValue(value: unknown): value is Value {
  return Array.isArray(value)
    ? value.every((one) => typeof one === "string")
    : typeof value === "string" || typeof value === "number" || typeof value === "boolean"
}

/** True when `error` named things to be done in a browser and the person agreed to all of them. */
export async function satisfied(
  server: { readonly entry: { readonly name: string }; readonly elicit: Elicit },
  error: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isObject(error) || error.code !== URL_REQUIRED || !isObject(error.data)) return false
  const { elicitations } = error.data
  if (!Array.isArray(elicitations) || elicitations.length === 0) return false
  for (const raw of elicitations.filter(isObject).slice(0, MAX_PREREQUISITES)) {
    const { action } = await server.elicit(
      readElicitation(server.entry.name, { ...raw, mode: "url" }),
      signal,
    )
    if (action !== "accept") return false
  }
  return true
}
