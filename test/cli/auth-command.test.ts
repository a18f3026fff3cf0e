import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { authorizationServer } from "../auth/authorization-server.ts"
import { ownPlace } from "./own-process.ts"

// Several starts of the program in each, on a machine that may be busy.
setDefaultTimeout(30_000)

const LOGIN = {
  claudeAiOauth: { accessToken: "secret-access", refreshToken: "secret-refresh", expiresAt: 4e12 },
}

describe("ccts auth", () => {
  test("status is JSON with exit code 1 when nobody pays, 0 when somebody does, also with broken settings", async () => {
    using place = ownPlace()
    const nobody = await place.run(["auth", "status"])
    expect(nobody.code).toBe(1)
    expect(JSON.parse(nobody.out)).toMatchObject({
      loggedIn: false,
      authMethod: "none",
      apiProvider: "firstParty",
    })
    place.write("home/.claude/settings.json", "{ broken")
    const key = await place.run(["auth", "status", "--text"], { ANTHROPIC_API_KEY: "secret-key" })
    expect(key).toMatchObject({ code: 0, err: "" })
    expect(key.out).toStartWith("Signed in: ANTHROPIC_API_KEY\nWhy: API key")
    expect(key.out).not.toContain("secret-key")
  })

  test("an existing login: noticed, not used; used after an agreement; not after logout, and left where it is", async () => {
    using place = ownPlace()
    const file = place.write("home/.claude/.credentials.json", LOGIN)
    const status = async () => JSON.parse((await place.run(["auth", "status"])).out)
    expect(await status()).toMatchObject({ loggedIn: false, others: [{ method: "existing-login" }] })
    const asked = await place.run(["auth", "login"])
    expect(asked.code).toBe(1)
    expect(asked.err).toContain("Anthropic's published terms")
    expect(asked.err).toContain("ccts auth login --existing")
    expect((await status()).loggedIn).toBe(false)

    const agreed = await place.run(["auth", "login", "--existing"])
    expect(agreed.code).toBe(0)
    expect(agreed.err).toContain("Anthropic's published terms")
    expect(await status()).toMatchObject({ loggedIn: true, authMethod: "existing-login", source: file })

    const out = await place.run(["auth", "logout"])
    expect(out.code).toBe(0)
    expect(out.err).toContain("that program stays signed in")
    expect((await status()).loggedIn).toBe(false)
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(LOGIN)
  })

  test("login and logout say what came of it as JSON, without a secret", async () => {
    using place = ownPlace()
    const file = place.write("home/.claude/.credentials.json", LOGIN)
    const agreed = await place.run(["auth", "login", "--existing", "--json"])
    expect([agreed.code, JSON.parse(agreed.out)]).toEqual([
      0,
      { ok: true, loggedIn: true, authMethod: "existing-login", source: file },
    ])
    const out = await place.run(["auth", "logout", "--json"])
    expect([out.code, JSON.parse(out.out)]).toEqual([0, { removed: null, revoked: false, withdrawn: true }])
    const refused = await place.run(["auth", "login", "--json"])
    expect([refused.code, JSON.parse(refused.out).ok]).toEqual([1, false])
    expect(agreed.out + agreed.err + out.out).not.toContain("secret")
  })

  test("forceLoginMethod refuses the other ways, in one line", async () => {
    using place = ownPlace()
    place.write("home/.claude/.credentials.json", LOGIN)
    place.write("home/.claude/settings.json", { forceLoginMethod: "console" })
    expect(await place.run(["auth", "login", "--claudeai"])).toMatchObject({
      code: 1,
      err: "The settings allow sign-in by the Console only (forceLoginMethod).\n",
    })
    await place.run(["auth", "login", "--existing"])
    const status = JSON.parse((await place.run(["auth", "status"])).out)
    expect(status.loggedIn).toBe(false)
    expect(status.others[0].why).toContain("forceLoginMethod")
  })

  test("without a client id login says so plainly, with the ways that work", async () => {
    using place = ownPlace()
    const { code, err } = await place.run(["auth", "login"])
    expect(code).toBe(1)
    expect(err).toContain("no OAuth client id of its own")
    expect(err).toContain("ANTHROPIC_API_KEY")
  })

  test("with a client of the person's own: the browser, a 0600 file, and the API sees its token", async () => {
    await using server = await authorizationServer()
    using place = ownPlace()
    const { client } = server
    place.write("home/.claude/settings.json", {
      oauth: {
        clientId: client.clientId,
        authorizeUrl: client.authorizeUrl,
        tokenUrl: client.tokenUrl,
        revokeUrl: client.revokeUrl,
        scopes: client.scopes,
      },
    })
    const child = Bun.spawn([...place.command, "auth", "login", "--no-browser"], {
      cwd: place.folder,
      env: place.environment,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      timeout: 20_000,
    })
    let err = ""
    for await (const part of child.stderr) {
      err += Buffer.from(part).toString()
      const address = /^ {2}(http\S+)$/m.exec(err)?.[1]
      if (address !== undefined && !err.includes("Signed in.")) void server.browse(address).catch(() => "")
    }
    expect(await child.exited).toBe(0)
    const stored = join(place.home, ".claude/ccts/credentials.json")
    const token = JSON.parse(readFileSync(stored, "utf8")).claudeAiOauth.accessToken
    expect(err).not.toContain(token)

    const seen: (string | null)[] = []
    await using api = Object.assign(
      Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch(request) {
          seen.push(request.headers.get("authorization"), request.headers.get("anthropic-beta"))
          return Response.json(
            {
              type: "error",
              error: {
                type: "authentication_error",
                message: "This credential is only authorized elsewhere.",
              },
            },
            { status: 403 },
          )
        },
      }),
      {},
    )
    const asked = await place.run(["-p", "hi"], { ANTHROPIC_BASE_URL: `http://127.0.0.1:${api.port}` })
    expect(seen[0]).toBe(`Bearer ${token}`)
    expect(seen[1]).toContain("oauth-2025-04-20")
    expect(asked.code).toBe(1)
    expect(`${asked.out}${asked.err}`).toContain("This credential is only authorized elsewhere.")
    expect(`${asked.out}${asked.err}`).toContain("Ways that work: an API key (ANTHROPIC_API_KEY)")

    const out = await place.run(["auth", "logout"])
    expect(out.err).toContain("the service has revoked it")
    expect(existsSync(stored)).toBe(true)
    expect(readFileSync(stored, "utf8")).not.toContain(token)
  })

  test("unknown words and flags are refused by name; --help works at both levels", async () => {
    using place = ownPlace()
    expect(await place.run(["auth", "sing"])).toMatchObject({
      code: 1,
      err: 'There is no "sing" here; there is status, login, logout.\n',
    })
    expect((await place.run(["auth", "status", "--yaml"])).err).toBe("Unknown flag --yaml; see --help.\n")
    expect((await place.run(["auth", "login", "--help"])).out).toContain("--no-browser")
  })
})
