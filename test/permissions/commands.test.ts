import { describe, expect, test } from "bun:test"
import { judgeBash, type Setup, verdictOf } from "./helpers.ts"

/** `[command, setup]` rows that must all end in one verdict; the failing ones are listed. */
function others(verdict: string, commands: readonly string[], setup: Setup = {}): readonly string[] {
  return commands.filter((c) => verdictOf(c, setup) !== verdict)
}

const TYPICAL: Setup = {
  allow: [
    "Bash(npm run *)",
    "Bash(npm test:*)",
    "Bash(git add *)",
    "Bash(git commit *)",
    "Bash(bun test *)",
    "Bash(cargo build)",
    "Bash(make *)",
    "Bash(python3 -m pytest *)",
    "Bash(npx tsc *)",
  ],
}

test("everyday work under typical rules does not ask", () => {
  const commands = [
    "npm run build",
    "npm run test -- --watch=false",
    "npm test",
    "npm test -- -t 'name of a test'",
    "cd src && npm test",
    "npm run lint && npm run build 2>&1 | tail -20",
    "npm run build 2>/dev/null || echo failed",
    "git add -A && git commit -m 'fix: the thing; really' && git status --short",
    "git commit -m \"$(cat <<'EOF'\nSubject line\n\nBody with $dollar and `ticks`\nEOF\n)\"",
    "NODE_ENV=test npm run test",
    "CI=1 FORCE_COLOR=0 bun test src",
    "timeout 60 npm run test",
    "time cargo build",
    "nice -n 10 make -j4 all",
    "set -euo pipefail; npm run build",
    'for f in src/a.ts src/b.ts; do echo "== $f"; head -5 "$f"; done',
    "for d in one two; do (cd $d && ls); done",
    'for f in src/*.ts; do wc -l "$f"; done',
    "ls -la && cat package.json | jq '.scripts' && git log --oneline -5",
    "grep -rn \"TODO\" src --include='*.ts' | wc -l",
    "rg -n 'function (\\w+)' src | sort | uniq -c | sort -rn | head",
    "find . -name '*.test.ts' -not -path './node_modules/*' | head -20",
    "if [ -f package.json ]; then cat package.json; else echo none; fi",
    'while read -r line; do echo "$line"; done < a.txt',
    "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done",
    "test -d dist && du -sh dist",
    "diff <(sort a.txt) <(sort b.txt)",
    'echo "on $(git branch --show-current)"',
    'name=$(basename "$(pwd)"); echo "$name"',
    "cat src/{a,b}.ts",
    "command -v node && node --version",
    "python3 -m pytest -x tests/ -k 'a and b'",
    "git diff HEAD~1 --stat; git show --stat HEAD",
    "[[ $(git status --porcelain) == '' ]] && echo clean",
    "[[ -d node_modules ]] || echo missing",
    "sleep 2 && curl --version",
    "! grep -q x a.txt",
    "echo a &",
    "(cd src; ls) ; ls",
    "sed -n '10,20p' src/a.ts",
    "npx tsc --noEmit 2>&1 | grep error | head",
    "printf '%s\\n' a b c",
    "wc -l < a.txt",
    "true && : && false || echo done",
    "LC_ALL=C sort a.txt",
    "GIT_PAGER=cat git log -3",
  ]
  expect(others("allow", commands, TYPICAL)).toEqual([])
})

