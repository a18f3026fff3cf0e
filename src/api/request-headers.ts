/** Headers and body of a request, from the request itself, the credential and the environment (spec/api.md section 1). */
import { isOn } from "../lib/is-on.ts"
import { version } from "../lib/version.ts"
import type { MessagesRequest, StreamOptions } from "../model/api.ts"
import type { Env } from "./models.ts"

/** Of the Messages format this program speaks. */
const API_VERSION = "2023-06-01"

export interface HeaderInput {
  readonly request: MessagesRequest
  readonly options: Pick<StreamOptions, "sessionId" | "agentId">
  readonly credential: Readonly<Record<string, string>>
  readonly more: Readonly<Record<string, string>>
  readonly env: Env
}

/** Names are lower case. Later sources win: ours, `ANTHROPIC_CUSTOM_HEADERS`, the caller's, the credential's. */
export function requestHeaders({
  request,
  options,
  credential,
  more,
  env,
}: HeaderInput): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: "application/json",
    "anthropic-version": API_VERSION,
    "user-agent": `ccts/${version}`,
    "x-claude-code-session-id": options.sessionId,
  }
  if (options.agentId) headers["x-claude-code-agent-id"] = options.agentId
  const betas = new Set<string>()
  const addBetas = (list: string | undefined) => {
    for (const beta of (list ?? "").split(",")) if (beta.trim() !== "") betas.add(beta.trim())
  }
  if (!isOn(env.CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS)) {
    const plain = isOn(env.DISABLE_INTERLEAVED_THINKING)
    addBetas(request.betas?.filter((beta) => !(plain && beta.startsWith("interleaved-thinking-"))).join(","))
  }
  addBetas(env.ANTHROPIC_BETAS)
  for (const source of [customHeaders(env.ANTHROPIC_CUSTOM_HEADERS), more, credential])
    for (const [name, value] of Object.entries(source)) {
      if (name.toLowerCase() === "anthropic-beta") addBetas(value)
      else headers[name.toLowerCase()] = value
    }
  if (betas.size > 0) headers["anthropic-beta"] = [...betas].join(",")
  return headers
}

/** `Name: Value` per line; lines without a colon or with an impossible name are skipped. */
export function customHeaders(text: string | undefined): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const line of (text ?? "").split(/\r?\n/)) {
    const [, name, value = ""] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:(.*)$/.exec(line) ?? []
    if (name) headers[name] = value.trim()
  }
  return headers
}

/** JSON of the body, `CLAUDE_CODE_EXTRA_BODY` merged over it. Throws one clear line when that is no JSON object. */
export function requestBody(request: MessagesRequest, env: Env): string {
  const { betas: _, ...body } = request
  const extra = env.CLAUDE_CODE_EXTRA_BODY
  if (!extra?.trim()) return JSON.stringify(body)
  let parsed: unknown
  try {
    parsed = JSON.parse(extra)
  } catch {
    parsed = null
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new Error("CLAUDE_CODE_EXTRA_BODY is not a JSON object: correct it or unset it.")
  return JSON.stringify({ ...body, ...parsed })
}
