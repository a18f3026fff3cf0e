/**
 * The Messages API over HTTP. Guarantees that every `stream` ends with exactly one `done` or `failed`: attempts are
 * bounded, each has deadlines, and the abort of the signal ends any state within milliseconds.
 */
import { backoffMs, pause } from "../lib/backoff.ts"
import type { ApiFailure, ApiItem, ApiPort, MessagesRequest, StreamOptions } from "../model/api.ts"
import { type AttemptEnd, attempt, type Deadlines, loadSdk } from "./attempt.ts"
import { classifyFailure, type Failure, safeLine } from "./classify-failure.ts"
import type { Env } from "./models.ts"
import { type NetworkOptions, networkOptions, withProxyAuth } from "./network.ts"
import type { Provider } from "./providers/provider.ts"
import { customHeaders, requestBody, requestHeaders } from "./request-headers.ts"
import { settle } from "./settle.ts"

/** Who pays. `auth/` implements it. */
export interface CredentialPort {
  /** `x-api-key` or `authorization`, and what else belongs to it. Rejects with one line for people when there is none. */
  headers(): Promise<Readonly<Record<string, string>>>
  /** After a 401: gets a new credential; false when there is no other to be had. */
  refresh(): Promise<boolean>
  /** What to say after the service's own words when it refuses this credential. */
  readonly advice?: string | undefined
}

export interface ApiOptions {
  readonly credential: CredentialPort
  readonly env: Env
  /** Default: ANTHROPIC_BASE_URL, else the service itself. */
  readonly baseUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof globalThis.fetch
  /** Value of the proxy's authorization header, where a proxy is used (setting `proxyAuthHelper`). */
  readonly proxyAuth?: (() => Promise<string>) | undefined
  /** Another service that speaks for the API; it decides where requests go. */
  readonly provider?: Provider
  /** Milliseconds. Defaults: spec/cli.md section 5.1. */
  readonly deadlines?: Partial<Deadlines>
  /** Milliseconds of back-off. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number }
}

export interface Api extends ApiPort {
  /** Loads the SDK and opens a connection, so that the first request leaves sooner. Never rejects. */
  prewarm(): Promise<void>
}

const BASE_URL = "https://api.anthropic.com"
const MAX_RETRIES = 10
const RETRIES_CAP = 15
/** A reply that breaks off has cost tokens: it is not asked for without end. */
const MAX_BROKEN_REPLIES = 3
/** A service that asks for a longer wait is reported instead of waited for. */
const MAX_RETRY_AFTER_MS = 300_000
const BACKOFF = { baseMs: 500, capMs: 32_000 }
const DEADLINES: Deadlines = { firstByteMs: 600_000, idleMs: 300_000, silentMs: 10_000, tickMs: 1000 }

export function createApi(options: ApiOptions): Api {
  const { env } = options
  const baseUrl = (options.baseUrl || env.ANTHROPIC_BASE_URL || BASE_URL).replace(/\/+$/, "")
  return {
    stream: (request, streamOptions) => stream(request, streamOptions, { ...options, baseUrl }),
    async prewarm() {
      try {
        await loadSdk()
        if (options.provider !== undefined) return await options.provider.prepare()
        const { proxy } = await networkOptions(baseUrl, env)
        if (!proxy) globalThis.fetch.preconnect?.(baseUrl)
      } catch {
        // The request itself will say what is wrong.
      }
    },
  }
}

type Config = ApiOptions & { readonly baseUrl: string }

function number(value: string | undefined, fallback: number): number {
  const parsed = Number(value)
  return value?.trim() && Number.isFinite(parsed) && parsed >= 0 ? parsed : fallback
}

function deadlinesOf({ env, deadlines }: Config): Deadlines {
  const idle = number(env.CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS, DEADLINES.idleMs)
  return {
    ...DEADLINES,
    firstByteMs: number(env.API_TIMEOUT_MS, DEADLINES.firstByteMs) || DEADLINES.firstByteMs,
    idleMs: number(env.CLAUDE_STREAM_IDLE_TIMEOUT_MS, idle) || DEADLINES.idleMs,
    ...deadlines,
  }
}

const ABORTED: ApiFailure = { category: "aborted", status: null, message: "Interrupted", requestId: null }

