import { describe, expect, test } from "bun:test"
import type { PermissionMode, Verdict } from "../../src/model/permission.ts"
import { decide } from "../../src/permissions/decide.ts"
import { file, policy, type Setup, verdictOf } from "./helpers.ts"

type Row = readonly [verdict: Verdict, tool: string, path: string, setup?: Setup]

function wrong(rows: readonly Row[], mode?: PermissionMode): readonly string[] {
  return rows.flatMap(([verdict, tool, path, setup]) => {
    const found = decide(file(tool, path), policy({ ...(mode ? { mode } : {}), ...setup })).verdict
    return found === verdict
      ? []
      : [`${tool} ${path} ${JSON.stringify(setup ?? {})}: ${found}, not ${verdict}`]
  })
}

test("reading is free in the working directories and asks outside", () => {
  expect(
    wrong([
      ["allow", "Read", "/proj/a.ts"],
      ["allow", "Read", "/proj"],
      ["allow", "Grep", "/proj/src"],
      ["allow", "Glob", "/proj//src/./x/../a"],
      ["allow", "Read", "/proj/.git/config"],
      ["allow", "Read", "/extra/a", { roots: ["/proj", "/extra"] }],
      ["ask", "Read", "/proj-old/a"],
      ["ask", "Read", "/etc/passwd"],
      ["ask", "Read", "/proj/../etc/passwd"],
      ["ask", "Read", "/proj/a/../../etc/passwd"],
      ["ask", "Read", "/"],
      ["ask", "Read", "/home/u/.claude/settings.json"],
      ["ask", "Read", "relative"],
    ]),
  ).toEqual([])
})

test("writing asks, except in acceptEdits inside the working directories", () => {
  expect(
    wrong([
      ["ask", "Write", "/proj/a"],
      ["ask", "Edit", "/proj/a"],
      ["ask", "NotebookEdit", "/proj/a.ipynb"],
    ]),
  ).toEqual([])
  expect(
    wrong(
      [
        ["allow", "Write", "/proj/a"],
        ["allow", "Edit", "/extra/a", { roots: ["/proj", "/extra"] }],
        ["ask", "Write", "/proj-old/a"],
        ["ask", "Write", "/proj/../a"],
        ["ask", "Write", "/etc/a"],
      ],
      "acceptEdits",
    ),
  ).toEqual([])
})

test("both the path and the place it leads to count", () => {
  const links = {
    "/proj/link": "/etc",
    "/proj/in": "/proj/src",
    "/proj/loop": null,
    "/proj/env": "/proj/.env",
  }
  expect(
    wrong([
      ["ask", "Read", "/proj/link/passwd", { links }],
      ["allow", "Read", "/proj/in/a", { links }],
      ["ask", "Read", "/proj/loop", { links }],
      ["ask", "Read", "/proj/link/../x", { links }],
      ["allow", "Read", "/proj/in/../a", { links }],
      ["deny", "Read", "/proj/env", { links, deny: ["Read(.env)"] }],
      ["deny", "Read", "/proj/link/x", { links, deny: ["Read(//etc/**)"] }],
      ["deny", "Read", "/proj/link/x", { links, deny: ["Read(/link/**)"] }],
      ["ask", "Edit", "/proj/link/x", { links, allow: ["Edit(/link/**)"] }],
      ["allow", "Edit", "/proj/link/x", { links, allow: ["Edit(/link/**)", "Edit(//etc/**)"] }],
      ["ask", "Edit", "/proj/link/x", { links, mode: "acceptEdits" }],
    ]),
  ).toEqual([])
})