describe("nothing slips through by", () => {
  const rows: Readonly<Record<string, readonly string[]>> = {
    "separators and control structures": [
      "git log; ./x",
      "git log && ./x",
      "git log || ./x",
      "git log | ./x",
      "git log |& ./x",
      "git log & ./x",
      "git log\n./x",
      "if true; then ./x; fi",
      "if ./x; then true; fi",
      "for i in 1; do ./x; done",
      "while ./x; do :; done",
      "until ./x; do :; done",
      "{ ./x; }",
      "(./x)",
      "case a in a) ./x;; esac",
      "f() { ./x; }; f",
      "function f { ./x; }",
      "! ./x",
      "time ./x",
      "coproc ./x",
      "select a in b; do ./x; done",
      "for ((;;)); do ./x; done",
      "echo a;./x",
      "echo a&&./x",
    ],
    substitution: [
      "echo $(./x)",
      'echo "$(./x)"',
      "echo `./x`",
      'echo "`./x`"',
      "a=$(./x)",
      "a=`./x` ls",
      "ls <(./x)",
      "ls >(./x)",
      "cat <<E\n$(./x)\nE",
      "cat <<E\n`./x`\nE",
      "cat <<-E\n\t$(./x)\n\tE",
      "cat <<< $(./x)",
      `echo \${v:-$(./x)}`,
      `echo \${v:+\`./x\`}`,
      `echo \${v/a/$(./x)}`,
      `echo \${v#$(./x)}`,
      "echo $(( $(./x) ))",
      "echo $((a[$(./x)]))",
      "((a[$(./x)]))",
      `echo \${a[$(./x)]}`,
      "a[$(./x)]=1",
      "a=([$(./x)]=1)",
      "a=($(./x))",
      "[[ -n $(./x) ]]",
      "[[ a == $(./x) ]]",
      "case $(./x) in a) ;; esac",
      "case a in $(./x)) ;; esac",
      "for i in $(./x); do :; done",
      "ls > $(./x)",
      "echo $(echo $(./x))",
      'echo "a $(echo "b $(./x)")"',
      "echo `echo \\`./x\\``",
      `echo \${ ./x; }`,
      "echo $[ $(./x) ]",
      "export a=$(./x)",
      "declare a=`./x`",
      // The parser takes these for plain words.
      "ls 3<(./x)",
      "ls {fd}<(./x)",
      "printf 3>(./x)",
      "a=(3<(./x))",
      "case 3<(./x) in a) ;; esac",
      "for i in 3<(./x); do :; done",
      "[[ 3<(./x) ]]",
      "[[ -f 3<(./x) ]]",
      "echo $(( $(echo 3<(./x)) ))",
      "{ cat 0<(./x); }",
    ],
    "expansion that evaluates text": [
      `echo \${v@P}`,
      `v='$(./x)'; echo \${v@P}`,
      `v='$(./x)'; echo "\${v@P}"`,
      `echo \${!v}`,
      `v=a; echo \${!v}`,
      "[[ -v 'a[$(./x)]' ]]",
      "[[ -v $v ]]",
      "test -v 'a[$(./x)]'",
      "[ -v 'a[$(./x)]' ]",
      "printf -v 'a[$(./x)]' y",
      "printf %n 'a[$(./x)]'",
      "declare 'a[$(./x)]=1'",
      "typeset 'a[$(./x)]=1'",
      "export 'a[$(./x)]=1'",
      "unset 'a[$(./x)]'",
      "read 'a[$(./x)]' < a.txt",
      "let 'a[$(./x)]'",
      "v='a[$(./x)]'; echo $((v))",
      "v='a[$(./x)]'; ((v))",
      "v='a[$(./x)]'; [[ v -eq 1 ]]",
      "v='a[$(./x)]'; [[ $v -eq 1 ]]",
      "[[ 'a[$(./x)]' -eq 0 ]]",
      "echo $((HOME))",
      `v='a[$(./x)]'; echo \${z:v}`,
      "declare -i v; v='a[$(./x)]'",
      "declare -n r=a",
      "v=x; v+='[$(./x)]'; echo $((v))",
      "read -r v < a.txt; echo $((v))",
      "mapfile -C ./x -c 1 a < a.txt",
      "wait -p 'a[$(./x)]'",
      "getopts a 'v[$(./x)]'",
    ],
    "dynamic command names": [
      "$cmd x",
      '"$cmd" x',
      `\${cmd} x`,
      "$(echo ./x)",
      "`echo ./x`",
      "{./x,a}",
      "{rm,-rf,src}",
      "$'\\x2e/x'",
      '$"./x"',
      './"x"',
      "l*",
      "?s",
      "v=./x; $v",
      "~/x",
      "../x",
      "\\./x",
      "$HOME/x",
      "./[x]",
    ],
    shadowing: [
      "ls() { ./x; }; ls",
      "alias ls=./x; ls",
      "hash -p ./x ls; ls",
      "PATH=.:$PATH; ls",
      "PATH=. ls",
      "export PATH=.",
      "declare -x PATH=.",
      "enable -n echo",
      "enable -f ./x.so ls",
      "BASH_ENV=./x bash -c :",
      "shopt -s expand_aliases",
      "trap ./x EXIT",
      "trap './x' DEBUG",
      "exec ./x",
      "source ./x",
      ". ./x",
      "eval ./x",
      "for PATH in .; do ls; done",
      "read PATH < a",
      "printf -v PATH .",
      "PS4='$(./x)'; set -x; ls",
      "unset PATH",
      "PATH+=:.",
      "((PATH=1))",
      "set -a; x=1",
      "set -k",
      "builtin eval ./x",
      "command eval ./x",
      "command -p ./x",
      "export x IFS=/",
    ],
    "options with power": [
      "sort -o z a",
      "sort --output=z a",
      "git log --output=z",
      "git diff --output z",
      "tree -o z",
      "rg --pre ./x a",
      "rg --pre=./x a",
      "rg --hostname-bin=./x a",
      "tar xf a.tar",
      "tar cf a --checkpoint-action=exec=./x .",
      "git grep -O./x a",
      "git grep --open-files-in-pager=./x a",
      "man --html=./x ls",
      "man -P ./x ls",
      "sed 'w z' a",
      "sed 's/a/b/w z' a",
      "sed 's/a/b/e' a",
      "sed '1e ./x' a",
      "sed -n '$!{w z\n}' a",
      "awk 'BEGIN{system(\"./x\")}'",
      "awk '{print | \"./x\"}' a",
      "awk '{print > \"z\"}' a",
      "uniq a z",
      "find . -fprint z",
      "find . -fls z",
      "find . -exec ./x +",
      "find . -okdir ./x \\;",
      "find . -delete",
      "xargs -I{} ./x",
      "xargs -a list ./x",
      "xargs --arg-file=a ./x",
      "ls | xargs -n1 ./x",
      "ls | xargs ./x",
      "date -s 2020-01-01",
      "hostname evil",
      "file -C -m a",
      "jq -n env",
      "jq -n '$ENV.PATH'",
      "less a",
      "more a",
      "vi a",
      "ed a",
      "perl -e 1",
      "ruby -e 1",
      "tee z",
      "dd of=z",
      "curl -o z http://x",
      "wget x",
      "nc -l 1",
      "od --x a",
      "history -w z",
      "fc -e ./x",
      "bat --pager ./x a",
      "fd -x ./x",
      "git bisect run ./x",
      "git -c alias.x='!./x' x",
      "git --exec-path=. log",
      "git --git-dir=. log",
      "git -p log",
      "git log --ext-diff",
      "git show --textconv",
      "git branch -D main",
      "git stash",
      "git fetch --upload-pack=./x",
      "git ls-remote ext::./x",
      "git archive --remote=x",
      "git submodule foreach ./x",
      "ssh -o ProxyCommand=./x h",
      "go vet -vettool=./x",
      "ps eww",
      "env",
      "printenv",
      "export -p",
      "declare -p",
      "set",
      "npm view x",
    ],
    "option spellings": [
      "sort -oz a",
      "sort -uoz a",
      "sort -no z a",
      "sort --outp z a",
      "sort --output z a",
      "sort '-o' z a",
      'sort "-o" z a',
      'sort -"o" z a',
      "sort \\-o z a",
      "sort $'-o' z a",
      "sort -{o,u} z a",
      "sort {-o,z} a",
      "sort * ",
      "sort -* a",
      "rg --pr\\e=./x a",
      "rg '--pre' ./x a",
      "git log --out'put'=z",
      "o=-oz; sort $o a",
      "o='-o z'; sort $o a",
      'o=--output=z; git log "$o"',
      'find . -e"xec" ./x \\;',
      "sort $(echo -oz) a",
      "sed -n'w z' a",
      "sed --expression='w z' a",
      "uniq -c a z",
      "uniq -- a z",
    ],
    environment: [
      "PAGER=./x git log",
      "GIT_PAGER=./x git log",
      "LESSOPEN=./x cat a",
      "LD_PRELOAD=./x ls",
      "GIT_SSH_COMMAND=./x git status",
      "GIT_EXTERNAL_DIFF=./x git diff",
      "GIT_CONFIG_COUNT=1 git log",
      "HOME=. git log",
      "XDG_CONFIG_HOME=. git log",
      "RIPGREP_CONFIG_PATH=a rg x",
      "BASH_ENV=a ls",
      "IFS=/ ls",
      "FOO=bar ls",
      "NODE_OPTIONS=--require=./x node --version",
      "export GIT_DIR=x; git log",
      "GIT_DIR=x; git log",
      "http_proxy=evil curl --version",
      "LANG=$(./x) ls",
      "TZ=/etc/passwd date",
    ],
    directories: [
      "cd / && ls",
      "cd /etc; cat passwd",
      "cd .. && cat x",
      "cd ../.. && ls",
      "cd src/../.. && ls",
      "cd ~ && cat .bashrc",
      "cd && ls",
      "cd - && ls",
      'cd "$D" && ls',
      "cd $(echo /) && ls",
      "cd src && git log",
      "cd /tmp && git status",
      "pushd /etc && ls",
      "(cd /etc && cat passwd)",
      "cd src || cd /; cat etc/passwd",
      "cd src && cat ../../x",
      "cd src; cat ../x",
      "for d in / /etc; do cd $d; ls; done",
      "while cd ..; do cat x; done",
      "CDPATH=/ cd etc",
      "cd -P src && cat a",
      "cd a b",
      "git -C src log",
      "command cd / && cat etc/passwd",
      "builtin cd / && ls",
    ],
    redirects: [
      "> z",
      "ls > z",
      "ls >> z",
      "ls >| z",
      "ls &> z",
      "ls &>> z",
      "ls >& z",
      "ls <> z",
      "ls 2> z",
      "> z ls",
      "2>z ls",
      "{ ls; } > z",
      "(ls) > z",
      "if true; then ls; fi > z",
      "for i in 1; do ls; done > z",
      "while false; do ls; done >> z",
      "[[ a ]] > z",
      "((1)) > z",
      "ls > $X",
      'ls > "$X"',
      "ls > ~/z",
      "ls > *",
      "ls > {a,b}",
      "ls > /dev/tcp/h/1",
      "cat < /dev/tcp/h/1",
      "cat < /dev/udp/h/1",
      "ls > /dev/sda",
      "ls 3> z",
      "ls {fd}> z",
      "cat < /etc/passwd",
      "cat <$X",
      "echo a > z 2>&1",
      "echo a > /dev/null > z",
      "cat a > .git/hooks/post-commit",
      "exec > z",
      "f() { :; } > z",
    ],
    "text tricks": [
      "echo a # '\n./x",
      "echo a #\\\n./x",
      "echo 'a' # \"\n./x\n# \"",
      "ec\\\nho a; ./\\\nx",
      "echo \\' ; ./x ; echo \\'",
      'echo "a\\" ; ./x ; echo \\""; ./x',
      "echo $'a\\'; ./x; echo b'; ./x",
      "cat <<'E' ; ./x\nE",
      "cat <<E\nE\n./x",
      "cat <<'E'\n E\nE\n./x",
      'cat <<"E F"\nE F\n./x',
      "cat <<E\\\nF\nEF\n./x",
      "echo a\u00a0b",
      "echo a\u200bb",
      "echo \u202eb",
      "echo a\u2028b",
      "echo \u3000./x",
      "ls \u115fx",
      "echo (",
      "echo )",
      "echo a(b",
      "echo 'a",
      'echo "a',
      `echo \${`,
      "echo $((",
      "ls &&",
      "| ls",
      "if true; then ls",
      "ls ;; ls",
      "cat <<E\n",
      "echo `ls",
      "[[ a",
      "echo @(a|b)",
      "echo a$IFS./x",
      "cat$IFS/etc/passwd",
    ],
  }
  for (const [name, commands] of Object.entries(rows)) {
    test(name, () => {
      expect(others("ask", commands)).toEqual([])
    })
  }

  test("any of these under a rule for a harmless command", () => {
    const setup: Setup = {
      allow: ["Bash(echo *)", "Bash(ls *)", "Bash(git log *)", "Bash(printf *)", "Bash(test *)"],
    }
    const commands = [
      "echo $(./x)",
      "echo a; ./x",
      'echo "`./x`"',
      "echo $X",
      'echo "$X"',
      "ls <(./x)",
      "git log\n./x",
      `echo \${v@P}`,
      "echo a > z",
      "printf -v 'a[$(./x)]' y",
      "test -v 'a[$(./x)]'",
      "FOO=1 echo a",
      "PATH=. echo a",
      `echo \${v:=a}`,
      "echo a && ls; ./x",
      "$echo a",
      "e*ho a",
      "echo() { ./x; }; echo a",
      "echox a",
      "lsx",
      "git logx",
      "git  ./x log",
    ]
    expect(others("ask", commands, setup)).toEqual([])
  })
})

