import type { Provider } from "../config/provider.ts"
import type { ApiPort } from "../model/api.ts"
import type { CredentialHolder } from "./credential-holder.ts"

/** Who answers, and who pays for it. */
export interface Payer {
  readonly api: ApiPort & { prewarm?(): Promise<void> }
  /** For people: `API key from ANTHROPIC_API_KEY`. */
  readonly label: string
  /** For hosts (spec/headless.md, `apiKeySource`). */
  readonly apiKeySource: string
  /** Betas that requests with this credential must carry; empty where they go with the credential itself. */
  readonly betas: readonly string[]
  /** Which service answers; default the API itself. */
  readonly provider?: Provider
  /** Absent where a provider pays with credentials of its own. */
  readonly holder?: CredentialHolder
}
