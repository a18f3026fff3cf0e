/** Who pays for a request. */
export interface Account {
  readonly email?: string
  readonly organization?: string
  /** `pro`, `max` … of a subscription. */
  readonly subscription?: string
}

export interface Credential {
  /** For people: where it comes from. */
  readonly source: string
  /** What the stream-json `init` message reports (spec/auth-and-storage.md section 1). */
  readonly apiKeySource: "ANTHROPIC_API_KEY" | "apiKeyHelper" | "/login managed key" | "none" | "oauth"
  /** Betas that requests with this credential must carry. */
  readonly betas: readonly string[]
  readonly account?: Account
  /** Where a profile wants its requests sent, unless ANTHROPIC_BASE_URL says otherwise. */
  readonly baseUrl?: string
  /**
   * Headers of one request; runs a helper or renews a token when it is time.
   * @throws CredentialError with a sentence for people. Secrets are in the headers and nowhere else: do not log them.
   */
  headers(signal?: AbortSignal): Promise<Record<string, string>>
  /** After the API answered 401: gets a new secret. False when there is none to get. */
  refresh(signal?: AbortSignal): Promise<boolean>
}

/** A sentence for people, without secrets. */
export class CredentialError extends Error {}

/** The beta that requests with a subscription token carry. */
export const OAUTH_BETA = "oauth-2025-04-20"
