import { afterAll, describe, expect, test } from "bun:test"
import { utimesSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { glob } from "../../src/tools/glob.ts"
import { type GrepInput, grep } from "../../src/tools/grep.ts"
import { BadPattern, compilePattern } from "../../src/tools/search/pattern.ts"
import { call, put, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

describe("Glob", () => {
  test.concurrent("lists oldest first, relative, ignored and hidden files too", async () => {
    const ctx = session()
    await put(ctx, {
      ".git/HEAD": "",
      ".gitignore": "out",
      "b.ts": "",
      "out/a.ts": "",
      ".h/c.ts": "",
      "d.js": "",
    })
    utimesSync(join(ctx.cwd, "b.ts"), 300, 300)
    utimesSync(join(ctx.cwd, "out/a.ts"), 200, 200)
    utimesSync(join(ctx.cwd, ".h/c.ts"), 100, 100)
    const output = await call(glob, { pattern: "**/*.ts" }, ctx)
    expect(output.content).toBe(".h/c.ts\nout/a.ts\nb.ts")
    expect(output.data).toMatchObject({
      numFiles: 3,
      truncated: false,
      totalMatches: 3,
      countIsComplete: true,
    })
  })
  test.concurrent("shows 100 of more", async () => {
    const ctx = session()
    await put(ctx, Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`f${i}`, ""])))
    expect(await text(glob, { pattern: "f*" }, ctx)).toContain(
      "(Showing 100 of 130 matching files; 30 more are not listed.",
    )
  })
  test.concurrent("takes absolute patterns and says when there is nothing", async () => {
    const ctx = session()
    await put(ctx, { "src/a.ts": "" })
    expect(await text(glob, { pattern: `${ctx.cwd}/src/*.ts` }, ctx)).toBe("src/a.ts")
    expect(await text(glob, { pattern: "*.zz" }, ctx)).toBe("No files found")
    expect(await text(glob, { pattern: "*", path: "nope" }, ctx)).toContain("Directory does not exist: ")
    expect(await text(glob, { pattern: "a\0" }, ctx)).toContain("NUL")
  })
})

describe("Grep renders", () => {
  const files = { "a.txt": "one\ntwo\nthree\ntwo\n", "b/c.txt": "two\n", ".h/d": "two", "skip/x": "two" }
  async function asked(input: Omit<GrepInput, "pattern"> & { pattern?: string }) {
    const ctx = session()
    await put(ctx, { ...files, ".git/HEAD": "two", ".gitignore": "skip\n" })
    const names = ["a.txt", "b/c.txt", ".h/d"]
    for (const [i, name] of names.entries()) utimesSync(join(ctx.cwd, name), 100 + i, 100 + i)
    return call(grep, { pattern: "two", ...input }, ctx)
  }
  test.concurrent("files, newest first, without what git ignores", async () => {
    const output = await asked({})
    expect(output.content).toBe("Found 3 files\n.h/d\nb/c.txt\na.txt")
    expect(output.data).toMatchObject({
      mode: "files_with_matches",
      numFiles: 3,
      filenames: [".h/d", "b/c.txt", "a.txt"],
    })
  })
  test.concurrent("content in path order", async () => {
    expect((await asked({ output_mode: "content" })).content).toBe(
      ".h/d:1:two\na.txt:2:two\na.txt:4:two\nb/c.txt:1:two",
    )
    expect((await asked({ output_mode: "content", "-n": false, glob: "*.txt" })).content).toBe(
      "a.txt:two\na.txt:two\nb/c.txt:two",
    )
  })
  test.concurrent("one file with context", async () => {
    expect((await asked({ output_mode: "content", path: "a.txt", "-B": 1 })).content).toBe(
      "1-one\n2:two\n3-three\n4:two",
    )
    expect((await asked({ output_mode: "content", path: "a.txt", pattern: "one", context: 1 })).content).toBe(
      "1:one\n2-two",
    )
  })
  test.concurrent("an ignored file when it is named", async () => {
    expect((await asked({ output_mode: "content", path: "skip/x" })).content).toBe("1:two")
  })
  test.concurrent("counts", async () => {
    const output = await asked({ output_mode: "count" })
    expect(output.content).toBe(".h/d:1\na.txt:2\nb/c.txt:1\n\nFound 4 total occurrences across 3 files.")
    expect(output.data).toMatchObject({ numMatches: 4 })
  })
  test.concurrent("pages", async () => {
    const output = await asked({ output_mode: "content", head_limit: 1, offset: 1 })
    expect(output.content).toBe("a.txt:2:two\n\n[Showing results with pagination = limit: 1, offset: 1]")
    expect(output.data).toMatchObject({ appliedLimit: 1, appliedOffset: 1 })
    expect((await asked({ offset: 9 })).content).toStartWith("No entries at this offset")
  })
  test.concurrent("only the match, types, globs and multi-line", async () => {
    expect((await asked({ output_mode: "content", "-o": true, pattern: "t.", path: "a.txt" })).content).toBe(
      "2:tw\n3:th\n4:tw",
    )
    expect((await asked({ type: "txt" })).content).toBe("Found 2 files\nb/c.txt\na.txt")
    expect((await asked({ glob: "!**/*.txt" })).content).toBe("Found 1 file\n.h/d")
    expect((await asked({ pattern: "one.*three", multiline: true, output_mode: "content" })).content).toBe(
      "a.txt:1:one\na.txt:2:two\na.txt:3:three",
    )
    expect((await asked({ pattern: "one\\s+two" })).content).toBe("No files found")
  })
  test.concurrent("what is wrong", async () => {
    expect((await asked({ pattern: "zzz" })).content).toBe("No files found")
    expect((await asked({ pattern: "zzz", output_mode: "content" })).content).toBe("No matches found")
    expect((await asked({ pattern: "(" })).isError).toBe(true)
    expect((await asked({ pattern: "(?=x)" })).content).toContain("look-around")
    expect((await asked({ type: "nope" })).content).toBe("unrecognized file type: nope")
    expect((await asked({ path: "nope" })).content).toContain("Path does not exist")
  })
})

