/** Every text the model is answered by Glob and Grep, to the letter, and each of their limits (spec/tools.md). */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { symlinkSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { glob } from "../../src/tools/glob.ts"
import { grep } from "../../src/tools/grep.ts"
import { answered, invalid, put, removeSessions, type Session, session, wrapped } from "./context.ts"

afterAll(removeSessions)

let ctx: Session
beforeAll(async () => {
  ctx = session()
  await put(ctx, {
    "a.txt": "one\ntwo\nthree\n",
    "sub/b.txt": "two\n",
    "sub/deep/c.md": "four",
    "odd\nname.txt": "five",
    "emoji 😀.txt": "six",
    "nul.bin": "two\0",
  })
  for (const [at, name] of ["a.txt", "sub/b.txt", "sub/deep/c.md"].entries())
    utimesSync(join(ctx.cwd, name), 100 + at, 100 + at)
  symlinkSync("l2", join(ctx.cwd, "l1"))
  symlinkSync("l1", join(ctx.cwd, "l2"))
  Bun.spawnSync(["mkfifo", join(ctx.cwd, "pipe")])
})
const nowhere = (kind: string, path: string, more = "") =>
  wrapped(`${kind} does not exist: $CWD/${path}. Note: your current working directory is $CWD.${more}`)

describe("Glob answers", () => {
  test.each<[object, string]>([
    [{}, invalid("Glob", "The required parameter `pattern` is missing")],
    [
      { pattern: 1 },
      invalid("Glob", "The parameter `pattern` type is expected as `string` but provided as `number`"),
    ],
    [{ pattern: "*", limit: 1 }, invalid("Glob", "An unexpected parameter `limit` was provided")],
    [{ pattern: "" }, wrapped("The pattern is empty.")],
    [{ pattern: " " }, wrapped("The pattern is empty.")],
    [{ pattern: "a\0b" }, wrapped("The pattern or path contains a NUL character.")],
    [{ pattern: "*", path: "a\0b" }, wrapped("The pattern or path contains a NUL character.")],
    [{ pattern: "*", path: "nowhere" }, nowhere("Directory", "nowhere")],
    [{ pattern: "*", path: "subs" }, nowhere("Directory", "subs", " Did you mean sub?")],
    [{ pattern: "*", path: "l1" }, nowhere("Directory", "l1")],
    [{ pattern: "*", path: "a.txt" }, wrapped("Path is not a directory: $CWD/a.txt")],
    [{ pattern: "*", path: "pipe" }, wrapped("Path is not a directory: $CWD/pipe")],
    [{ pattern: "*.nothing" }, "OK No files found"],
    [{ pattern: "[" }, "OK No files found"],
    [{ pattern: "{a,b" }, "OK No files found"],
    [{ pattern: "x".repeat(5_000) }, "OK No files found"],
    [{ pattern: "*.md" }, "OK sub/deep/c.md"],
    [{ pattern: "**/*.{md,txt}", path: "sub" }, "OK sub/b.txt\nsub/deep/c.md"],
    [{ pattern: "odd*" }, "OK odd\nname.txt"],
    [{ pattern: "*😀*" }, "OK emoji 😀.txt"],
    // A pattern may lead out of its folder.
    [{ pattern: "../*.txt", path: "sub/deep" }, "OK sub/b.txt"],
    [{ pattern: "../b.txt", path: "sub/deep" }, "OK sub/b.txt"],
  ])("%j", async (input, said) => {
    expect(await answered(glob, input, ctx)).toBe(said)
  })
  test("where a pattern leads is what is judged", () => {
    const place = { cwd: "/work/in", home: "/home/me" }
    const judged = (pattern: string, path?: string) =>
      glob.access(path === undefined ? { pattern } : { pattern, path }, place)
    expect(judged("*")).toEqual([{ kind: "read", path: "/work/in" }])
    expect(judged("../*")).toEqual([{ kind: "read", path: "/work" }])
    expect(judged("../../etc/*", "sub")).toEqual([{ kind: "read", path: "/work/etc" }])
    expect(judged("~/secret/*")).toEqual([{ kind: "read", path: "/home/me/secret" }])
    expect(judged("/etc/{a,b}")).toEqual([{ kind: "read", path: "/etc" }])
  })
  test("100 files, the oldest", async () => {
    const many = session()
    await put(many, Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, ""])))
    expect(await answered(glob, { pattern: "*" }, many)).toEndWith(
      "\n(Showing 100 of 101 matching files; 1 more are not listed. Use a narrower pattern or path.)",
    )
  })
  test("a search that runs out of time says so", async () => {
    const env = { ...ctx.env, CLAUDE_CODE_GLOB_TIMEOUT_SECONDS: "0.000001" }
    expect(await answered(glob, { pattern: "**/*" }, { ...ctx, cwd: "/", env })).toEndWith(
      "(The search ran out of time; there may be more files. Use a narrower pattern or path.)",
    )
  })
})

