import { createHash } from "node:crypto"
import type { OAuthClient } from "../../src/auth/oauth-client.ts"

/** A small OAuth service on loopback: codes with PKCE, refresh tokens that work once. */
export function oauthServer() {
  const requests: Record<string, string>[] = []
  const challenges = new Map<string, { challenge: string; redirectUri: string }>()
  let valid = "refresh-0"
  let serial = 0
  /** Answers this instead, once per entry. */
  const instead: (() => Response | Promise<Response>)[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const body = (await request.json()) as Record<string, string>
      requests.push({ path: url.pathname, ...body })
      const odd = instead.shift()
      if (odd) return odd()
      if (url.pathname === "/revoke") return new Response(null, { status: 200 })
      if (body.grant_type === "refresh_token") {
        // Time for others to come in between.
        await Bun.sleep(20)
        if (body.refresh_token !== valid) return Response.json({ error: "invalid_grant" }, { status: 400 })
      } else {
        const asked = challenges.get(body.code ?? "")
        const challenge = createHash("sha256")
          .update(body.code_verifier ?? "")
          .digest("base64url")
        challenges.delete(body.code ?? "")
        if (!asked || asked.challenge !== challenge || asked.redirectUri !== body.redirect_uri) {
          return Response.json({ error: "invalid_grant" }, { status: 400 })
        }
      }
      serial++
      valid = `refresh-${serial}`
      return Response.json({
        access_token: `access-${serial}`,
        refresh_token: valid,
        expires_in: 3600,
        scope: "a b",
        token_type: "Bearer",
      })
    },
  })
  const base = `http://127.0.0.1:${server.port}`
  const client: OAuthClient = {
    clientId: "test-client",
    authorizeUrl: `${base}/authorize`,
    tokenUrl: `${base}/token`,
    revokeUrl: `${base}/revoke`,
    pasteRedirectUrl: `${base}/shown`,
    scopes: ["a", "b"],
    tokenFormat: "json",
  }
  return {
    client,
    requests,
    instead,
    /** What the person does in the browser: agrees, and gets a code for this address. */
    agree(address: string): { code: string; state: string; redirectUri: string } {
      const query = new URL(address).searchParams
      const code = `code-${crypto.randomUUID()}`
      const redirectUri = query.get("redirect_uri") ?? ""
      challenges.set(code, { challenge: query.get("code_challenge") ?? "", redirectUri })
      return { code, state: query.get("state") ?? "", redirectUri }
    },
    [Symbol.dispose]: () => void server.stop(true),
  }
}