describe("protected names ask whatever allows writing", () => {
  const names = [
    ".git/config",
    ".git",
    ".git/hooks/pre-commit",
    "sub/.git/HEAD",
    ".GIT/config",
    ".Git/config",
    ".git./config",
    ".git /config",
    ".gi\u200bt/config",
    "GIT~1/config",
    ".vscode/tasks.json",
    ".idea/x",
    ".husky/pre-commit",
    ".cargo/config.toml",
    ".devcontainer/x",
    ".yarn/x",
    ".mvn/x",
    ".claude/settings.json",
    ".CLAUDE/settings.json",
    ".config/git/config",
    ".gitconfig",
    ".gitmodules",
    ".bashrc",
    ".BASHRC",
    ".zshrc",
    ".profile",
    ".envrc",
    ".npmrc",
    ".yarnrc.yml",
    ".pnp.cjs",
    "bunfig.toml",
    ".bazelrc",
    ".pre-commit-config.yaml",
    "lefthook.yml",
    "gradle/wrapper/gradle-wrapper.properties",
    ".devcontainer.json",
    ".ripgreprc",
    "pyrightconfig.json",
    ".mcp.json",
    ".claude.json",
    ".mcp.json.",
    ".npmrc::$DATA",
    ".claude/worktrees/a/.git/config",
  ]
  test("every name, in every mode but bypass", () => {
    for (const mode of ["default", "acceptEdits", "auto"] as const)
      expect(
        wrong(
          names.map((n) => ["ask", "Write", `/proj/${n}`, { mode, allow: ["Edit", "Write", "Edit(**)"] }]),
        ),
      ).toEqual([])
    expect(
      wrong(names.map((n) => ["deny", "Write", `/proj/${n}`, { mode: "dontAsk", allow: ["Edit"] }])),
    ).toEqual([])
    expect(wrong(names.map((n) => ["allow", "Write", `/proj/${n}`, { mode: "bypassPermissions" }]))).toEqual(
      [],
    )
  })

  test("through a redirect or a file command as well", () => {
    const commands = names
      .filter((n) => !/[\u200b$~]/.test(n))
      .flatMap((n) => [
        `echo a > '${n}'`,
        `cp a.txt '${n}'`,
        `mv a.txt '${n}'`,
        `touch '${n}'`,
        `rm '${n}'`,
        `sed -i s/a/b/ '${n}'`,
      ])
    const setup: Setup = {
      mode: "acceptEdits",
      allow: [
        "Bash(cp *)",
        "Bash(mv *)",
        "Bash(touch *)",
        "Bash(rm *)",
        "Bash(sed *)",
        "Bash(echo *)",
        "Edit",
      ],
    }
    expect(commands.filter((c) => verdictOf(c, setup) !== "ask")).toEqual([])
  })

  test("harmless neighbours do not", () => {
    const free = [
      ".gitignore",
      ".github/workflows/ci.yml",
      "git/config",
      ".claude/worktrees/a/src/x.ts",
      "claude/settings.json",
      ".env",
      "src/.gitkeep",
      "npmrc",
    ]
    expect(wrong(free.map((n) => ["allow", "Write", `/proj/${n}`, { mode: "acceptEdits" }]))).toEqual([])
  })

  test("a grant of this session opens .claude, settings never do", () => {
    expect(
      wrong([
        [
          "allow",
          "Edit",
          "/proj/.claude/agents/a.md",
          { source: "session", allow: ["Edit(//proj/.claude/**)"] },
        ],
        [
          "ask",
          "Edit",
          "/proj/.claude/agents/a.md",
          { source: "localSettings", allow: ["Edit(//proj/.claude/**)"] },
        ],
        ["ask", "Edit", "/proj/.git/config", { source: "session", allow: ["Edit(//proj/**)"] }],
      ]),
    ).toEqual([])
    const decision = decide(file("Edit", "/proj/.claude/agents/a.md"), policy())
    expect(decision.offers[0]?.updates[0]).toEqual({
      type: "addRules",
      rules: [{ toolName: "Edit", ruleContent: "//proj/.claude/**" }],
      behavior: "allow",
      destination: "session",
    })
  })
})