describe("refused before anything else", () => {
  test("control characters, NUL and broken surrogates, even in bypass mode", () => {
    const commands = [
      "echo a\r./x",
      "echo \u0000",
      "echo \u001b[2J",
      "echo \u0008",
      "ls \u007f",
      "ls \u009b",
      "echo \ud800",
      "echo \udc00a",
      "ls\r\n",
    ]
    expect(others("deny", commands)).toEqual([])
    expect(others("deny", commands, { mode: "bypassPermissions", allow: ["Bash"] })).toEqual([])
  })

  test("tab and newline are fine", () => {
    expect(others("allow", ["echo\ta", "echo a\nls", "echo 😀"])).toEqual([])
  })
})

test("a command over 10,000 characters asks, and a deny rule in it still denies", () => {
  const long = `echo ${"a".repeat(10_001)}`
  expect(verdictOf(long)).toBe("ask")
  expect(verdictOf(`${long}; curl x`, { deny: ["Bash(curl *)"] })).toBe("deny")
  expect(verdictOf(`${"echo a; ".repeat(3_000)}curl x`, { deny: ["Bash(curl *)"] })).toBe("deny")
  expect(verdictOf(`${"echo a; ".repeat(60)}curl x`, { allow: ["Bash"], deny: ["Bash(curl *)"] })).toBe(
    "deny",
  )
})

