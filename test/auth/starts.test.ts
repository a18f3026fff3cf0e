import { expect, test } from "bun:test"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"
import { oauthServer } from "./support.ts"

const PROCESSES = 20
const EACH = 25

/** Both kinds of stored login: another program's, and our own. */
for (const kind of ["another program's", "our own"] as const)
  test(`500 starts in ${PROCESSES} processes with an ended login (${kind}) make one request for a new one`, async () => {
    using service = oauthServer()
    using home = tempDir()
    const paths = configPaths({}, { home: home.path })
    const file = kind === "our own" ? join(paths.ownDir, "credentials.json") : paths.credentialsFile
    mkdirSync(paths.ownDir, { recursive: true })
    const login = { accessToken: "access-0", refreshToken: "refresh-0", expiresAt: 1 }
    writeFileSync(file, JSON.stringify({ claudeAiOauth: login, other: { kept: 1.0 } }))
    const oauth = JSON.stringify({ ...service.client, redirectUrl: service.client.pasteRedirectUrl })
    const script = join(import.meta.dir, "start-many.ts")
    const children = Array.from({ length: PROCESSES }, () =>
      Bun.spawn([process.execPath, script, home.path, oauth, String(EACH)], {
        env: { PATH: process.env.PATH ?? "", HOME: home.path },
        stdout: "pipe",
        stderr: "inherit",
        timeout: 60_000,
      }),
    )
    const outputs = await Promise.all(children.map((child) => new Response(child.stdout).text()))
    expect([...new Set(outputs)]).toEqual(["Bearer access-1\n"])
    expect(service.requests).toHaveLength(1)
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      claudeAiOauth: { accessToken: "access-1", refreshToken: "refresh-1" },
      other: { kept: 1 },
    })
  }, 60_000)
