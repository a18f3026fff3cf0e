import { describe, expect, test } from "bun:test"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { loadMemory, type MemoryOptions } from "../../src/config/memory.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"

function place(files: Readonly<Record<string, string>>) {
  const dir = tempDir()
  for (const [name, text] of Object.entries({ "top/work/.keep": "", ...files })) {
    const path = join(dir.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const paths = configPaths({}, { home: join(dir.path, "home"), managedDir: join(dir.path, "managed") })
  const cwd = join(dir.path, "top/work")
  return {
    path: dir.path,
    cwd,
    load: (more: Partial<MemoryOptions> = {}) => loadMemory({ cwd, paths, ...more }),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  }
}
const contents = (files: readonly { content: string }[]) => files.map((file) => file.content)

describe("instruction files", () => {
  test("come in order: managed, user, then from the top folder down, local last in each", () => {
    using it = place({
      "managed/CLAUDE.md": "managed",
      "home/.claude/CLAUDE.md": "user",
      "home/.claude/rules/a.md": "user rule",
      "top/CLAUDE.md": "top",
      "top/CLAUDE.local.md": "top local",
      "top/work/CLAUDE.md": "work",
      "top/work/.claude/CLAUDE.md": "work inner",
      "top/work/.claude/rules/z/b.md": "work rule b",
      "top/work/.claude/rules/c.md": "work rule c",
      "top/work/CLAUDE.local.md": "work local",
      "top/work/AGENTS.md": "agents",
    })
    expect(contents(it.load().files)).toEqual([
      "managed",
      "user",
      "user rule",
      "top",
      "top local",
      "work",
      "work inner",
      "work rule c",
      "work rule b",
      "work local",
    ])
    expect(contents(it.load({ sources: ["local"] }).files)).toEqual(["managed", "top local", "work local"])
  })

  test("AGENTS.md counts when the folder has no CLAUDE.md", () => {
    using it = place({ "top/work/AGENTS.md": "agents", "top/AGENTS.md": "not this one" })
    expect(contents(it.load().files)).toEqual(["agents"])
  })

  test("import others, at most four hops, never in a circle, never from code", () => {
    using it = place({
      "top/work/CLAUDE.md": "see @docs/a.md, and @me or `@docs/code.md`\n```\n@docs/code.md\n```\n",
      "top/work/docs/a.md": "a @b.md",
      "top/work/docs/b.md": "b @./a.md @c.md",
      "top/work/docs/c.md": "c @d.md",
      "top/work/docs/d.md": "d @e.md",
      "top/work/docs/e.md": "too far",
      "top/work/docs/code.md": "code",
    })
    const { files } = it.load()
    expect(contents(files).map((text) => text.slice(0, 1))).toEqual(["s", "a", "b", "c", "d"])
    expect(files[1]?.importedBy).toBe(join(it.cwd, "CLAUDE.md"))
  })

  test("of a project lead out of it only after approval, through links neither", () => {
    using it = place({
      "outside/x.md": "outside",
      "home/secret.md": "secret",
      "top/work/CLAUDE.md": "@../../outside/x.md @~/secret.md",
    })
    symlinkSync(join(it.path, "home/secret.md"), join(it.cwd, "CLAUDE.local.md"))
    const before = it.load()
    expect(before.files).toHaveLength(1)
    expect(before.external).toEqual([join(it.path, "outside/x.md"), join(it.path, "home/secret.md")])
    expect(contents(it.load({ externalApproved: true }).files).slice(1)).toEqual(["outside", "secret"])
  })

  test("lose their HTML comments, but not those in code", () => {
    using it = place({ "top/work/CLAUDE.md": "<!-- note\nto self -->\nkept\n```html\n<!-- shown -->\n```\n" })
    expect(contents(it.load().files)).toEqual(["kept\n```html\n<!-- shown -->\n```"])
  })

  test("are left out by claudeMdExcludes, when too large, or no text", () => {
    using it = place({
      "top/CLAUDE.md": "x",
      "top/work/CLAUDE.md": "y".repeat(4 * 1024 * 1024 + 1),
      "top/work/CLAUDE.local.md": "a\0b",
      "managed/CLAUDE.md": "m",
    })
    const { files, notes } = it.load({ excludes: [join(it.path, "top/CLAUDE.md"), "**/managed/**"] })
    expect(contents(files)).toEqual(["m"])
    expect(notes).toHaveLength(2)
  })

  test("with globs hold once a matching file is touched, nested ones once their folder is", () => {
    using it = place({
      "top/work/.claude/rules/ts.md": '---\npaths:\n  - "src/**/*.{ts,tsx}"\n  - docs/*.md\n---\ntypescript',
      "top/work/.claude/rules/go.md": "---\npaths: '*.go', lib/**\n---\ngo",
      "top/work/.claude/rules/all.md": "---\ndescription: x\n---\nalways",
      "top/work/pkg/CLAUDE.md": "pkg",
      "top/work/pkg/.claude/rules/r.md": "---\npaths: [a/*]\n---\nnested rule",
    })
    const memory = it.load()
    expect(contents(memory.files)).toEqual(["always"])
    expect(contents(memory.memoryFor(join(it.cwd, "README.md")))).toEqual([])
    expect(contents(memory.memoryFor(join(it.cwd, "src/deep/x.tsx")))).toEqual(["typescript"])
    expect(contents(memory.memoryFor(join(it.cwd, "src/deep/y.ts")))).toEqual([])
    expect(contents(memory.memoryFor(join(it.cwd, "pkg/z/main.go")))).toEqual(["pkg", "go"])
    expect(contents(memory.memoryFor(join(it.cwd, "pkg/a/b")))).toEqual(["nested rule"])
    expect(contents(memory.memoryFor("/etc/passwd"))).toEqual([])
  })
})
