import { describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { signInToServer } from "../../src/auth/server-sign-in.ts"
import { serverTokens } from "../../src/auth/server-tokens.ts"
import { configPaths } from "../../src/config/paths.ts"
import { authorizationServer } from "../auth/authorization-server.ts"
import { guardedServer } from "../auth/guarded-server.ts"
import { bun, stateOf, withServers } from "./servers-rig.ts"

const main = join(import.meta.dir, "../../src/main.ts")

describe("a server that lets in who has signed in", () => {
  test("waits for the sign-in, works after it, and its token is renewed when the server refuses it", async () => {
    await using service = await authorizationServer({ registration: true })
    const refused = new Set<string>()
    await using server = await guardedServer({
      issuer: service.base,
      knows: async (token) => !refused.has(token) && (await service.knows(token)),
    })
    const paths = configPaths({ HOME: realpathSync(mkdtempSync(join(tmpdir(), "ccts-sign-in-"))) })
    const place = { paths, env: {} }
    const target = { name: "far", url: server.url, headers: {} }
    await withServers(
      { far: { type: "http", url: server.url } },
      async ({ servers, run, until }) => {
        await until(() => stateOf(servers, "far") === "needs-auth")
        expect(servers.instructions()).toContain("sign in")
        // Looking whether there is a sign-in registers nobody.
        expect(service.events).toEqual([])
        await signInToServer(target, {
          ...place,
          signal: AbortSignal.timeout(30_000),
          onUrl: (url) => void service.browse(url),
        })
        servers.signedIn()
        await until(() => stateOf(servers, "far") === "connected")
        expect((await run("mcp__far__whoami")).output.content).toBe("somebody who signed in")
        refused.add(server.seen.at(-1) ?? "")
        expect((await run("mcp__far__whoami")).output.content).toBe("somebody who signed in")
        expect(service.events.filter((event) => event === "refresh token consumed")).toHaveLength(1)
      },
      {},
      ({ name, config }) =>
        "url" in config ? serverTokens({ name, url: config.url, headers: {} }, place) : null,
    )
  })

  test("that names no place to sign in has failed; so has one whose header is refused", async () => {
    await using server = await guardedServer({ issuer: null, knows: async () => false })
    const paths = configPaths({ HOME: realpathSync(mkdtempSync(join(tmpdir(), "ccts-sign-in-"))) })
    await withServers(
      {
        plain: { type: "http", url: server.url },
        signed: { type: "http", url: server.url, headers: { Authorization: "Bearer wrong" } },
      },
      async ({ servers, until }) => {
        await until(() => servers.status().every(({ status }) => status === "failed"))
        const [plain, signed] = servers.status()
        expect(plain?.error).toContain("names no place to sign in")
        expect(signed?.error).toContain("refuses the Authorization header")
      },
      {},
      ({ name, config }) =>
        "url" in config ? serverTokens({ name, url: config.url, headers: {} }, { paths, env: {} }) : null,
    )
  })
})

describe("ccts mcp login and logout", () => {
  test("prints the address, waits for the browser, keeps no secret in the configuration, and takes it back", async () => {
    await using service = await authorizationServer()
    await using server = await guardedServer({ issuer: service.base, knows: service.knows })
    const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-sign-in-")))
    const cwd = join(home, "work")
    mkdirSync(cwd)
    const start = (args: readonly string[], env: object = {}) =>
      Bun.spawn([bun, main, "mcp", ...args], {
        cwd,
        env: { PATH: process.env.PATH ?? "", HOME: home, CLAUDE_CONFIG_DIR: home, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 30_000,
      })
    const run = async (...args: string[]) => {
      const child = start(args)
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      return { code: await child.exited, stdout, stderr }
    }
    const secret = start(
      ["add", "-t", "http", "far", server.url, "--client-id", "ccts-of-a-person", "--client-secret"],
      { MCP_CLIENT_SECRET: "s3cret" },
    )
    expect(await secret.exited).toBe(0)
    const config = readFileSync(join(home, ".claude.json"), "utf8")
    expect(config).toContain("ccts-of-a-person")
    expect(config).not.toContain("s3cret")
    expect(readFileSync(join(home, "ccts", "credentials.json"), "utf8")).toContain("s3cret")
    // This client of the service has no secret.
    expect((await run("remove", "far")).code).toBe(0)
    expect(readFileSync(join(home, "ccts", "credentials.json"), "utf8")).not.toContain("s3cret")
    await run("add", "-t", "http", "far", server.url, "--client-id", "ccts-of-a-person")

    expect((await run("list")).stdout).toContain(`far: ${server.url} (HTTP) - ! Needs authentication`)
    const login = start(["login", "far", "--no-browser"])
    let said = ""
    for await (const chunk of login.stderr) {
      said += new TextDecoder().decode(chunk)
      const url = /\n {2}(http\S+)\n/.exec(said)?.[1]
      if (url === undefined) continue
      await service.browse(url)
      break
    }
    expect(await login.exited).toBe(0)
    expect((await run("list")).stdout).toContain(`far: ${server.url} (HTTP) - ✔ Connected`)
    expect((await run("logout", "far")).stdout).toBe("Signed out of far; the service has revoked it.\n")
    expect((await run("list")).stdout).toContain("! Needs authentication")
    const nobody = await run("login", "nobody")
    expect([nobody.code, nobody.stderr]).toEqual([1, "No MCP server found with name: nobody\n"])
  }, 60_000)
})
