import { createCredentialHolder } from "./credential-holder.ts"
import type { Payer } from "./payer.ts"
import type { Prepared } from "./prepare.ts"
import { proxyAuthOf } from "./proxy-auth-of.ts"
import { StartError } from "./start-error.ts"

export type { Payer } from "./payer.ts"

/** The Messages API with the first credential that is there; null when there is none. Throws `StartError`. */
export async function chooseApi(prepared: Prepared): Promise<Payer | null> {
  const { env, config, paths, flags, headless, state, cwd } = prepared
  const { chooseProvider } = await import("../config/provider.ts")
  const { provider } = orRefuse(() => chooseProvider(env))
  if (provider !== "firstParty") {
    const { payProvider } = await import("./pay-provider.ts")
    return payProvider(provider, prepared)
  }
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
  const holder = createCredentialHolder(credential, SIGN_IN)
  const ownUrl = env.ANTHROPIC_BASE_URL ? undefined : credential.baseUrl
  return {
    api: createApi({
      credential: holder,
      env,
      proxyAuth: proxyAuthOf(prepared),
      ...(ownUrl === undefined ? {} : { baseUrl: ownUrl }),
    }),
    label: `Signed in with ${credential.source}`,
    apiKeySource: credential.apiKeySource,
    betas: [],
    holder,
  }
}

function orRefuse<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error))
  }
}

const SIGN_IN_WAYS =
  "No credential found: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN, or apiKeyHelper in the settings)"
/** How to sign in, in one line; the ways that always work come first. */
export const SIGN_IN = `${SIGN_IN_WAYS}, see \`ccts auth login\`, or try \`ccts --demo\`.`
/** The same, where the demo runs already. */
export const SIGN_IN_FROM_DEMO = `${SIGN_IN_WAYS}, or see \`ccts auth login\`.`
