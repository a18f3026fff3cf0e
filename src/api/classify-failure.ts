/** What went wrong and whether another attempt can help, in one line that is safe to show. */
import type { ApiFailure, FailureCategory } from "../model/api.ts"

export interface Failure extends ApiFailure {
  /** Another attempt may succeed. */
  readonly retryable: boolean
}

export interface FailureContext {
  /** Shown when the service cannot be reached; without user info. */
  readonly host: string
  /** Values that must never be shown, such as keys. */
  readonly secrets: readonly string[]
}

/** Longest part of a foreign message that is shown, in characters. */
const MAX_DETAIL = 300
/** Shorter header values are words, not secrets. */
const MIN_SECRET = 8

/** One line, without secrets, of a bounded length. */
export function safeLine(text: string, secrets: readonly string[]): string {
  let line = text
  for (const secret of secrets) if (secret.length >= MIN_SECRET) line = line.replaceAll(secret, "***")
  line = line
    .replace(/\bsk-[\w-]{6,}/g, "***")
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 ***")
    .replace(/:\/\/[^/\s@]+@/g, "://***@")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of foreign text must not reach a terminal
    .replace(/[\s\x00-\x1f\x7f-\x9f]+/g, " ")
    .trim()
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL - 1)}…` : line
}

interface Reported {
  readonly status: number | null
  readonly type: string | null
  readonly detail: string
  readonly requestId: string | null
  readonly headers: Headers | null
}

/** `error` is what the SDK threw: an API error, or a connection error with its cause. */
export function classifyFailure(error: unknown, context: FailureContext): Failure {
  const reported = read(error, context)
  if (reported.status === null && reported.type === null) return connectionFailure(error, context)
  const category = categoryOf(reported)
  const retryAfterMs = retryAfter(reported.headers)
  const place = placeIn(reported.detail)
  return {
    category,
    status: reported.status,
    message: messageOf(category, reported),
    requestId: reported.requestId,
    retryable: isRetryable(category, reported, retryAfterMs),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(place && category === "invalid_request" ? { place } : {}),
  }
}

function read(error: unknown, { secrets }: FailureContext): Reported {
  const from = (typeof error === "object" && error !== null ? error : {}) as Readonly<Record<string, unknown>>
  const string = (value: unknown) => (typeof value === "string" && value !== "" ? value : null)
  return {
    status: typeof from.status === "number" ? from.status : null,
    type: string(from.type),
    detail: safeLine(string(from.apiMessage) ?? "", secrets),
    requestId: string(from.requestID),
    headers: from.headers instanceof Headers ? from.headers : null,
  }
}

function categoryOf({ status, type, detail }: Reported): FailureCategory {
  if (/prompt is too long|exceed(s)? (the )?context (limit|window)/i.test(detail)) return "prompt_too_long"
  if (/credit balance is too low/i.test(detail)) return "billing_error"
  switch (status) {
    case 400:
    case 422:
      return "invalid_request"
    case 401:
    case 403:
      return "authentication_failed"
    case 402:
      return "billing_error"
    case 404:
      return /model/i.test(detail) ? "model_not_found" : "invalid_request"
    case 408:
    case 504:
      return "timeout"
    case 413:
      return "request_too_large"
    case 429:
      return "rate_limit"
    case 529:
      return "overloaded"
    case null:
      return categoryOfType(type)
    default:
      return status >= 500 || status === 409 ? "server_error" : "unknown"
  }
}

/** Errors that arrive inside the stream have a type and no status. */
function categoryOfType(type: string | null): FailureCategory {
  switch (type) {
    case "overloaded_error":
      return "overloaded"
    case "rate_limit_error":
      return "rate_limit"
    case "invalid_request_error":
      return "invalid_request"
    case "authentication_error":
    case "permission_error":
      return "authentication_failed"
    case "billing_error":
      return "billing_error"
    case "not_found_error":
      return "model_not_found"
    case "request_too_large":
      return "request_too_large"
    case "timeout_error":
      return "timeout"
    default:
      return "server_error"
  }
}

function isRetryable(
  category: FailureCategory,
  { headers, detail }: Reported,
  retryAfterMs: number | undefined,
): boolean {
  const said = headers?.get("x-should-retry")
  if (said === "false") return false
  switch (category) {
    case "rate_limit":
      // A spend cap does not lift by waiting; it comes without `retry-after` (spec/api.md section 5).
      return retryAfterMs !== undefined || !/spend|usage limit|quota/i.test(detail)
    case "overloaded":
    case "server_error":
    case "timeout":
      return true
    default:
      return said === "true"
  }
}

/** Seconds, or an HTTP date. */
function retryAfter(headers: Headers | null): number | undefined {
  const value = headers?.get("retry-after")
  if (!value) return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined
}

function placeIn(detail: string): ApiFailure["place"] {
  const match = /\bmessages\.(\d+)(?:\.content\.(\d+))?/.exec(detail)
  if (!match) return undefined
  const message = Number(match[1])
  return match[2] === undefined ? { message } : { message, block: Number(match[2]) }
}

function messageOf(category: FailureCategory, { status, detail }: Reported): string {
  const code = status === null ? "" : ` (${status})`
  const more = detail === "" ? "" : `: ${detail}`
  switch (category) {
    case "authentication_failed":
      return status === 403
        ? `The service does not allow this to the account${code}${more}`
        : `The service refused the credential${code}${more}. Sign in with /login, or check ANTHROPIC_API_KEY.`
    case "billing_error":
      return `The account cannot pay for the request${code}${more}`
    case "rate_limit":
      return `The rate limit of the account is reached${code}${more}`
    case "overloaded":
      return `The service is overloaded${code}${more}`
    case "model_not_found":
      return `The service does not know the model${code}${more}. Choose another with /model or --model.`
    case "prompt_too_long":
      return `The conversation is longer than the model's window${code}${more}`
    case "request_too_large":
      return `The request is larger than the service takes${code}${more}`
    case "timeout":
      return `The service took too long to answer${code}${more}`
    case "server_error":
      return `The service failed${code}${more}`
    case "invalid_request":
      return `The service rejected the request${code}${more}`
    case "no_network":
    case "aborted":
    case "unknown":
      return `The service answered in an unexpected way${code}${more}`
  }
}