describe("a deny rule cannot be evaded by", () => {
  const commands = [
    "curl x",
    "curl",
    "c\\url x",
    "'curl' x",
    'c"ur"l x',
    "$'curl' x",
    "$'\\x63url' x",
    "/usr/bin/curl x",
    "./curl x",
    "A=1 curl x",
    "PATH=. B=$(x) curl x",
    "timeout 5 curl x",
    "timeout -k 3 -s KILL 5 curl x",
    "nohup curl x",
    "nice -n 3 curl x",
    "env curl x",
    "env -i A=1 curl x",
    "sudo curl x",
    "sudo -u me curl x",
    "command curl x",
    "exec curl x",
    "builtin command curl x",
    "xargs curl",
    "echo x | xargs -n1 curl",
    "find . -exec curl {} \\;",
    "watch curl x",
    "setsid curl x",
    "flock a curl x",
    "sh -c 'curl x'",
    'bash -lc "curl x"',
    "bash -c \"sh -c 'curl x'\"",
    "eval curl x",
    "eval 'cu''rl x'",
    "echo $(curl x)",
    "echo `curl x`",
    "cat <(curl x)",
    `echo "\${v:-$(curl x)}"`,
    "cat <<E\n$(curl x)\nE",
    "if curl x; then :; fi",
    "f() { curl x; }; f",
    "(curl x)",
    "{ curl x; }",
    "echo a & curl x",
    "echo a\ncurl x",
    "! curl x",
    "time curl x",
    "coproc curl x",
    "trap 'curl x' EXIT",
    "a=$(curl x)",
    "case $(curl x) in a) ;; esac",
    "x=curl; $x y",
    "for c in curl wget; do $c x; done",
    "echo (; curl x",
    "echo 'a\ncurl x",
    "ssh host curl x",
    "[[ -n $(curl x) ]]",
    "((a[$(curl x)]))",
    "curl\tx",
    "  curl   x",
    "cu\\\nrl x",
    "{curl,x}",
    "> a curl x",
    "curl x > /dev/null",
    "stdbuf -oL curl x",
    "while curl x; do :; done",
    "doas curl x",
    "busybox curl x",
    "bash <<< 'ls'; curl x",
  ]
  test("another spelling, place or wrapper", () => {
    expect(others("deny", commands, { deny: ["Bash(curl:*)"] })).toEqual([])
    expect(
      others("deny", commands, { deny: ["Bash(curl:*)"], allow: ["Bash"], mode: "bypassPermissions" }),
    ).toEqual([])
    expect(others("deny", commands, { deny: ["Bash(curl:*)"], sandboxed: true })).toEqual([])
  })

  test("a name made at run time: it asks, whatever the mode", () => {
    const dynamic = ["$c x", "$(echo cu)rl x", `\${c}rl x`]
    for (const mode of ["default", "acceptEdits", "bypassPermissions", "auto"] as const)
      expect(others("ask", dynamic, { deny: ["Bash(curl *)"], allow: ["Bash"], mode })).toEqual([])
    expect(others("deny", dynamic, { deny: ["Bash(curl *)"], mode: "dontAsk" })).toEqual([])
  })

  test("words that only look like it are not denied", () => {
    expect(
      others("allow", ["echo curl x", "grep curl a.txt", "ls curl", "echo 'curl x'"], {
        deny: ["Bash(curl *)"],
      }),
    ).toEqual([])
  })
})

