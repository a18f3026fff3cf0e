import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { listTracked } from "../../src/lib/git-index.ts"
import { listBelow } from "../../src/lib/list-below.ts"
import { decide } from "../../src/permissions/decide.ts"
import { bash, policy, type Setup, verdictOf } from "./helpers.ts"

const base = realpathSync(mkdtempSync(join(tmpdir(), "ccts-looking-")))
afterAll(() => rmSync(base, { recursive: true, force: true }))

function project(name: string, files: readonly string[], tracked: readonly string[] = []): string {
  const root = join(base, name)
  mkdirSync(root, { recursive: true })
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true })
    writeFileSync(join(root, file), "x\n")
  }
  if (tracked.length > 0)
    for (const args of [
      ["init", "-q"],
      ["add", "-f", "--", ...tracked],
    ])
      Bun.spawnSync(["git", ...args], { cwd: root, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } })
  return root
}

function verdict(command: string, root: string, setup: Setup): string {
  const looks = { ...policy({ ...setup, cwd: root, roots: [root] }), below: listBelow, tracked: listTracked }
  return decide(bash(command, root), looks).verdict
}

const ENV: Setup = { deny: ["Read(.env)"] }

describe("a search under a Read deny", () => {
  const clean = project("clean", ["src/a.ts", "src/deep/b.ts", ".gitignore"])
  const closed = project("closed", ["src/a.ts", "src/deep/.env"])
  const linked = project("linked", ["src/a.ts"])
  symlinkSync("/etc", join(linked, "src/link"))

  const searches = [
    "grep -r KEY .",
    "grep -rn KEY src",
    "rg --hidden KEY",
    "git grep KEY",
    "find . -type f -exec grep KEY {} +",
    "find src -print0 | xargs -0 grep KEY",
  ]
  test("is free where no denied file lies", () => {
    expect(searches.filter((c) => verdict(c, clean, ENV) !== "allow")).toEqual([])
  })
  test("asks where one lies, and where a link leads out", () => {
    expect(searches.filter((c) => verdict(c, closed, ENV) === "allow")).toEqual([])
    expect(searches.filter((c) => verdict(c, linked, ENV) === "allow")).toEqual([])
  })
  test("asks when the command could first put one there", () => {
    const setup: Setup = { ...ENV, allow: ["Bash(npm run *)", "Bash(cp *)", "Edit"] }
    expect(
      ["npm run gen && grep -r KEY .", "cp a src/.b; grep -r KEY .", "echo a > src/x; grep -r KEY ."].filter(
        (c) => verdict(c, clean, setup) === "allow",
      ),
    ).toEqual([])
  })
  test("asks about other revisions, whatever lies here now", () => {
    expect(
      ["git grep KEY HEAD~3", "git grep --cached KEY"].filter((c) => verdict(c, clean, ENV) === "allow"),
    ).toEqual([])
  })
})

describe("what git prints under a Read deny", () => {
  const tracked = project("tracked", ["src/a.ts", ".env"], ["src/a.ts", ".env"])
  const untracked = project("untracked", ["src/a.ts", ".env"], ["src/a.ts"])

  test("a plain diff asks only where a denied file is tracked", () => {
    expect(verdict("git diff", tracked, ENV)).toBe("ask")
    expect(verdict("git diff", untracked, ENV)).toBe("allow")
    expect(verdict("git diff -U10 | head -50", untracked, ENV)).toBe("allow")
    expect(listTracked(untracked)).toEqual([join(untracked, "src/a.ts")])
  })
  test("a patch from history asks", () => {
    const patches = [
      "git show",
      "git log -p",
      "git diff HEAD~3",
      "git diff --cached",
      "git diff HEAD --stat -p",
      "git show HEAD~2",
      "git stash show -p",
      "git log -p -- src",
      "git cat-file -p abc",
      "git diff HEAD -- ':!.env'",
    ]
    expect(patches.filter((c) => verdict(c, untracked, ENV) !== "ask")).toEqual([])
  })
  test("unless it prints no content, is about another file, or leaves the denied one out", () => {
    const free = [
      "git show --stat",
      "git log",
      "git log --stat -5",
      "git diff --name-only main",
      "git show HEAD:src/a.ts",
      "git log -p -- src/a.ts",
      "git diff HEAD~1 -- . ':(exclude,glob)**/.env'",
      "git log -p -- . ':!*.env'",
      "git show -- . ':!.env' ':!**/.env'",
    ]
    expect(free.filter((c) => verdict(c, untracked, ENV) !== "allow")).toEqual([])
    expect(verdictOf("git diff -- . ':!secrets'", { deny: ["Read(/secrets/**)"] })).toBe("allow")
    expect(verdictOf("git diff -- . ':!secret'", { deny: ["Read(/secrets/**)"] })).toBe("ask")
  })
  test("and denies where the file is named", () => {
    expect(
      ["git show HEAD:.env", "git log -p -- .env", "git diff -- .env"].filter(
        (c) => verdict(c, tracked, ENV) !== "deny",
      ),
    ).toEqual([])
  })
})

describe("names that come through a pipe", () => {
  const plain = project("plain", ["src/a.ts", "src/b.ts"], ["src/a.ts"])
  const odd = project("odd", ["src/a /etc/passwd"])
  const dash = project("dash", ["-f", "a.ts"], ["-f", "a.ts"])

  test("are read freely when each is one word", () => {
    const lines = [
      "find src -name '*.ts' | xargs grep -n foo",
      "find . -name '*.ts' | grep -v test | head -5 | xargs wc -l",
      "find src -type f | sort | xargs -n 1 head -1",
      "rg -l foo src | xargs cat",
      "grep -rl foo src | xargs wc -l",
      "find src -type f | xargs -I{} cat {}",
    ]
    expect(lines.filter((c) => verdict(c, plain, {}) !== "allow")).toEqual([])
  })
  test("ask when a name would become other words, or an option", () => {
    expect(verdict("find src | xargs cat", odd, {})).toBe("ask")
    expect(verdict("find src -print0 | xargs -0 cat", odd, {})).toBe("allow")
    expect(verdict("git ls-files | xargs grep foo", dash, {})).toBe("ask")
  })
  test("ask when they were changed on the way, or are no names", () => {
    const lines = [
      "find src | sed s/src/etc/ | xargs cat",
      "cat a | xargs cat",
      "find src | tac | cut -c2- | xargs cat",
      "grep -rn foo src | xargs cat",
    ]
    expect(lines.filter((c) => verdict(c, plain, {}) === "allow")).toEqual([])
  })
})
