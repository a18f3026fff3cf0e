import { expect, test } from "bun:test"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { resolveCredential } from "../../src/auth/resolve.ts"
import { signIn, signOut } from "../../src/auth/sign-in.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"
import { authorizationServer } from "./authorization-server.ts"

function place(client: Awaited<ReturnType<typeof authorizationServer>>["client"]) {
  const home = tempDir()
  const paths = configPaths({}, { home: home.path })
  const oauth = {
    clientId: client.clientId,
    authorizeUrl: client.authorizeUrl,
    tokenUrl: client.tokenUrl,
    revokeUrl: client.revokeUrl,
    scopes: client.scopes,
  }
  return {
    paths,
    file: join(paths.ownDir, "credentials.json"),
    where: { paths, env: {}, settings: { oauth } },
    [Symbol.dispose]: () => home[Symbol.dispose](),
  }
}

test("signing in, renewing with rotation and signing out against a real authorisation server", async () => {
  await using server = await authorizationServer()
  using it = place(server.client)
  let page: Promise<string> | null = null
  await signIn(it.where, server.client, {
    onUrls({ local }) {
      page = server.browse(local)
    },
    signal: AbortSignal.timeout(10_000),
  })
  expect(await (page as Promise<string> | null)).toContain("You are signed in.")
  const stored = () => JSON.parse(readFileSync(it.file, "utf8")).claudeAiOauth
  const first = stored()
  expect([typeof first.accessToken, typeof first.refreshToken]).toEqual(["string", "string"])
  expect(statSync(it.file).mode & 0o777).toBe(0o600)

  const credential = await resolveCredential({ ...it.where, agreed: false })
  expect(credential?.source).toStartWith("login of ccts")
  expect(await credential?.headers()).toEqual({ authorization: `Bearer ${first.accessToken}` })

  expect(await credential?.refresh()).toBe(true)
  const second = stored()
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect(await credential?.headers()).toEqual({ authorization: `Bearer ${second.accessToken}` })
  expect(server.events).toEqual([
    "granted authorization_code",
    "refresh token consumed",
    "granted refresh_token",
  ])

  expect(await signOut(it.where)).toMatchObject({ removed: it.file, revoked: true })
  expect(stored()).toBeUndefined()
  expect(await resolveCredential({ ...it.where, agreed: false })).toBeNull()
})

test("a refresh token that was used elsewhere is refused in the service's own words, with the ways that work", async () => {
  await using server = await authorizationServer()
  using it = place(server.client)
  await signIn(it.where, server.client, {
    onUrls: ({ local }) => void server.browse(local),
    signal: AbortSignal.timeout(10_000),
  })
  const before = readFileSync(it.file, "utf8")
  const thief = await resolveCredential({ ...it.where, agreed: false })
  expect(await thief?.refresh()).toBe(true)
  const old = JSON.parse(before)
  old.claudeAiOauth.expiresAt = 1
  writeFileSync(it.file, JSON.stringify(old))
  const late = await resolveCredential({ ...it.where, agreed: false })
  const error = await late?.headers().catch((caught: unknown) => caught)
  expect(String(error)).toContain(
    "the sign-in service refused (400 invalid_grant): “grant request is invalid”",
  )
  expect(String(error)).toContain("ANTHROPIC_API_KEY")
  expect(String(error)).not.toContain(old.claudeAiOauth.refreshToken)
})