test("an explicit ask rule asks in every mode and in a sandbox", () => {
  const setup: Setup = { ask: ["Bash(git push *)"], allow: ["Bash"] }
  for (const mode of ["default", "acceptEdits", "plan", "bypassPermissions", "auto"] as const)
    expect(verdictOf("git add -A && git push origin x", { ...setup, mode })).toBe("ask")
  expect(verdictOf("git push origin x", { ...setup, mode: "dontAsk" })).toBe("deny")
  expect(verdictOf("sh -c 'git push origin x'", { ...setup, sandboxed: true })).toBe("ask")
})

describe("a removal nobody recovers from", () => {
  const commands = [
    "rm -rf /",
    "rm -rf /*",
    "rm -rf /usr",
    "rm -rf /usr/",
    "rm -rf //usr",
    "rm -rf /./usr",
    "rm -rf /tmp/../usr",
    "rm -rf ~",
    "rm -rf ~/",
    "rm -rf ~/*",
    'rm -rf "$HOME"',
    "rm -rf $HOME/",
    "rm -rf /home",
    "rm -rf /home/u",
    "rm -rf .",
    "rm -rf ./",
    "rm -rf *",
    "rm -rf ./*",
    "rm -rf ..",
    "rm -rf ../*",
    "rm -rf /proj",
    "rm -rf $PWD",
    'rm -rf "$X"/',
    'rm -rf "$X"/*',
    "rm -rf $X/*",
    `rm -rf \${X}/usr`,
    "rm -rf -- /",
    "rm / -rf",
    "rmdir /usr",
    "sudo rm -rf /",
    "timeout 5 rm -rf ~",
    "env rm -rf ~",
    "/bin/rm -rf ~",
    "\\rm -rf ~",
    "echo $(rm -rf ~)",
    "sh -c 'rm -rf ~'",
    'bash -c "rm -rf /"',
    "cd / && rm -rf *",
    "cd ~ && rm -rf .",
    "cd .. && rm -rf proj",
    "find / -delete",
    "find ~ -name x -delete",
    "find / -exec rm {} +",
    "find . -exec rm -rf / \\;",
    "eval 'rm -rf ~'",
    "xargs rm -rf /",
    "rm -rf src ~",
    "rm -rf .*",
    "x=/; rm -rf $x",
    "for d in / a; do rm -rf $d; done",
    "rm -rf /usr/../usr",
    "rm -rf /u*",
  ]
  test("asks even in bypass mode, whatever is allowed, and is refused where nothing asks", () => {
    expect(others("ask", commands, { mode: "bypassPermissions", allow: ["Bash", "Bash(rm *)"] })).toEqual([])
    expect(others("ask", commands, { mode: "acceptEdits", allow: ["Bash(rm *)"], sandboxed: true })).toEqual(
      [],
    )
    expect(others("deny", commands, { mode: "dontAsk", allow: ["Bash"] })).toEqual([])
  })

  test("an ordinary removal is ordinary", () => {
    const fine = ["rm -rf dist", "rm -f src/a.ts", "rm -rf node_modules/*", "rm -f src/*.log", "rmdir empty"]
    expect(others("allow", fine, { mode: "acceptEdits" })).toEqual([])
    expect(others("allow", fine, { mode: "bypassPermissions" })).toEqual([])
    expect(others("ask", fine)).toEqual([])
  })
})