/** Codes of Bun's fetch and of the system, by what the person can do. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|TLS|SSL/i
const UNRESOLVED = /ENOTFOUND|EAI_AGAIN|DNS|FailedToOpenSocket/i

function connectionFailure(error: unknown, { host, secrets }: FailureContext): Failure {
  const base = { status: null, requestId: null }
  if (error instanceof SyntaxError)
    return {
      ...base,
      category: "server_error",
      message: "The reply of the service was damaged on its way",
      retryable: true,
    }
  const code = codeOf(error)
  const shown = code === "" ? "" : ` (${safeLine(code, secrets)})`
  const name = (error as { readonly name?: unknown } | null)?.name
  if (name === "APIConnectionTimeoutError" || name === "TimeoutError")
    return { ...base, category: "timeout", message: `${host} did not answer in time`, retryable: true }
  if (CERTIFICATE.test(code))
    return {
      ...base,
      category: "no_network",
      message: `The certificate of ${host} is not trusted${shown}. Behind a company proxy, name its certificate in NODE_EXTRA_CA_CERTS.`,
      retryable: false,
    }
  const why = UNRESOLVED.test(code)
    ? "Cannot find or reach"
    : /RESET|Closed|EPIPE/i.test(code)
      ? "Lost the connection to"
      : "Cannot reach"
  return {
    ...base,
    category: "no_network",
    message: `${why} ${host}${shown}. Check the network, HTTPS_PROXY and ANTHROPIC_BASE_URL.`,
    retryable: true,
  }
}

/** The first error code in the chain of causes. */
function codeOf(error: unknown): string {
  let at: unknown = error
  for (let depth = 0; depth < 5 && typeof at === "object" && at !== null; depth++) {
    const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown }
    if (typeof code === "string" && code !== "") return code
    at = cause
  }
  return ""
}
