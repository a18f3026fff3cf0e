import { describe, expect, test } from "bun:test"
import { type Setup, verdictOf } from "./helpers.ts"

function others(verdict: string, commands: readonly string[], setup: Setup = {}): readonly string[] {
  return commands.filter((c) => verdictOf(c, setup) !== verdict)
}

const NO_RM: Setup = { deny: ["Bash(rm *)"], allow: ["Bash"] }
const NO_PUSH: Setup = { deny: ["Bash(git push:*)"], allow: ["Bash"] }

describe("a denied command stays denied", () => {
  test("as code that a shell reads from its input", () => {
    const commands = [
      "sh <<< 'rm a'",
      "bash <<'E'\nrm a\nE",
      "sudo bash -s <<E\nrm a\nE",
      "echo 'rm a' | sh",
      "echo 'rm a' | cat | tee log | sh",
      "printf 'ls\\nrm a' | bash -s",
      "printf '%s' 'rm a' | sudo sh",
      "mapfile -C 'rm a' x",
      "complete -C 'rm a' x",
      "flock f -c 'rm a'",
      "git -c alias.x='!rm a' x",
      "GIT_PAGER='rm a' git log",
    ]
    expect(others("deny", commands, NO_RM)).toEqual([])
  })

  test("behind options that stand before the program's own command", () => {
    const commands = [
      "git -C . push",
      "git --no-pager push",
      "git -c a=b push origin",
      "git --git-dir=x --work-tree y push",
      "sudo git -C x push",
      "timeout 5 git -P push",
    ]
    expect(others("deny", commands, NO_PUSH)).toEqual([])
    expect(
      others("deny", ["npm --silent publish", "npm --prefix x publish"], { deny: ["Bash(npm publish:*)"] }),
    ).toEqual([])
    expect(others("allow", ["git -C push status", "git log -n 3"], NO_PUSH)).toEqual([])
  })

  test("or at least asks when words known only at run time may make it", () => {
    expect(
      others("ask", ["git $x", "git p?sh", 'git "$x"', "git pu$x", "xargs git", "sudo git -C . $x"], NO_PUSH),
    ).toEqual([])
    expect(others("ask", ["rm $x", 'rm "$x"'], { deny: ["Bash(rm -rf *)"], allow: ["Bash"] })).toEqual([])
    expect(others("allow", ["git add $x", "npm run $x", 'echo "$x"'], NO_PUSH)).toEqual([])
  })

  test("and a name that may now mean it asks", () => {
    expect(others("ask", ["alias z=rm; z a", "hash -p /bin/rm z; z a", "enable -f ./x.so z"], NO_RM)).toEqual(
      [],
    )
  })
})

describe("a denied file is not read on the way", () => {
  const env: Setup = { deny: ["Read(.env)"] }
  test("by a search through its folder", () => {
    const commands = [
      "grep -r KEY .",
      "grep -rn KEY",
      "grep -r KEY src",
      "rg --hidden KEY",
      "rg -uu KEY .",
      "rg -. KEY",
      "git grep KEY",
      "diff -r . src",
      "ls | xargs grep -r KEY",
    ]
    expect(others("ask", commands, env)).toEqual([])
    expect(
      others("ask", ["grep -r KEY src", "grep -r KEY .", "rg KEY", "rg KEY src/secrets/a"], {
        deny: ["Read(src/secrets/**)"],
      }),
    ).not.toContain("grep -r KEY .")
  })

  test("from a revision", () => {
    expect(
      others("deny", ["git show HEAD:.env", "git diff .env", "git show HEAD:./.env", "git blame .env"], env),
    ).toEqual([])
  })

  test("while searches elsewhere and shallow ones stay free", () => {
    expect(
      others("allow", ["rg KEY", "grep KEY a.txt", "grep -n KEY src/*.ts", "git show HEAD:src/a.ts"], env),
    ).toEqual([])
    const anchored: Setup = { deny: ["Read(./secrets/**)", "Read(//etc/**)"] }
    expect(others("allow", ["grep -r KEY src", "rg KEY test", "git grep KEY -- src"], anchored)).toEqual([])
    expect(others("allow", ["grep -r KEY secrets", "rg KEY", "grep -r KEY ."], anchored)).toHaveLength(3)
  })
})

test("critical removals ask in every spelling, bypass mode too", () => {
  const commands = [
    `rm -rf \${X:-/}`,
    `rm -rf "\${X:-/usr}"`,
    "mv / /tmp",
    "mv ~ /tmp/x",
    "mv .. /tmp/x",
    "unlink /",
    "rm -rf ~u",
    "rm -rf ~+",
    "rm -rf $(pwd)",
    "rm -rf `pwd`",
    'rm -rf "$(pwd)"',
    "rm -rf $OLDPWD",
    "echo / | xargs rm -rf",
    "printf '/ ~' | xargs -n1 rm -rf",
  ]
  const bypass: Setup = { allow: ["Bash"], mode: "bypassPermissions" }
  expect(others("ask", commands, bypass)).toEqual([])
  const harmless = [
    `rm -rf "\${X:-dist}"`,
    'rm -rf "$(pwd)/dist"',
    "mv a b",
    "mv * sub",
    "find . -name x | xargs rm",
    "rm -rf ~u/x",
  ]
  expect(others("allow", harmless, bypass)).toEqual([])
})

test("printing a version asks where the project chooses the program that prints it", () => {
  const commands = [
    "yarn --version",
    "pnpm -v",
    "cargo --version",
    "mvn --version",
    "dotnet --version",
    "npm ls",
  ]
  expect(others("ask", commands)).toEqual([])
})

test("the environment is not listed without a question", () => {
  expect(
    others("ask", ["declare -x", "declare -r", "typeset -x", "readonly", "export", "declare -p", "set"]),
  ).toEqual([])
})

test("a language with a path in it asks", () => {
  expect(others("ask", ["LANGUAGE=../x ls", "LC_ALL=/proj/x ls", "LANG=a/b ls"])).toEqual([])
  expect(
    others("allow", ["LANG=C ls", "LC_ALL=en_US.UTF-8 ls", "LANGUAGE=de:en ls", "LC_ALL=C.UTF-8 sort a"]),
  ).toEqual([])
})

test("a link that the command makes is not written through", () => {
  const setup: Setup = { mode: "acceptEdits", allow: ["Bash(ln *)"] }
  expect(others("ask", ["ln -s .git x; echo a > x/config", "ln -s ../y x && echo a > x"], setup)).toEqual([])
})
