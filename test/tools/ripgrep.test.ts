/** Grep finds what ripgrep finds: same tree, same flags, same lines. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { rgPath } from "@vscode/ripgrep"
import { type GrepInput, grep } from "../../src/tools/grep.ts"
import { requiredText } from "../../src/tools/search/required.ts"
import { put, removeSessions, type Session, session, text } from "./context.ts"

let ctx: Session
beforeAll(async () => {
  ctx = session()
  await put(ctx, {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/config": "parseError\n",
    ".gitignore": "dist/\n*.log\n!keep.log\n/only-here\n",
    ".hidden/a.ts": "function parseError() {}\n",
    "src/a.ts": "import x\nfunction parseError() {}\nfunction  twoError() {}\n\tfunction tabError(){}\n",
    "src/b.ts": "Function parseError\r\nfunction crlfError()\r\nlast line without end",
    "src/c.js": "x\n\n\nconst été = 'naïve 漢字'; // a.b+c\nparseerror PARSEERROR\n",
    "src/deep/er/d.py": "def f():\n    raise ParseError('a.b+c')\n",
    "src/deep/.gitignore": "*.py\n",
    "src/only-here/e.ts": "function hereError() {}\n",
    "only-here/e.ts": "function ignoredError() {}\n",
    "dist/out.js": "function distError() {}\n",
    "x.log": "function logError() {}\n",
    "keep.log": "function keepError() {}\n",
    "binary.bin": new Uint8Array([0x66, 0, 0x70, 0x61, 0x72, 0x73, 0x65]),
    "empty.ts": "",
    "latin.ts": new Uint8Array([
      0x66, 0xe9, 0x20, 0x70, 0x61, 0x72, 0x73, 0x65, 0x45, 0x72, 0x72, 0x6f, 0x72, 0x0a,
    ]),
    "bom.ts": "\uFEFFfunction bomError() {}\n",
    "with space.ts": "function spaceError() {}\n",
  })
  symlinkSync("src/a.ts", join(ctx.cwd, "link.ts"))
  await put(ctx, { "secret.ts": "function secretError() {}\n" })
  if (process.getuid?.() !== 0) chmodSync(join(ctx.cwd, "secret.ts"), 0)
})
afterAll(removeSessions)

function rg(...args: readonly string[]): string[] {
  const done = Bun.spawnSync(
    [
      rgPath,
      "--no-config",
      // Known difference: `$` stands before CRLF too, because models cannot see the CR. (The other one: a byte that is no
      // UTF-8 is U+FFFD here and nothing at all for ripgrep.)
      "--crlf",
      "--hidden",
      "-g",
      "!.git",
      "--no-messages",
      "--sort",
      "path",
      ...args,
    ],
    {
      cwd: ctx.cwd,
      stdin: "ignore",
    },
  )
  if ((done.exitCode ?? 2) > 1 && done.stderr.length > 0) throw new Error(`rg: ${done.stderr}`)
  return done.stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\r$/, ""))
}

async function own(input: GrepInput): Promise<string[]> {
  const lines = (await text(grep, { head_limit: 0, ...input }, ctx)).split("\n")
  return lines.filter((line) => line !== "" && !/^(?:No |Found )/.test(line))
}

const PATTERNS = [
  "parseError",
  "function\\s+\\w+Error",
  "^function",
  "\\(\\)$",
  "a\\.b\\+c",
  "a.b.c",
  "(?i)parseerror",
  "\\bparse(Error|error)\\b",
  "[fF]unction [a-z]+E",
  "naïve",
  "[à-ÿ]+",
  "été|ParseError",
  "漢.",
  "x*",
  "e{2,}",
  "[[:upper:]]{3,}",
  "without end$",
  "\\.\\w",
  "Er+or",
  "func?tion",
  "absent text",
]

for (const pattern of PATTERNS) {
  test(`files with ${pattern}`, async () => {
    expect((await own({ pattern })).sort()).toEqual(rg("-l", "-e", pattern).sort())
  })
  test(`lines with ${pattern}`, async () => {
    expect((await own({ pattern, output_mode: "content" })).sort()).toEqual(
      rg("-n", "-H", "-e", pattern).sort(),
    )
  })
  test(`counts of ${pattern}`, async () => {
    expect((await own({ pattern, output_mode: "count" })).sort()).toEqual(rg("-c", "-e", pattern).sort())
  })
}

test.each([
  ["ignoring case", { "-i": true }, ["-i"]],
  ["in one type of file", { type: "py" }, ["-t", "py"]],
  ["by glob", { glob: "*.js" }, ["-g", "*.js"]],
  ["by glob with braces", { glob: "*.{js,ts}" }, ["-g", "*.{js,ts}"]],
  ["only the match", { "-o": true, output_mode: "content" as const }, ["-o", "-n", "-H"]],
] as const)("%s", async (_, input, flags) => {
  const mode = flags.some((flag) => flag === "-n") ? [] : ["-l"]
  expect((await own({ pattern: "parseError", ...input })).sort()).toEqual(
    rg(...mode, ...flags, "-e", "parseError").sort(),
  )
})

test("what every match must hold is told only when it is sure", () => {
  const rows: [string, string | null][] = [
    ["function\\s+\\w+Error", "function"],
    ["foo?bar", "bar"],
    ["ab+cde", "cde"],
    ["abc+", "abc"],
    ["a|bcd", null],
    ["(abc)?", null],
    ["[abc]def", "def"],
    ["[]abc]def", "def"],
    ["\\.config\\.", ".config."],
    ["\\x41bc", null],
    ["abc{2}", null],
    ["^import .* from", "import "],
    ["xy", null],
  ]
  for (const [pattern, wanted] of rows) expect([pattern, requiredText(pattern)]).toEqual([pattern, wanted])
})

describe("with USE_BUILTIN_RIPGREP=0", () => {
  const asked: readonly GrepInput[] = [
    ...PATTERNS.map((pattern) => ({ pattern, output_mode: "content" as const, context: 1 })),
    { pattern: "parseError", output_mode: "count" },
    { pattern: "Error", glob: "*.{js,ts}", type: "ts", offset: 1, head_limit: 2 },
    { pattern: "keep", path: "src" },
    { pattern: "(?<=a)b" },
    { pattern: "[a" },
    { pattern: "x", type: "nonsense" },
    { pattern: "two[^x]*tab", multiline: true, output_mode: "content" },
  ]
  const answers = (env: Readonly<Record<string, string>>) =>
    Promise.all(asked.map((input) => text(grep, input, { ...ctx, env: { ...ctx.env, ...env } })))
  const on = { USE_BUILTIN_RIPGREP: "0" }

  test("the system's ripgrep gives the same answers, to the letter", async () => {
    expect(await answers({ ...on, PATH: dirname(rgPath) })).toEqual(await answers({}))
  })

  test("the system's ripgrep is really asked, and one that fails is made up for", async () => {
    await put(ctx, { ".fake/rg": "#!/bin/sh\nprintf './src/a.ts\\0'\nexit ${FAKE_EXIT:-0}\n" })
    chmodSync(join(ctx.cwd, ".fake/rg"), 0o755)
    const PATH = join(ctx.cwd, ".fake")
    const input = { pattern: "function \\w+Error" }
    const asks = (env: Readonly<Record<string, string>>) => text(grep, input, { ...ctx, env })
    expect(await asks({ ...on, PATH })).toBe("Found 1 file\nsrc/a.ts")
    expect(await asks({ ...on, PATH, FAKE_EXIT: "2" })).toBe(await asks({}))
  })

  test("the built-in search does it where there is none", async () => {
    expect(await answers({ ...on, PATH: ctx.home })).toEqual(await answers({}))
  })
})
