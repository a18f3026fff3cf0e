import type { Env } from "../config/paths.ts"
export interface Credential {
  readonly source: string
  readonly apiKeySource: string
  headers(): Promise<Record<string, string>>
  refresh(): Promise<boolean>
}
export async function resolveCredential(options: {
  env: Env
  settings?: unknown
  paths?: unknown
  trusted?: boolean
  bare?: boolean
}): Promise<Credential | null> {
  const { env } = options
  const token = env.ANTHROPIC_AUTH_TOKEN
  const key = env.ANTHROPIC_API_KEY
  if (token)
    return {
      source: "ANTHROPIC_AUTH_TOKEN",
      apiKeySource: "none",
      headers: async () => ({ authorization: `Bearer ${token}` }),
      refresh: async () => false,
    }
  if (key)
    return {
      source: "ANTHROPIC_API_KEY",
      apiKeySource: "ANTHROPIC_API_KEY",
      headers: async () => ({ "x-api-key": key }),
      refresh: async () => false,
    }
  return null
}
