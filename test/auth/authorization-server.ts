/** A real OAuth 2.1 authorisation server (oidc-provider) on loopback: PKCE required, refresh tokens that rotate, revocation. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Provider } from "oidc-provider"
import type { OAuthClient } from "../../src/auth/oauth-client.ts"

/** Follows redirects and keeps cookies, until there is no further one or `stop` says so. */
async function walk(address: string, stop: (url: string) => boolean): Promise<Response> {
  const cookies = new Map<string, string>()
  let url = address
  for (let step = 0; step < 12; step++) {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const next = answer.headers.get("location")
    if (next === null) return answer
    url = new URL(next, url).href
    if (stop(url)) return answer
  }
  throw new Error("too many redirects")
}

export interface ServerChoices {
  /** Clients may register themselves (RFC 7591). */
  readonly registration?: boolean
  /** Seconds that an access token lives. */
  readonly tokenSeconds?: number
}

export async function authorizationServer({ registration = false, tokenSeconds = 3600 }: ServerChoices = {}) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  const provider = new Provider(base, {
    clients: [
      {
        client_id: "ccts-of-a-person",
        application_type: "native",
        token_endpoint_auth_method: "none",
        // RFC 8252 section 7.3: any port of loopback.
        redirect_uris: ["http://localhost/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    scopes: ["openid", "offline_access"],
    features: {
      revocation: { enabled: true },
      devInteractions: { enabled: false },
      registration: { enabled: registration },
      // RFC 8707: any MCP server on loopback may be named as the one a token is for.
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "mcp", accessTokenFormat: "opaque" }),
      },
    },
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: tokenSeconds,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 600,
    },
    cookies: { keys: ["test"] },
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    // The person is signed in at the service and agrees to everything.
    interactions: { url: (_, interaction) => `/agree/${interaction.uid}` },
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? "",
        accountId: context.oidc.session?.accountId ?? "",
      })
      grant.addOIDCScope("openid offline_access")
      const { resource } = context.oidc.params ?? {}
      if (typeof resource === "string") grant.addResourceScope(resource, "mcp")
      await grant.save()
      return grant
    },
  })
  const events: string[] = []
  provider.on("grant.success", (context) => events.push(`granted ${context.oidc.params?.grant_type}`))
  provider.on("grant.error", (_, error) => events.push(`refused ${error.error}`))
  provider.on("refresh_token.consumed", () => events.push("refresh token consumed"))
  provider.on("registration_create.success", () => events.push("registered"))
  provider.on("grant.revoked", () => events.push("grant revoked"))
  const callback = provider.callback()
  server.on("request", async (request, response) => {
    if (!request.url?.startsWith("/agree/")) return callback(request, response)
    await provider.interactionFinished(request, response, { login: { accountId: "person" }, consent: {} })
  })
  const client: OAuthClient = {
    clientId: "ccts-of-a-person",
    authorizeUrl: `${base}/auth`,
    tokenUrl: `${base}/token`,
    revokeUrl: `${base}/token/revocation`,
    pasteRedirectUrl: null,
    scopes: ["openid", "offline_access"],
    tokenFormat: "form",
  }
  return {
    client,
    base,
    events,
    /** Whether the service gave this token and it still counts. */
    async knows(token: string): Promise<boolean> {
      return (await provider.AccessToken.find(token)) !== undefined
    },
    /** A browser of a person who agrees: settles with the last page's text. */
    browse: async (address: string): Promise<string> => (await walk(address, () => false)).text(),
    /** The same on another machine: the address at which the browser ends, which is not there. */
    async answerOf(address: string): Promise<string> {
      let last = ""
      await walk(address, (url) => {
        last = url
        return url.startsWith("http://localhost:")
      })
      return last
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
