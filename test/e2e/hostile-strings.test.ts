/** Text from outside in every place where the executable prints something: none of it drives or deceives a terminal. */
import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { error, text, toolUse } from "../fake-api/fake-api.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt)
  console.warn("test/e2e/hostile-strings.test.ts is skipped: there is no dist/ccts; run the build first")

const PIECES: Readonly<Record<string, string>> = {
  "clipboard (OSC 52)": "\u001b]52;c;ZXZpbA==\u0007",
  "title (OSC 0, 8-bit)": "\u009d0;owned\u009c",
  "clear screen": "\u001b[2J",
  "8-bit CSI": "\u009b31m",
  bell: "\u0007",
  delete: "\u007f",
  "a carriage return alone": "shown\rhidden",
  "right-to-left override": "\u202egnp\u2066",
  "zero width": "\u200b\ufeff\u{e0041}",
}
/** All of them, behind a word that shows that the text was printed at all. */
const HOSTILE = `marker${Object.values(PIECES).join("x")}`
// Built from text, because a literal with control characters is what a linter takes for a slip.
const RANGES =
  "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u200e\\u200f\\u2028\\u2029\\u061c\\ufeff"
const HARMFUL = new RegExp(`[${RANGES}]|[\\u{e0000}-\\u{e0fff}]`, "u")
/** A full screen program writes sequences of its own; none of these is among them. */
const PLANTED = ["]52;c;", "0;owned", "\u009b", "\u009d", "\u007f", "\u202e", "\u2066", "\u200b", "\ufeff"]

function put(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value))
}
const user = (place: BinaryPlace, value: unknown) => put(join(place.home, ".claude/settings.json"), value)
const project = (place: BinaryPlace, value: unknown) => put(join(place.cwd, ".claude/settings.json"), value)
const servers = (place: BinaryPlace) =>
  put(join(place.home, ".claude.json"), {
    hasCompletedOnboarding: true,
    mcpServers: { [HOSTILE]: { command: "/nonexistent", args: [HOSTILE], env: { [HOSTILE]: "x" } } },
  })

type Row = readonly [what: string, args: readonly string[], setup?: (place: BinaryPlace) => void]

const PRINTED: readonly Row[] = [
  ["why: a command", ["why", `touch ${HOSTILE}`]],
  ["why: a command, as JSON", ["why", "--json", `touch '${HOSTILE}'`]],
  ["why: a path", ["why", "--path", `/x/${HOSTILE}`]],
  ["why: an address", ["why", "--url", `https://x.example/${HOSTILE}`]],
  ["why: a tool", ["why", "--tool", `mcp__${HOSTILE}__x`]],
  ["config list", ["config", "list"], (p) => user(p, { language: HOSTILE })],
  ["config list, as JSON", ["config", "list", "--json"], (p) => user(p, { language: HOSTILE })],
  ["config get", ["config", "get", "language"], (p) => user(p, { language: HOSTILE })],
  ["config get, as JSON", ["config", "get", "language", "--json"], (p) => user(p, { language: HOSTILE })],
  ["config explain", ["config", "explain", "language"], (p) => user(p, { language: HOSTILE })],
  ["config: an unknown key", ["config", "get", HOSTILE]],
  ["config set: a bad value", ["config", "set", "cleanupPeriodDays", HOSTILE]],
  ["problems of the settings", ["config", "list"], (p) => user(p, { hooks: HOSTILE, env: { [HOSTILE]: 1 } })],
  ["doctor", ["doctor"], (p) => user(p, { env: { [HOSTILE]: 1 } })],
  ["doctor, as JSON", ["doctor", "--json"], (p) => user(p, { env: { [HOSTILE]: 1 } })],
  ["mcp list", ["mcp", "list"], servers],
  ["mcp get", ["mcp", "get", HOSTILE], servers],
  ["mcp get: no such server", ["mcp", "get", HOSTILE]],
  ["mcp add", ["mcp", "add", HOSTILE, "--", "x"]],
  ["auto-mode config", ["auto-mode", "config"], (p) => user(p, { autoMode: { allow: [HOSTILE] } })],
  ["auto-mode defaults: no such label", ["auto-mode", "defaults", "--label", HOSTILE]],
  ["sandbox: an unknown word", ["sandbox", HOSTILE]],
  ["an unknown flag", [`--${HOSTILE}`]],
  ["a flag's bad value", ["-p", "x", "--permission-mode", HOSTILE]],
  ["a settings file that is not there", ["-p", "x", "--settings", `/nope/${HOSTILE}`]],
  ["a folder that is not there", ["-p", "x", "--add-dir", HOSTILE]],
  ["a session that is not there", ["-p", "x", "--resume", HOSTILE]],
  ["a profile that is not there", ["-p", "x", "--profile", HOSTILE]],
  [
    "a rule of a folder that is not trusted",
    ["-p", "x"],
    (p) => project(p, { permissions: { allow: ["Bash"], [HOSTILE]: 1 }, env: { [HOSTILE]: 1 } }),
  ],
]