describe("command rules", () => {
  const rows: readonly (readonly [rule: string, matches: readonly string[], not: readonly string[]])[] = [
    [
      "Bash(npm run build)",
      ["npm run build", "npm  run   build", "npm run 'build'"],
      ["npm run build x", "npm run buildx", "npm 'run build'", "xargs npm run build"],
    ],
    ["Bash(npm run test:*)", ["npm run test", "npm run test a b"], ["npm run test:unit", "npm run testx"]],
    [
      "Bash(npm run test *)",
      ["npm run test", "npm run test a b", "time npm run test", "ls | xargs npm run test"],
      ["npm run tester"],
    ],
    ["Bash(mytool*)", ["mytool", "mytool a", "mytoolx b"], ["amytool"]],
    [
      "Bash(git * main)",
      ["git push main", "git push -f origin main"],
      ["git push main x", "git push 'x main'"],
    ],
    ["Bash(* --version)", ["foo --version", "a b --version"], ["foo --versionx", "foo; bar --version x"]],
    ["Bash(npm:*)", ["npm", "npm install x", "command npm x", "nohup npm x"], ["npmx", "npm; ./x"]],
    ["Bash(a:*b)", ["a:xb"], ["a xb"]],
    ["Bash(x.y)", ["x.y"], ["xzy"]],
    ["Bash(watch *)", [], ["watch ls"]],
    ["Bash(watch ls)", ["watch ls"], ["watch ls -l"]],
    ["Bash(flock *)", [], ["flock a ls"]],
    ["Bash(setsid *)", [], ["setsid ls"]],
    ["Bash(ionice *)", [], ["ionice ls"]],
    ["Bash(find *)", ["find /etc -name x"], ["find . -exec x {} \\;", "find . -delete"]],
    ["Bash(find . -exec x {} \\;)", ["find . -exec x {} \\;"], ["find . -exec y {} \\;"]],
    ["Bash(FOO=1 x *)", ["FOO=1 x a"], ["FOO=2 x a", "BAR=1 FOO=1 x a"]],
    ["Bash(docker exec *)", ["docker exec a b"], ["docker run a"]],
    [
      "Bash(x)",
      [
        "timeout 5 x",
        "timeout --kill-after=3 5s x",
        "nice x",
        "nice -5 x",
        "stdbuf -o0 x",
        "LANG=C x",
        "time -p x",
      ],
      [
        "timeout x",
        "timeout -x 5 x",
        "nice -n x",
        "stdbuf -x x",
        "FOO=1 x",
        "npx x",
        "sudo x",
        "env x",
        "xargs -n1 x",
        "timeout 5 y",
      ],
    ],
  ]
  for (const [rule, matches, not] of rows) {
    test(rule, () => {
      expect(others("allow", matches, { allow: [rule] })).toEqual([])
      expect(others("ask", not, { allow: [rule] })).toEqual([])
    })
  }

  test("a rule for the whole tool allows what has no name of its own, but not what cannot be read", () => {
    expect(
      others("allow", ["./x", "$c a", "f() { a; }; f", "a > z.txt", `x=\${y:=z}`].slice(0, 3), {
        allow: ["Bash"],
      }),
    ).toEqual([])
    expect(others("ask", ["echo (", "echo 'a"], { allow: ["Bash"] })).toEqual([])
  })
})

