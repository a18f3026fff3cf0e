import { describe, expect, test } from "bun:test"
import { inspect } from "node:util"
import { login } from "../../src/auth/oauth.ts"
import { oauthClient } from "../../src/auth/oauth-client.ts"
import { refreshTokens, revokeToken } from "../../src/auth/oauth-tokens.ts"
import { secret } from "../../src/auth/secret.ts"
import { oauthServer } from "./support.ts"

describe("signing in", () => {
  test("through the browser: PKCE, state, and a listener that is gone afterwards", async () => {
    using service = oauthServer()
    let callback = ""
    const tokens = await login({
      client: service.client,
      onUrls({ local }) {
        const { code, state, redirectUri } = service.agree(local)
        callback = `${redirectUri}?code=${code}&state=${state}`
        void fetch(callback)
      },
    })
    expect(tokens.accessToken.reveal()).toBe("access-1")
    expect(tokens.scopes).toEqual(["a", "b"])
    expect(inspect(tokens) + JSON.stringify(tokens) + String(tokens.accessToken)).not.toContain("access-1")
    expect(service.requests[0]).toMatchObject({ grant_type: "authorization_code", client_id: "test-client" })
    await expect(fetch(callback)).rejects.toThrow()
  })

  test("by pasting, also after wrong ones", async () => {
    using service = oauthServer()
    const wrong: string[] = []
    const shown = Promise.withResolvers<string>()
    async function* pasted() {
      const { code, state } = service.agree(await shown.promise)
      yield "nonsense"
      yield `${code}#another-state`
      yield `  ${code}#${state}\n`
    }
    const tokens = await login({
      client: service.client,
      onUrls: ({ paste }) => shown.resolve(paste ?? ""),
      pasted: pasted(),
      onWrongPaste: (message) => wrong.push(message),
    })
    expect(tokens.refreshToken?.reveal()).toBe("refresh-1")
    expect(wrong).toHaveLength(2)
  })

  test("strangers at the listener change nothing; the person's refusal ends it", async () => {
    using service = oauthServer()
    const statuses: number[] = []
    const attempt = login({
      client: service.client,
      async onUrls({ local }) {
        const { code, state, redirectUri } = service.agree(local)
        const get = async (query: string, init?: RequestInit) =>
          statuses.push((await fetch(`${redirectUri}${query}`, init)).status)
        await get(`?code=${code}`)
        await get(`?code=${code}&state=guess`)
        await get("?error=access_denied&state=guess")
        await get(`?code=${code}&state=${state}`, { method: "POST" })
        await get(`?state=${state}`)
        await get(`?error=${encodeURIComponent("<script>")}&state=${state}`)
      },
    })
    await expect(attempt).rejects.toThrow("the sign-in was refused (error)")
    expect(statuses.slice(0, 5)).toEqual([400, 400, 400, 404, 400])
    expect(service.requests).toEqual([])
  })

  test("ends at its deadline and when cancelled", async () => {
    using service = oauthServer()
    await expect(login({ client: service.client, onUrls: () => {}, timeoutMs: 10 })).rejects.toThrow(
      "nobody signed in within 0.01 s",
    )
    const cancel = new AbortController()
    const attempt = login({
      client: service.client,
      onUrls: () => cancel.abort(new Error("cancelled")),
      signal: cancel.signal,
    })
    await expect(attempt).rejects.toThrow("cancelled")
  })
})

describe("hostile answers of a token endpoint", () => {
  const answers: readonly (readonly [string, () => Response, string])[] = [
    ["no JSON", () => new Response("<html>hi"), "without a token"],
    ["no token", () => Response.json({ access_token: "" }), "without a token"],
    ["a header in the token", () => Response.json({ access_token: "a\r\nx-evil: 1" }), "without a token"],
    ["another type of token", () => Response.json({ access_token: "a", token_type: "mac" }), "unknown type"],
    ["an endless body", () => new Response("x".repeat(100_000)), "too long"],
    ["a redirect", () => Response.redirect("http://127.0.0.1:9/steal", 307), "cannot be reached"],
    [
      "a server error that repeats the secret",
      () => new Response("you sent refresh-0", { status: 500 }),
      "refused (500)",
    ],
    [
      "an error code that is none",
      () => Response.json({ error: "refresh-0 \u001b[31m" }, { status: 400 }),
      "refused (400)",
    ],
  ]
  for (const [name, answer, message] of answers) {
    test(`${name}: a clear error without the secret`, async () => {
      using service = oauthServer()
      service.instead.push(answer)
      const error = await refreshTokens(service.client, secret("refresh-0")).catch(
        (caught: unknown) => caught,
      )
      expect(String(error)).toContain(message)
      expect(inspect(error)).not.toContain("refresh-0")
    })
  }

  test("an absurd life of a token is not believed", async () => {
    using service = oauthServer()
    service.instead.push(() => Response.json({ access_token: "a", expires_in: 1e12 }))
    expect(await refreshTokens(service.client, secret("r"))).toMatchObject({
      expiresAt: null,
      refreshToken: null,
      scopes: [],
    })
  })

  test("signing out revokes, and does not fail when the service is away", async () => {
    const service = oauthServer()
    expect(await revokeToken(service.client, secret("t"))).toBe(true)
    expect(service.requests).toEqual([{ path: "/revoke", token: "t", client_id: "test-client" }])
    service[Symbol.dispose]()
    expect(await revokeToken(service.client, secret("t"))).toBe(false)
  })
})

describe("the OAuth client", () => {
  test("is the person's own or none, and speaks https", () => {
    expect(oauthClient({})).toBeNull()
    expect(oauthClient({ oauth: { clientId: "mine", scopes: ["x"] } })).toMatchObject({
      clientId: "mine",
      scopes: ["x"],
    })
    expect(() => oauthClient({ oauth: { clientId: "mine", tokenUrl: "http://example.com/t" } })).toThrow(
      "oauth.tokenUrl must be an https address",
    )
  })
})
