/** The SDK's OAuth client over a server's record. What it saves is on disk before the SDK goes on. */
import type { OAuthClientProvider, OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js"
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from "@modelcontextprotocol/sdk/shared/auth.js"
import { CredentialError } from "./credential.ts"
import { isToken } from "./login-store.ts"
import type { ServerRecord } from "./server-records.ts"

/** Longest life of a token that is believed: two years, in seconds. */
const LIFE_MAX_S = 2 * 366 * 24 * 3600

export interface ProviderOptions {
  /** What is on disk; replaced by what is saved. */
  record: ServerRecord
  save(parts: Partial<ServerRecord>): Promise<void>
  /** `oauth.clientId` of the entry. */
  readonly clientId: string | undefined
  readonly redirectUri: string
  readonly state: string
  readonly discovery: OAuthDiscoveryState
  /** A new sign-in: no earlier token is looked at. */
  readonly fresh: boolean
  /** Called with the address to open; throws where nobody can sign in. */
  redirect(url: URL): void
}

export function serverProvider(options: ProviderOptions): OAuthClientProvider {
  const { clientId, redirectUri, discovery } = options
  let verifier = ""
  const save = async (parts: Partial<ServerRecord>) => {
    await options.save(parts)
    options.record = { ...options.record, ...parts }
  }
  return {
    redirectUrl: redirectUri,
    clientMetadata: metadataOf(redirectUri),
    state: () => options.state,
    discoveryState: () => discovery,
    clientInformation: () => clientOf(options),
    async saveClientInformation(client: OAuthClientInformationMixed) {
      if (clientId !== undefined && client.client_id !== clientId)
        throw new CredentialError(
          "the server names another sign-in service than the one its client id is for",
        )
      // The secret of a configured client has a place of its own.
      const { client_secret: _, ...open } = client
      await save({ client: clientId === undefined ? client : open, redirectUri })
    },
    tokens: () => (options.fresh ? undefined : (options.record.tokens ?? undefined)),
    async saveTokens(tokens: OAuthTokens) {
      if (!isToken(tokens.access_token) || tokens.token_type.toLowerCase() !== "bearer")
        throw new CredentialError("the sign-in service sent a token that cannot be used")
      const life = tokens.expires_in
      const known = life !== undefined && life > 0 && life <= LIFE_MAX_S
      await save({ tokens, expiresAt: known ? Date.now() + life * 1000 : null })
    },
    redirectToAuthorization: (url) => options.redirect(url),
    saveCodeVerifier(text) {
      verifier = text
    },
    codeVerifier: () => verifier,
    async invalidateCredentials(scope) {
      if (scope === "tokens" || scope === "all") await save({ tokens: null, expiresAt: null })
      if ((scope === "client" || scope === "all") && clientId === undefined) await save({ client: null })
    },
  }
}

function clientOf({
  clientId,
  record,
  redirectUri,
  fresh,
}: ProviderOptions): OAuthClientInformationMixed | undefined {
  const { client, clientSecret } = record
  if (clientId !== undefined) {
    return {
      client_id: clientId,
      ...(clientSecret !== null && { client_secret: clientSecret }),
      ...(client?.client_id === clientId && client.issuer !== undefined && { issuer: client.issuer }),
    }
  }
  // Registered for another redirect: the service would refuse this one.
  if (client === null || (fresh && record.redirectUri !== redirectUri)) return undefined
  return client
}

function metadataOf(redirectUri: string): OAuthClientMetadata {
  const native = { application_type: "native" }
  return {
    ...native,
    client_name: "ccts",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  }
}