test("a search can be aborted although its pattern never ends", async () => {
  const stop = new AbortController()
  const ctx = session({ signal: stop.signal })
  await put(ctx, { a: `${"a".repeat(60)}!` })
  const run = call(grep, { pattern: "^(a?a?)*(a?a?)*(a+)+$" }, ctx)
  setTimeout(() => stop.abort(), 100)
  expect(run).rejects.toThrow()
  await run.catch(() => {})
})

describe("patterns mean what ripgrep means", () => {
  const matches = (pattern: string, subject: string) => {
    const { regex } = compilePattern(pattern, { ignoreCase: false, multiline: false })
    return regex.exec(subject)?.[0] ?? null
  }
  test.each([
    ["(?i)ABC", "xabc", "abc"],
    ["[[:digit:]]+", "a12", "12"],
    ["interface{}", "interface{}", "interface{}"],
    ["a{2}", "caab", "aa"],
    ["(?P<n>x)y", "xy", "xy"],
    ["[]a]+", "]a", "]a"],
    ["[^\\]]+", "]a", "a"],
    ["\\Aab\\z", "ab", "ab"],
    ["\\<in\\>", "bin in", "in"],
    ["\\x{41}\\u0042", "AB", "AB"],
    ["[a-z&&[^b]]+", "bac", "ac"],
    ["a-b/c", "a-b/c", "a-b/c"],
    ["\\p{Greek}", "aλ", "λ"],
    ["[\\w.-]+@", "a.b-c@", "a.b-c@"],
    ["foo\\-bar\\_", "foo-bar_", "foo-bar_"],
  ])("%s", (pattern, subject, found) => {
    expect(matches(pattern, subject)).toBe(found)
  })
  test.each(["a\\1", "(?x)a", "(?<=a)b", "[a", "a)", "\\Q", "*a"])("%s is refused", (pattern) => {
    expect(() => matches(pattern, "")).toThrow(BadPattern)
  })
})

test("finds what grep finds, in any text", async () => {
  const line = fc.stringMatching(/^[ab. ]{0,6}$/)
  const regex = fc.constantFrom("a", "a.b", "^a", "b$", "a+b*", "[^a]b", "(a|b)b", "^$", "a\\sb", "\\.")
  const words: Readonly<Record<string, string>> = { "a\\sb": "a[[:space:]]b" }
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      regex,
      fc.boolean(),
      async (lines, pattern, final) => {
        const ctx = session()
        await put(ctx, { f: lines.join("\n") + (final ? "\n" : "") })
        const real = Bun.spawnSync(["grep", "-nE", words[pattern] ?? pattern, join(ctx.cwd, "f")])
          .stdout.toString()
          .trimEnd()
        const ours = await text(grep, { pattern, path: "f", output_mode: "content", head_limit: 0 }, ctx)
        expect(ours.trimEnd()).toBe(real === "" ? "No matches found" : real)
      },
    ),
    { numRuns: 60 },
  )
})
