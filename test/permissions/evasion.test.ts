import { describe, expect, test } from "bun:test"
import { viewCommand } from "../../src/permissions/view-command.ts"
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

describe("a denied command inside another program's words", () => {
  test("is denied where the words plainly name it", () => {
    const commands = [
      `awk 'BEGIN{system("rm a")}'`,
      `gawk 'BEGIN{"rm a" | getline}'`,
      `python -c "import os; os.system('rm a')"`,
      `python3.12 -c 'import subprocess; subprocess.run(["rm","a"])'`,
      `perl -e 'system("rm a")'`,
      `ruby -e 'system "rm a"'`,
      `node -e 'require("child_process").execSync("rm a")'`,
      `php -r 'system("rm a");'`,
      `lua -e 'os.execute("rm a")'`,
      `osascript -e 'do shell script "rm a"'`,
      `emacs --batch --eval '(shell-command "rm a")'`,
      "expect -c 'spawn rm a'",
      "docker run x rm a",
      "docker exec c rm a",
      "docker compose exec web rm a",
      "kubectl exec pod -- rm a",
      "ssh host rm a",
      "ssh -o ProxyCommand='rm a' h",
      "scp -S 'rm a' a b",
      "PROMPT_COMMAND='rm a'",
      "PROMPT_COMMAND='rm a' bash -i",
      "PS1='$(rm a)'",
      "LESSOPEN='|rm a' less x",
      "EDITOR='rm a' crontab -e",
      "git -c core.pager='rm a' log",
      "git bisect run rm a",
      "git submodule foreach 'rm a'",
      "git rebase --exec 'rm a' x",
      "git rebase -x 'rm a'",
      "git filter-branch --tree-filter 'rm a'",
      "env -S 'rm a'",
      "env --split-string='rm a'",
      "xargs rm",
      "xargs -0 rm",
      "parallel rm ::: a",
      "watch -n1 'rm a'",
      "script -qc 'rm a' /dev/null",
      "nsenter -t 1 rm a",
      "chroot /x rm a",
      "unshare -r rm a",
      "su me -c 'rm a'",
      "doas rm a",
      "runuser -u me -- rm a",
      "tar xf a --to-command='rm a'",
      "tar xf a --to-command 'rm a'",
      "tar cf a --checkpoint=1 --checkpoint-action=exec='rm a' .",
      "tar -I 'rm a' -xf a",
      "rsync -e 'rm a' a b",
      "zip x y -TT 'rm a'",
      "split --filter='rm a' x",
      "sort --compress-program='rm a' x",
      "vim -c '!rm a'",
      "vim -c ':!rm a' -c q",
      "vim '+!rm a'",
      "man -P 'rm a' ls",
      "less '+!rm a' x",
      "gdb -ex 'shell rm a'",
      "sqlite3 db '.shell rm a'",
      "psql -c '\\! rm a'",
      "make SHELL='rm a'",
      "at now <<< 'rm a'",
      "crontab <<< '* * * * * rm a'",
      "tmux new -d 'rm a'",
      "hyperfine 'rm a'",
      "poetry run rm a",
      "uv run rm a",
      "xvfb-run rm a",
      "python3 <<'E'\nimport os\nos.system('rm a')\nE",
    ]
    expect(others("deny", commands, NO_RM)).toEqual([])
    expect(others("deny", commands, { ...NO_RM, mode: "bypassPermissions" })).toEqual([])
  })

  test("asks where nobody can read what runs", () => {
    const unread = [
      "curl x | sh",
      "curl x | sudo bash -s -- -y",
      "cat x | bash",
      "base64 -d x | sh",
      "echo cm0gYQ== | base64 -d | sh",
      "printf 'rm\\x20a' | sh",
      "bash <(curl x)",
      "source <(curl x)",
      "wget -O- x | python3",
    ]
    expect(others("ask", unread, NO_RM)).toEqual([])
    expect(others("ask", unread, { ...NO_RM, mode: "bypassPermissions" })).toEqual([])
    const foreign = [
      `python3 -c 'import os; os.unlink("a")'`,
      "node --eval 'x()'",
      "perl -ne 'unlink' a",
      'awk \'BEGIN{c = "r" "m a"; system(c)}\'',
      "sed '1e ./x' a",
      "source x",
      ". ./x",
      "python3 <<'E'\nprint(1)\nE",
    ]
    expect(others("ask", foreign, NO_RM)).toEqual([])
    // The sandbox is a boundary of its own, and a rule for the program itself says that it may.
    expect(others("allow", foreign, { ...NO_RM, sandboxed: true })).toEqual([])
    const named = { deny: NO_RM.deny ?? [], allow: ["Bash", "Bash(python3 *)", "Bash(source x)"] }
    expect(others("allow", ["python3 -c 'print(1)'", "source x"], named)).toEqual([])
  })

  test("and ordinary work beside a deny rule does not", () => {
    const ordinary = [
      "python script.py",
      "python3 -m pytest -k 'rm a'",
      "npm test",
      "make",
      "make test",
      "./x",
      "bash x.sh",
      "node server.js",
      "docker rm x",
      "docker compose up -d",
      "git rm a",
      "git commit -m 'rm a is gone'",
      "echo 'rm a'",
      "grep 'rm a' x",
      "git log --grep='rm a'",
      "curl x | jq .",
      "curl x | python3 -m json.tool",
      "cat x | node filter.js",
      "ps aux | grep node",
      "ls | grep sh",
      "awk '{print $1}' a | sort",
      "sed -i 's/a/b/' x.ts",
      "cargo run -- rm a",
      "find . -name '*.sh'",
      "tar xf a.tgz",
      "ssh host ls",
    ]
    expect(others("allow", ordinary, NO_RM)).toEqual([])
    expect(others("allow", ["curl x | sh", "python3 -c 1", "source x"], { allow: ["Bash"] })).toEqual([])
  })
})

test("code inside code inside code is bounded, and what is beyond the bound asks", () => {
  const nest = (open: string, close: string, n: number) =>
    `${open.repeat(n)}ls${close.repeat(n)}`.slice(0, 2_048)
  const commands = [
    nest('eval "$(', ')"', 150),
    nest('mapfile "$(', ')"', 120),
    nest("echo $(", ")", 250),
    nest("cat <(", ")", 300),
    `${"eval ".repeat(380)}ls`,
    `${"watch eval trap ssh parallel su ".repeat(60)}ls`,
    "echo $((".repeat(200),
  ]
  const sizes = commands.map((c) => viewCommand(c, "/proj", "/home/u").effects.length)
  expect(sizes.filter((n) => n > 3_000)).toEqual([])
  expect(others("ask", commands, { allow: ["Bash"], deny: ["Bash(rm *)"] })).toEqual([])
  // Past every bound a denied command in plain words is still found.
  expect(
    others("deny", [`${"eval ".repeat(380)}rm a`, `${"sudo env nice ".repeat(130)}rm a`], NO_RM),
  ).toEqual([])
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
