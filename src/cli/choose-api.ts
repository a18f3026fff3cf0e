import type { ApiPort } from "../model/api.ts"
import type { Prepared } from "./prepare.ts"

/** Who answers, and who pays for it. */
export interface Payer {
  readonly api: ApiPort & { prewarm?(): Promise<void> }
  /** For people: `API key from ANTHROPIC_API_KEY`. */
  readonly label: string
  /** For hosts (spec/headless.md, `apiKeySource`). */
  readonly apiKeySource: string
}

/** The Messages API with the first credential that is there; null when there is none. */
export async function chooseApi(prepared: Prepared): Promise<Payer | null> {
  const { env, config, paths, trusted, flags } = prepared
  const [{ resolveCredential }, { createApi }] = await Promise.all([
    import("../auth/resolve-credential.ts"),
    import("../api/client.ts"),
  ])
  const credential = await resolveCredential({
    env,
    settings: config.settings,
    paths,
    trusted,
    bare: flags.bare === true,
  })
  if (credential === null) return null
  const api = createApi({ credential, env })
  return { api, label: credential.source, apiKeySource: credential.apiKeySource }
}

/** How to sign in, in one line; the ways that always work come first. */
export const SIGN_IN =
  "No credential found: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN, or apiKeyHelper in the settings), or try `ccts --demo`."