async function* stream(
  request: MessagesRequest,
  options: StreamOptions,
  config: Config,
): AsyncGenerator<ApiItem> {
  const { signal } = options
  const { env } = config
  const maxRetries = Math.min(RETRIES_CAP, Math.floor(number(env.CLAUDE_CODE_MAX_RETRIES, MAX_RETRIES)))
  const patient = /^(1|true|yes|on)$/i.test(env.CLAUDE_CODE_RETRY_WATCHDOG ?? "")
  const secrets = new Set(Object.values(customHeaders(env.ANTHROPIC_CUSTOM_HEADERS)))
  const { provider } = config
  const model = provider?.modelId(request.model) ?? request.model
  let refreshed = false
  let failures = 0
  let broken = 0
  let baseUrl: string
  let prepared: Prepared
  try {
    baseUrl = provider?.baseUrl(model) ?? config.baseUrl
    prepared = await settle(prepare(wireRequest(request, model, provider), { ...config, baseUrl }), signal)
  } catch (error) {
    const failure = local("invalid_request", error, [...secrets])
    yield { type: "failed", failure: signal.aborted ? ABORTED : failure }
    return
  }
  const { proxy } = prepared.network
  if (typeof proxy === "object") for (const value of Object.values(proxy.headers)) secrets.add(value)
  for (let count = 1; ; count++) {
    let headers: Readonly<Record<string, string>>
    try {
      const credential = await settle(config.credential.headers(), signal)
      for (const value of Object.values(credential)) secrets.add(value.replace(/^Bearer /i, ""))
      const more = { ...provider?.headers, ...config.headers }
      headers = requestHeaders({ request, options, credential, more, env })
    } catch (error) {
      const failure = local("authentication_failed", error, [...secrets])
      yield { type: "failed", failure: signal.aborted ? ABORTED : failure }
      return
    }
    yield { type: "sent", attempt: count }
    let hasContent = false
    const running = attempt({
      baseUrl,
      headers,
      body: prepared.body,
      ...(provider === undefined
        ? {}
        : { connect: (fetch) => provider.client({ model, fetch }), blank: provider.blank }),
      network: prepared.network,
      deadlines: deadlinesOf(config),
      fetch: config.fetch ?? globalThis.fetch,
      signal,
    })
    let end: AttemptEnd
    try {
      let next = await running.next()
      while (!next.done) {
        hasContent ||= next.value.type === "event"
        yield next.value
        next = await running.next()
      }
      end = next.value
    } finally {
      // The reader may leave in the middle.
      await running.return({ type: "aborted" })
    }
    if (end.type === "complete") {
      yield { type: "done", requestId: end.requestId }
      return
    }
    if (end.type === "aborted" || signal.aborted) {
      yield { type: "failed", failure: ABORTED }
      return
    }
    const { retryable, ...plain } = failureOf(end, { host: hostOf(baseUrl), secrets: [...secrets] })
    const failure = advised(plain, config.credential.advice)
    let delayMs = 0
    if (needsRenewal(failure, provider) && !refreshed) {
      refreshed = true
      const isNew = await settle(config.credential.refresh(), signal).catch(() => false)
      if (!isNew || signal.aborted) {
        yield { type: "failed", failure: signal.aborted ? ABORTED : failure }
        return
      }
    } else {
      if (hasContent) broken++
      const waits = patient && (failure.category === "rate_limit" || failure.category === "overloaded")
      if (!waits) failures++
      const asked = failure.retryAfterMs ?? 0
      const isOver = failures > maxRetries || broken > MAX_BROKEN_REPLIES || asked > MAX_RETRY_AFTER_MS
      if (!retryable || (isOver && !(waits && asked <= MAX_RETRY_AFTER_MS))) {
        yield { type: "failed", failure: giveUp(failure, retryable ? count : 1) }
        return
      }
      delayMs = Math.max(asked, backoffMs(Math.max(1, failures), config.backoff ?? BACKOFF))
    }
    yield { type: "retry", attempt: count, maxRetries, delayMs, failure }
    if (delayMs > 0 && !(await pause(delayMs, signal))) {
      yield { type: "failed", failure: ABORTED }
      return
    }
  }
}

interface Prepared {
  readonly body: string
  readonly network: NetworkOptions
}

function advised(failure: ApiFailure, advice: string | undefined): ApiFailure {
  if (advice === undefined || failure.category !== "authentication_failed") return failure
  return { ...failure, message: `${failure.message.replace(/[.\s]*$/, ".")} ${advice}` }
}

/** Cloud providers answer 403 for keys that have ended. */
function needsRenewal({ status }: ApiFailure, provider: Provider | undefined): boolean {
  return status === 401 || (status === 403 && provider !== undefined)
}

/** The request under the provider's own model id and version. */
function wireRequest(
  request: MessagesRequest,
  model: string,
  provider: Provider | undefined,
): MessagesRequest & { readonly anthropic_version?: string } {
  if (provider === undefined) return request
  const { bodyVersion } = provider
  return { ...request, model, ...(bodyVersion === undefined ? {} : { anthropic_version: bodyVersion }) }
}

async function prepare(
  request: MessagesRequest,
  { baseUrl, env, proxyAuth }: Pick<Config, "baseUrl" | "env" | "proxyAuth">,
): Promise<Prepared> {
  if (!URL.canParse(baseUrl)) throw new Error(`ANTHROPIC_BASE_URL is not a URL: ${baseUrl}`)
  const network = await withProxyAuth(await networkOptions(baseUrl, env), proxyAuth)
  return { body: requestBody(request, env), network }
}

function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl
}

/** What failed before anything was sent. */
function local(category: ApiFailure["category"], error: unknown, secrets: readonly string[]): ApiFailure {
  const message = safeLine(error instanceof Error ? error.message : String(error), secrets)
  return { category, status: null, message, requestId: null }
}

function failureOf(
  end: Exclude<AttemptEnd, { type: "complete" | "aborted" }>,
  context: Parameters<typeof classifyFailure>[1],
): Failure {
  switch (end.type) {
    case "error": {
      const failure = classifyFailure(end.error, context)
      return { ...failure, requestId: failure.requestId ?? end.requestId }
    }
    case "stalled":
      return {
        category: "timeout",
        status: null,
        message: `No data from ${context.host} for ${Math.round(end.silentMs / 1000)} s`,
        requestId: null,
        retryable: true,
      }
    case "cut":
      return {
        category: "server_error",
        status: null,
        message: `The reply of ${context.host} broke off`,
        requestId: end.requestId,
        retryable: true,
      }
  }
}

function giveUp(failure: ApiFailure, attempts: number): ApiFailure {
  const wait =
    (failure.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS
      ? ` Try again in ${Math.ceil((failure.retryAfterMs ?? 0) / 60_000)} minutes.`
      : ""
  const tries = attempts > 1 ? ` (after ${attempts} attempts)` : ""
  return { ...failure, message: `${failure.message}${tries}${wait}` }
}
