import type { ApiPort } from "../model/api.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** Who answers, and who pays for it. */
export interface Payer {
  readonly api: ApiPort & { prewarm?(): Promise<void> }
  /** For people: `API key from ANTHROPIC_API_KEY`. */
  readonly label: string
  /** For hosts (spec/headless.md, `apiKeySource`). */
  readonly apiKeySource: string
  /** Betas that requests with this credential must carry. */
  readonly betas: readonly string[]
}

/** The Messages API with the first credential that is there; null when there is none. Throws `StartError`. */
export async function chooseApi({
  env,
  config,
  paths,
  flags,
  headless,
  state,
  cwd,
}: Prepared): Promise<Payer | null> {
  const [{ resolveCredential }, { hasAgreed }, { createApi }] = await Promise.all([
    import("../auth/resolve.ts"),
    import("../auth/agreement.ts"),
    import("../api/client.ts"),
  ])
  const credential = await resolveCredential({
    env,
    settings: config.settings,
    paths,
    cwd,
    agreed: hasAgreed(paths),
    ...(flags.bare === true ? { bare: true } : {}),
    ...(headless ? {} : { askedAbout: state }),
  }).catch((error: unknown) => {
    throw new StartError(error instanceof Error ? error.message : String(error))
  })
  if (credential === null) return null
  return {
    api: createApi({ credential, env }),
    label: `Signed in with ${credential.source}`,
    apiKeySource: credential.apiKeySource,
    betas: credential.betas,
  }
}

/** How to sign in, in one line; the ways that always work come first. */
export const SIGN_IN =
  "No credential found: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN, or apiKeyHelper in the settings), or try `ccts --demo`."