describe("path patterns", () => {
  const rows: readonly Row[] = [
    ["allow", "Read", "/abs/x/y", { allow: ["Read(//abs/**)"] }],
    ["ask", "Read", "/absx/y", { allow: ["Read(//abs/**)"] }],
    ["allow", "Read", "/home/u/notes/a", { allow: ["Read(~/notes/**)"] }],
    ["ask", "Read", "/home/u/other/a", { allow: ["Read(~/notes/**)"] }],
    ["allow", "Edit", "/proj/src/a/b.ts", { allow: ["Edit(/src/**)"] }],
    ["ask", "Edit", "/proj/x/src/b.ts", { allow: ["Edit(/src/**)"] }],
    ["allow", "Edit", "/proj/src/b.ts", { allow: ["Edit(src/**)"] }],
    ["ask", "Edit", "/proj/x/src/b.ts", { allow: ["Edit(src/**)"] }],
    ["deny", "Edit", "/proj/x/src/b.ts", { deny: ["Edit(src/**)"] }],
    ["ask", "Edit", "/proj/x/src/b.ts", { deny: ["Edit(./src/**)"] }],
    ["allow", "Edit", "/proj/a/b/c.md", { allow: ["Edit(*.md)"] }],
    ["allow", "Edit", "/proj/a/b/c.md", { allow: ["Edit(**/*.md)"] }],
    ["allow", "Edit", "/proj/docs/c.md", { allow: ["Edit(docs/*.md)"] }],
    ["ask", "Edit", "/proj/docs/x/c.md", { allow: ["Edit(docs/*.md)"] }],
    ["deny", "Read", "/proj/.env", { deny: ["Read(.env)"] }],
    ["deny", "Read", "/proj/x/y/.env", { deny: ["Read(.env)"] }],
    ["deny", "Read", "/proj/.ENV", { deny: ["Read(.env)"] }],
    ["deny", "Write", "/proj/.env", { deny: ["Read(.env)"], mode: "acceptEdits" }],
    ["deny", "Edit", "/proj/.env", { deny: ["Read(.env)"], mode: "bypassPermissions" }],
    ["allow", "Read", "/proj/.env", { deny: ["Edit(.env)"] }],
    ["deny", "Grep", "/proj/secrets", { deny: ["Read(secrets/**)"] }],
    ["deny", "Read", "/proj/a/../.env", { deny: ["Read(.env)"] }],
    ["deny", "Read", "/proj//.env", { deny: ["Read(/.env)"] }],
    ["allow", "Read", "/other/a", { allow: ["Edit(//other/**)"] }],
    ["ask", "Edit", "/other/a", { allow: ["Read(//other/**)"] }],
    ["ask", "Edit", "/proj/a", { allow: ["Write(/a)"] }],
    ["ask", "Read", "/proj/a", { ask: ["Read(a)"] }],
    ["ask", "Read", "/proj/a", { ask: ["Read(a)"], allow: ["Read(a)", "Read"], mode: "bypassPermissions" }],
    ["deny", "Read", "/proj/a", { ask: ["Read(a)"], mode: "dontAsk" }],
    ["deny", "Read", "/proj/a", { deny: ["Read"] }],
    ["deny", "Grep", "/proj/a", { deny: ["Read"] }],
    ["deny", "Write", "/proj/a", { deny: ["Edit"], mode: "acceptEdits" }],
    ["allow", "Write", "/proj/a", { allow: ["Edit"] }],
    ["allow", "Write", "/proj/a", { allow: ["Write"] }],
    ["ask", "Edit", "/proj/a", { allow: ["Write"] }],
    ["ask", "Edit", "/proj/a/b", { allow: ["Edit(!a)"] }],
    ["deny", "Read", "/proj/dir/x", { deny: ["Read(dir/)"] }],
    ["deny", "Read", "/up/x", { deny: ["Read(../up/**)"] }],
  ]
  test("anchors, depth, case and the tools they cover", () => {
    expect(wrong(rows)).toEqual([])
  })

  test("hold for commands that name the file, too", () => {
    const setup: Setup = {
      deny: ["Read(.env)", "Edit(locked/**)"],
      allow: ["Bash(cat *)", "Bash(cp *)", "Bash(rm *)", "Bash(ls *)"],
      mode: "bypassPermissions",
    }
    const denied = [
      "cat .env",
      "cat ./.env",
      "cat x/.env",
      "cat a .env",
      "head -1 .env",
      "grep a .env",
      "cat < .env",
      "echo a > .env",
      "cp a .env",
      "cp .env a",
      "sort .env",
      "cd x && cat .env",
      "rm -r locked",
      "rm locked/a",
      "mv locked b",
      "cp a locked/b",
      "echo a >> locked/x",
      "echo $(cat .env)",
      "jq . .env",
      "diff a .env",
      "cat {a,.env}",
      "f=.env; cat $f",
      "for f in a .env; do cat $f; done",
      "sed -n p .env",
      "rg x .env",
      "[ -f .env ]",
    ]
    expect(denied.filter((c) => verdictOf(c, setup) !== "deny")).toEqual([])
    expect(["cat .e*", "cat .??v", "cat x/.*"].filter((c) => verdictOf(c, setup) !== "ask")).toEqual([])
    expect(["cat env", "cat *.txt", "cp a b", "rm x"].filter((c) => verdictOf(c, setup) !== "allow")).toEqual(
      [],
    )
  })
})