describe("Grep answers", () => {
  test.each<[object, string]>([
    [{}, invalid("Grep", "The required parameter `pattern` is missing")],
    [
      { pattern: "x", output_mode: "lines" },
      invalid(
        "Grep",
        'The parameter `output_mode`: Invalid option: expected one of "content"|"files_with_matches"|"count"',
      ),
    ],
    [
      { pattern: "x", "-A": "2", multiline: 1 },
      invalid(
        "Grep",
        "The parameter `-A` type is expected as `number` but provided as `string`",
        "The parameter `multiline` type is expected as `boolean` but provided as `number`",
      ),
    ],
    [{ pattern: "x", "-r": true }, invalid("Grep", "An unexpected parameter `-r` was provided")],
    [{ pattern: "a\0" }, wrapped("The pattern, path or glob contains a NUL character.")],
    [{ pattern: "a", glob: "\0" }, wrapped("The pattern, path or glob contains a NUL character.")],
    [{ pattern: "two", path: "nowhere" }, nowhere("Path", "nowhere")],
    [{ pattern: "two", path: "a.tx" }, nowhere("Path", "a.tx", " Did you mean a.txt?")],
    [{ pattern: "two", path: "l1" }, nowhere("Path", "l1")],
    [{ pattern: "two", path: "pipe" }, wrapped("$CWD/pipe is not a regular file or folder.")],
    [{ pattern: "two", path: "/dev/zero" }, wrapped("/dev/zero is not a regular file or folder.")],
    [{ pattern: "(" }, "ERROR regex parse error: (\nmissing )"],
    [{ pattern: "[" }, "ERROR regex parse error: [\nunclosed character class"],
    [
      { pattern: "(?<=a)b" },
      "ERROR regex parse error: (?<=a)b\nlook-around, including look-ahead and look-behind, is not supported",
    ],
    [{ pattern: "(a)\\1" }, "ERROR regex parse error: (a)\\1\na back-reference is not supported"],
    [{ pattern: "two", type: "klingon" }, "ERROR unrecognized file type: klingon"],
    [{ pattern: "absent" }, "OK No files found"],
    [{ pattern: "absent", output_mode: "content" }, "OK No matches found"],
    [{ pattern: "absent", output_mode: "count" }, "OK No matches found"],
    [{ pattern: "two" }, "OK Found 2 files\nsub/b.txt\na.txt"],
    [{ pattern: "four" }, "OK Found 1 file\nsub/deep/c.md"],
    [{ pattern: "two", output_mode: "content" }, "OK a.txt:2:two\nsub/b.txt:1:two"],
    [{ pattern: "two", output_mode: "content", path: "a.txt" }, "OK 2:two"],
    [{ pattern: "two", output_mode: "content", path: "a.txt", "-n": false }, "OK two"],
    [{ pattern: "two", output_mode: "content", path: "a.txt", context: 1 }, "OK 1-one\n2:two\n3-three"],
    [{ pattern: "two", output_mode: "content", path: "a.txt", "-C": 1e12 }, "OK 1-one\n2:two\n3-three"],
    [{ pattern: "two", output_mode: "content", path: "a.txt", "-B": -4 }, "OK 2:two"],
    [{ pattern: "TW", "-i": true, "-o": true, output_mode: "content", path: "a.txt" }, "OK 2:tw"],
    [{ pattern: "one.two", multiline: true, output_mode: "content", path: "a.txt" }, "OK 1:one\n2:two"],
    [
      { pattern: "two", output_mode: "count" },
      "OK a.txt:1\nsub/b.txt:1\n\nFound 2 total occurrences across 2 files.",
    ],
    [
      { pattern: "four", output_mode: "count" },
      "OK sub/deep/c.md:1\n\nFound 1 total occurrence across 1 file.",
    ],
    [
      { pattern: "t", output_mode: "content", path: "a.txt", head_limit: 1 },
      "OK 2:two\n\n[Showing results with pagination = limit: 1]",
    ],
    [
      { pattern: "t", output_mode: "content", path: "a.txt", head_limit: 1, offset: 1 },
      "OK 3:three\n\n[Showing results with pagination = offset: 1]",
    ],
    [
      { pattern: "two", offset: 5 },
      "OK No entries at this offset\n\n[Showing results with pagination = offset: 5]",
    ],
    [{ pattern: "two", offset: -5, head_limit: -5 }, "OK Found 2 files\nsub/b.txt\na.txt"],
    [{ pattern: "two", glob: "*.md" }, "OK No files found"],
    [{ pattern: "two", glob: "[" }, "OK No files found"],
    [{ pattern: "two", glob: "!sub/**" }, "OK Found 1 file\na.txt"],
  ])("%j", async (input, said) => {
    expect(await answered(grep, input, ctx)).toBe(said)
  })
  test("250 lines or files unless all are wanted, and a large answer in a file", async () => {
    const many = session()
    await put(many, { "lines.txt": "hit\n".repeat(12_000) })
    const lines = await answered(grep, { pattern: "hit", output_mode: "content" }, many)
    expect(lines).toEndWith("lines.txt:250:hit\n\n[Showing results with pagination = limit: 250]")
    const all = { pattern: "hit", output_mode: "content", head_limit: 0 }
    expect(await answered(grep, all, many)).toStartWith(
      "OK <persisted-output>\nOutput too large (223.5KB). Full output saved to: $CWD/.spill/toolu_",
    )
  })
})