/** These answer without repeating the text. */
const SAYS_NOTHING = new Set([
  "a rule of a folder that is not trusted",
  "why: a tool",
  "why: a command",
  "why: an address",
  "problems of the settings",
  "config set: a bad value",
])

describe.skipIf(!isBuilt)("hostile text in what a command prints", () => {
  test.concurrent.each(PRINTED.map(([what, args, setup = () => {}]) => [what, args, setup] as const))(
    "%s",
    (what, args, setup) =>
      withBinary({}, async (place) => {
        setup(place)
        const { stdout, stderr } = await place.run(args)
        const printed = `${stdout}${stderr}`
        expect(printed.trim()).not.toBe("")
        if (!SAYS_NOTHING.has(what)) expect(printed).toContain("marker")
        expect({ what, harmful: HARMFUL.exec(printed)?.[0] }).toEqual({ what, harmful: undefined })
      }),
    30_000,
  )
})

describe.skipIf(!isBuilt)("hostile text of the service, on a terminal", () => {
  test.each<[string, Parameters<typeof withBinary>[0]["script"]]>([
    ["the reply", [text(`${HOSTILE} the end`)]],
    ["an error", [error(400, { message: `${HOSTILE} the end` })]],
    ["a call that is refused", [toolUse(`Bash`, { command: `touch ${HOSTILE}` }), text("the end")]],
    ["a tool that is not there", [toolUse(`Nope${HOSTILE}`.slice(0, 64), {}), text("the end")]],
  ])(
    "%s of -p",
    (_, script) =>
      withBinary({ script: script ?? [] }, async (place) => {
        const terminal = await place.open(["-p", "go"])
        await terminal.exited
        const raw = terminal.raw()
        expect(raw).toContain("the end")
        expect(HARMFUL.exec(raw.replaceAll("\r\n", "\n"))).toBeNull()
      }),
    30_000,
  )

  test("titles of sessions in /resume, the prompt, the answer and what a command printed, on the screen", async () => {
    const printing = `printf '%b' ${JSON.stringify(
      Array.from(HOSTILE, (one) =>
        Array.from(new TextEncoder().encode(one), (byte) => `\\0${byte.toString(8)}`).join(""),
      ).join(""),
    ).replaceAll("\\\\", "\\")}`
    await withBinary(
      { script: [text("first"), toolUse("Bash", { command: printing }), text(`${HOSTILE} the end`)] },
      async (place) => {
        place.trust()
        await place.run(["-p", "go", "--name", `${HOSTILE} session`])
        const list = await place.open(["--resume"])
        await list.waitFor("session")
        for (const planted of PLANTED)
          expect([planted, list.raw().includes(planted)]).toEqual([planted, false])
        await list.close()

        user(place, { permissions: { allow: ["Bash(printf *)"] } })
        const terminal = await place.open()
        await terminal.waitFor(/❯|>/)
        terminal.type("go")
        await terminal.waitFor("go")
        terminal.press("return")
        await terminal.waitFor("the end")
        for (const planted of PLANTED)
          expect([planted, terminal.raw().includes(planted)]).toEqual([planted, false])
      },
    )
  }, 40_000)
})