test("acceptEdits frees file commands inside the working directories and nothing else", () => {
  const free = [
    "mkdir -p a/b",
    "touch a b",
    "rm a",
    "rm -rf dist",
    "rmdir a",
    "mv a b",
    "cp -r a b",
    "sed -i 's/a/b/' x.ts",
    "mkdir -p src/{a,b}",
    "echo hi > out.txt",
    "cd src && touch a",
    "cat a > b",
    "mkdir x && cp a x && ls x",
  ]
  const asks = [
    "cp a /tmp/b",
    "cp /etc/passwd a",
    "mv a ../b",
    "rm /tmp/a/b",
    "touch ~/x",
    "mkdir $X",
    "rm $X",
    "sed -i 's/a/b/w z' x",
    "sed -i.bak s/a/b/ x",
    "chmod +x a",
    "ln -s /etc a",
    "cd $X && touch a",
    "npm install",
    "echo a > /tmp/z",
    "cp -t /tmp a",
    "cp --target-directory=/tmp a",
    "install a b",
    "mv a .git/hooks/x",
    "cp a * ",
    "dd of=a",
  ]
  expect(free.filter((c) => verdictOf(c, { mode: "acceptEdits" }) !== "allow")).toEqual([])
  expect(asks.filter((c) => verdictOf(c, { mode: "acceptEdits" }) !== "ask")).toEqual([])
  expect(free.filter((c) => verdictOf(c) !== "ask")).toEqual([])
})

test("a copy or move lands inside its target, and what it brings along is not trusted", () => {
  const asks = [
    "cp x/.npmrc .",
    "mv x/.git .",
    "cp -r x/.git src",
    "cp -r x/. .",
    "cp -r x/.. .",
    "cp -rT x .",
    "cp x/.* .",
    "cp x/* .",
    "cp -r d e && echo a > e/link",
    "mv d e; touch e/link",
  ]
  expect(asks.filter((c) => verdictOf(c, { mode: "acceptEdits" }) !== "ask")).toEqual([])
  const links = { "/proj/dir/a": "/etc/a" }
  expect(verdictOf("cp a dir", { mode: "acceptEdits", links })).toBe("ask")
  expect(verdictOf("cp a b dir && ls dir", { mode: "acceptEdits" })).toBe("allow")
})

test("plan mode reads, and writes only the plan", () => {
  const setup: Setup = { mode: "plan", ownFiles: ["/home/u/.claude/plans/p.md"] }
  expect(
    wrong([
      ["allow", "Read", "/proj/a", setup],
      ["deny", "Edit", "/proj/a", setup],
      ["deny", "Edit", "/proj/a", { ...setup, allow: ["Edit"] }],
      ["allow", "Write", "/home/u/.claude/plans/p.md", setup],
      ["deny", "Write", "/home/u/.claude/plans/q.md", setup],
    ]),
  ).toEqual([])
  expect(verdictOf("ls", setup)).toBe("allow")
  expect(verdictOf("echo a > b", setup)).toBe("deny")
  expect(verdictOf("npm test", setup)).toBe("ask")
  expect(verdictOf("npm test", { ...setup, sandboxed: true })).toBe("ask")
  expect(verdictOf("rm a", setup)).not.toBe("allow")
})

