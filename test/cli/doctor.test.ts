import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { statSync } from "node:fs"
import type { Finding } from "../../src/cli/doctor/finding.ts"
import { ownPlace } from "./own-process.ts"

// Several starts of the program in each, on a machine that may be busy.
setDefaultTimeout(30_000)

interface Report {
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

async function diagnose(place: ReturnType<typeof ownPlace>, args: readonly string[] = [], env = {}) {
  const { code, out } = await place.run(["doctor", "--json", ...args], env)
  const report = JSON.parse(out) as Report
  return {
    code,
    ...report,
    bad: (area: string) => report.findings.filter((one) => one.area === area && one.level !== "ok"),
  }
}

describe("ccts doctor", () => {
  test("looks at every area and is content with a good installation", async () => {
    using place = ownPlace()
    place.write("home/.claude.json", { projects: { [place.folder]: { hasTrustDialogAccepted: true } } })
    const { code, ok, findings } = await diagnose(place, [], { ANTHROPIC_API_KEY: "secret-key" })
    expect([code, ok]).toEqual([0, true])
    expect([...new Set(findings.map(({ area }) => area))]).toEqual([
      "version",
      "terminal",
      "credentials",
      "settings",
      "mcp",
      "hooks",
      "disk",
      "sandbox",
    ])
    expect(JSON.stringify(findings)).not.toContain("secret-key")
  })

  test("says what is broken, where, and how to mend it", async () => {
    using place = ownPlace()
    const settings = place.write(
      "home/.claude/settings.json",
      '{\n "cleanupPeriodDays": 0,\n "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "/no/such/hook"}]}]}\n}',
    )
    const local = place.write("work/.claude/settings.local.json", "{")
    place.write("work/.mcp.json", {
      mcpServers: {
        gone: { command: "no-such-command-here" },
        odd: { url: "not an address" },
        fine: { command: "sh" },
      },
    })
    place.write("home/.claude.json", "{ broken")
    const { code, bad } = await diagnose(place)
    expect(code).toBe(1)
    expect(bad("credentials")[0]?.fix).toContain("ANTHROPIC_API_KEY")
    expect(bad("settings").map(({ text }) => text)).toEqual([
      `${settings}:2: cleanupPeriodDays: must be a whole number from 1 to 36500`,
      `${local}:1: is not valid JSON; nothing of it is used`,
      expect.stringContaining(".claude.json is not valid JSON"),
      expect.stringContaining("has not been trusted"),
    ])
    expect(bad("mcp").map(({ text }) => text)).toEqual([
      "gone (.mcp.json): command not found: no-such-command-here",
      "odd (.mcp.json): its url is no address: not an address",
    ])
    expect(bad("hooks").map(({ text }) => text)).toEqual(["Stop: /no/such/hook does not exist"])
  })

  test("credentials that others can read are an error; --fix takes the right away", async () => {
    using place = ownPlace()
    const file = place.write("home/.claude/.credentials.json", { claudeAiOauth: { accessToken: "a" } }, 0o644)
    expect((await diagnose(place)).bad("credentials").map(({ fix }) => fix)).toContain(`chmod 600 ${file}`)
    const after = await diagnose(place, ["--fix"])
    expect(after.bad("credentials").map(({ fix }) => fix)).not.toContain(`chmod 600 ${file}`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test("asks nobody: no connection is opened", async () => {
    let asked = 0
    await using service = Object.assign(
      Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(String(++asked)) }),
      {},
    )
    using place = ownPlace()
    const url = `http://127.0.0.1:${service.port}`
    await diagnose(place, [], {
      ANTHROPIC_BASE_URL: url,
      HTTP_PROXY: url,
      HTTPS_PROXY: url,
      ANTHROPIC_AUTH_TOKEN: "t",
    })
    expect(asked).toBe(0)
  })

  test("names what is set and does nothing here", async () => {
    using place = ownPlace()
    const file = place.write("home/.claude/settings.json", { editorMode: "vim", verbose: true })
    const { findings } = await diagnose(place, [], {
      ANTHROPIC_API_KEY: "k",
      FORCE_HYPERLINK: "1",
      DO_NOT_TRACK: "1",
    })
    const vain = findings
      .filter(({ text }) => text.includes("not obeyed"))
      .map(({ text, level }) => [level, text])
    expect(vain).toEqual([
      ["info", `${file}:1: editorMode is known, but not obeyed: the prompt has no vim mode`],
      ["info", expect.stringContaining("FORCE_HYPERLINK is known, but not obeyed")],
    ])
  })
})
