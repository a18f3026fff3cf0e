/** Token counts of one or several requests, in the API's own field names (spec/api.md section 3). */
export interface Usage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number
    readonly ephemeral_1h_input_tokens: number
  }
  readonly server_tool_use: { readonly web_search_requests: number; readonly web_fetch_requests: number }
  readonly service_tier: string | null
}

export const NO_USAGE: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
  service_tier: null,
}

/** Adds two usages field by field. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cache_creation_input_tokens: a.cache_creation_input_tokens + b.cache_creation_input_tokens,
    cache_read_input_tokens: a.cache_read_input_tokens + b.cache_read_input_tokens,
    cache_creation: {
      ephemeral_5m_input_tokens:
        a.cache_creation.ephemeral_5m_input_tokens + b.cache_creation.ephemeral_5m_input_tokens,
      ephemeral_1h_input_tokens:
        a.cache_creation.ephemeral_1h_input_tokens + b.cache_creation.ephemeral_1h_input_tokens,
    },
    server_tool_use: {
      web_search_requests: a.server_tool_use.web_search_requests + b.server_tool_use.web_search_requests,
      web_fetch_requests: a.server_tool_use.web_fetch_requests + b.server_tool_use.web_fetch_requests,
    },
    service_tier: b.service_tier ?? a.service_tier,
  }
}

/** Tokens the window held after the reply that reported this usage. */
export function contextTokens(usage: Usage): number {
  return (
    usage.input_tokens +
    usage.cache_creation_input_tokens +
    usage.cache_read_input_tokens +
    usage.output_tokens
  )
}

/** Fills the holes of a usage object as the API sends it: missing and null members become zero. */
export function toUsage(raw: unknown, base: Usage = NO_USAGE): Usage {
  if (typeof raw !== "object" || raw === null) return base
  const from = raw as Record<string, unknown>
  const cache = (from.cache_creation ?? {}) as Record<string, unknown>
  const server = (from.server_tool_use ?? {}) as Record<string, unknown>
  const count = (value: unknown, fallback: number) =>
    typeof value === "number" && Number.isFinite(value) ? value : fallback
  return {
    input_tokens: count(from.input_tokens, base.input_tokens),
    output_tokens: count(from.output_tokens, base.output_tokens),
    cache_creation_input_tokens: count(from.cache_creation_input_tokens, base.cache_creation_input_tokens),
    cache_read_input_tokens: count(from.cache_read_input_tokens, base.cache_read_input_tokens),
    cache_creation: {
      ephemeral_5m_input_tokens: count(
        cache.ephemeral_5m_input_tokens,
        base.cache_creation.ephemeral_5m_input_tokens,
      ),
      ephemeral_1h_input_tokens: count(
        cache.ephemeral_1h_input_tokens,
        base.cache_creation.ephemeral_1h_input_tokens,
      ),
    },
    server_tool_use: {
      web_search_requests: count(server.web_search_requests, base.server_tool_use.web_search_requests),
      web_fetch_requests: count(server.web_fetch_requests, base.server_tool_use.web_fetch_requests),
    },
    service_tier: typeof from.service_tier === "string" ? from.service_tier : base.service_tier,
  }
}