test("what is offered for a file makes the next call free", () => {
  const edit = decide(file("Edit", "/proj/a"), policy())
  expect(edit.offers.map((o) => o.updates)).toEqual([
    [{ type: "setMode", mode: "acceptEdits", destination: "session" }],
  ])
  const read = decide(file("Read", "/other/dir/a"), policy())
  expect(read.offers[0]?.updates).toEqual([
    { type: "addDirectories", directories: ["/other/dir"], destination: "session" },
  ])
})

test("what the session itself spilled may be read, and is still not written", () => {
  const setup: Setup = { ownFolders: ["/home/u/.claude/projects/p/s1"] }
  const spilled = "/home/u/.claude/projects/p/s1/tool-results/t1.txt"
  expect(
    wrong([
      ["allow", "Read", spilled, setup],
      ["ask", "Edit", spilled, setup],
      ["ask", "Read", "/home/u/.claude/projects/p/s2/tool-results/t1.txt", setup],
      ["deny", "Read", spilled, { ...setup, deny: [`Read(/${spilled})`] }],
    ]),
  ).toEqual([])
})

describe("what the settings close, no rule, mode or answer opens", () => {
  const none = { reads: false, writes: false, exempt: [], questions: false }
  const all = ["default", "acceptEdits", "bypassPermissions", "dontAsk"] as const

  test("reading outside the working folders", () => {
    const restrictions = { ...none, reads: true, exempt: ["/usr/include"] }
    for (const mode of all)
      expect(
        wrong(
          [
            ["allow", "Read", "/proj/a.ts", { restrictions }],
            ["allow", "Read", "/extra/a", { restrictions, roots: ["/proj", "/extra"] }],
            ["allow", "Read", "/session/spill/1", { restrictions, ownFolders: ["/session"] }],
            ["deny", "Read", "/etc/passwd", { restrictions }],
            ["deny", "Grep", "/proj/../etc", { restrictions }],
            ["deny", "Read", "/proj/link/passwd", { restrictions, links: { "/proj/link": "/etc" } }],
            ["deny", "Read", "/etc/hosts", { restrictions, allow: ["Read", "Read(//etc/**)"] }],
          ],
          mode,
        ),
      ).toEqual([])
    expect(wrong([["allow", "Read", "/usr/include/a.h", { restrictions, allow: ["Read"] }]])).toEqual([])
    expect(verdictOf("cat /etc/passwd", { restrictions })).toBe("deny")
    expect(verdictOf("cat ./a", { restrictions })).toBe("allow")
    expect(verdictOf("sort < /etc/passwd", { restrictions, allow: ["Bash"] })).toBe("deny")
  })

  test("writing outside the working folders, also what may be read there", () => {
    const restrictions = { ...none, writes: true, exempt: ["/out"] }
    for (const mode of all)
      expect(
        wrong(
          [
            ["deny", "Write", "/out/a", { restrictions }],
            ["deny", "Edit", "/etc/hosts", { restrictions, allow: ["Edit", "Edit(//etc/**)"] }],
          ],
          mode,
        ),
      ).toEqual([])
    expect(verdictOf("echo a > /etc/hosts", { restrictions, allow: ["Bash"] })).toBe("deny")
    expect(wrong([["allow", "Write", "/proj/a", { restrictions, mode: "acceptEdits" }]])).toEqual([])
  })

  test("what would ask is refused, also what even bypass asks about", () => {
    const restrictions = { ...none, questions: true }
    expect(
      wrong([
        ["deny", "Write", "/proj/a", { restrictions }],
        ["deny", "Read", "/etc/passwd", { restrictions }],
        ["deny", "Read", "/proj/.env", { restrictions, mode: "bypassPermissions", ask: ["Read(.env)"] }],
        ["allow", "Write", "/proj/a", { restrictions, mode: "acceptEdits" }],
        ["allow", "Read", "/proj/a", { restrictions }],
      ]),
    ).toEqual([])
    expect(decide(file("Write", "/proj/a"), policy({ restrictions })).reason.text).toContain(
      "the settings ask nothing",
    )
  })
})