test("offers are rules that would have matched, at most five, smallest first", () => {
  const rows: readonly (readonly [command: string, rules: readonly string[]])[] = [
    ["npm run test -- x", ["npm run test *"]],
    ["npm run build && cargo test", ["npm run build", "cargo test"]],
    ["git push origin main", ["git push *"]],
    ["rm -rf dist", ["rm -rf dist"]],
    ["python3 x.py", ["python3 x.py"]],
    ["timeout 5 make all", ["make all"]],
    ["./x", ["./x"]],
    ["echo a && ./x", ["./x"]],
  ]
  for (const [command, rules] of rows) {
    const update = judgeBash(command).offers[0]?.updates[0]
    const found = update?.type === "addRules" ? update.rules.map((r) => r.ruleContent) : []
    expect({ command, rules: found }).toEqual({ command, rules: [...rules] })
  }
  expect(judgeBash("a1 x; a2 x; a3 x; a4 x; a5 x").offers.length).toBe(1)
  expect(judgeBash("a1 x; a2 x; a3 x; a4 x; a5 x; a6 x").offers).toEqual([])
  expect(judgeBash("rm -rf ~").offers).toEqual([])
  // A rule for it would allow whatever comes through a pipe another time.
  for (const command of ["curl x | sh", "cat a | bash -s", "echo 1 | python3", "timeout 5 sh"])
    expect(judgeBash(command).offers).toEqual([])
  expect(judgeBash("sh build.sh").offers.length).toBe(1)
  expect(judgeBash("git push x", { ask: ["Bash(git push *)"] }).offers).toEqual([])
})
