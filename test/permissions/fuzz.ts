/**
 * Random shell programs against a real bash: whatever `decide` allows may neither run the marker nor change a file.
 * A program is made from a grammar and then sometimes damaged, because damage is where parsers disagree.
 */

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decide } from "../../src/permissions/decide.ts"
import type { Policy } from "../../src/permissions/policy.ts"
import { bash } from "./helpers.ts"

export interface FuzzResult {
  readonly programs: number
  readonly allowed: number
  /** Allowed programs that did something. */
  readonly misses: readonly string[]
}

/** A small, fast generator with a seed, so that a failure can be repeated (mulberry32). */
function randomFrom(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const WORDS =
  `a.txt b.txt sub sub/c.txt . .. x y -n -e -o z -oz -- 1 3 '' "" 'q r' "q r" "q;./m" '$(./m)' "$x" $x \${x} "\${x}" $y
  $? $HOME "$HOME" ~ ~/a * *.txt {a,b}.txt {./m,x} {-o,z} $'a\\tb' $'\\x2e/m' \\./m ./m "./m" '"' "'" \\" \\' # a#b =x x=1 a[0] 'a[$(./m)]' "a[$(./m)]"
  $(./m) "$(./m)" \`./m\` "\`./m\`" $(echo\\ a) "$(cat a.txt)" $(<a.txt) \${x:-$(./m)} \${x:=./m} "\${x:-./m}" \${x@P} "\${x@P}" \${!x} \${x:0:1} \${#x} \${x//a/b}
  \${x[$(./m)]} $((1+1)) $((x)) $((x+1)) $((a[$(./m)])) "$((x++))" <(./m) 3<(./m) {x}<(./m) 1>(./m) <(cat\\ a.txt) >(./m) -exec {} \\; -delete -fprint -v -f -s s/a/b/ s/a/./m/e 'w\\ z' '1e./m' 's/a/b/w\\ z'
  --output=z --files0-from=a.txt -i -a ! = == -eq -lt -z -c - @(a|b) ?(m) [ab] [[:alpha:]] ]] ] } ) ( { && || ; | & 2>&1 >/dev/null 2>/dev/null <a.txt >z >>z >|z &>z <>z >&z 2>z <<<x <<<$(./m) >/dev/tcp/localhost/9`.split(
    /\s+/,
  )

const NAMES =
  `echo echo echo ls cat grep head wc sort sort uniq cut tr sed find printf test [ read export declare local unset set true false : cd pwd basename dirname seq date which type command builtin
  xargs time timeout nice nohup env ./m eval bash sh . source exec tee touch rm mkdir trap alias hash let ((x)) [[ $x "$x" e\\cho 'echo' "l"s {ls,-a} jq nl od md5sum stat readlink tac comm paste awk exit return wait shift mapfile getopts`.split(
    /\s+/,
  )

const FIXED = [
  "x=1",
  "x='a[$(./m)]'",
  "x=$(cat a.txt)",
  "x=./m",
  "y=$x",
  "x+=1",
  "x=(a b)",
  "PATH=.:$PATH",
  "IFS=/",
  "a[$(./m)]=1",
  "x=`./m`",
  "declare x=./m",
  "export y",
  "export PATH=.",
  "f() { ./m; }",
  "echo() { ./m; }",
  "alias ls=./m",
  "hash -p ./m ls",
  "((x++))",
  "((x=1))",
  "((a[$(./m)]))",
  "let x=1",
  "[[ -v x ]]",
  "[[ -v a[$(./m)] ]]",
  "[[ $x -eq 1 ]]",
  "[[ x -eq 1 ]]",
  "[[ -n $(./m) ]]",
  "[[ a =~ $(./m) ]]",
  "cat <<E\n$(./m)\nE",
  "cat <<'E'\n$(./m)\nE",
  "cat <<E\nplain $x\nE",
  "cat <<-E\n\tx\n\tE",
  "cat <<E | sh\n./m\nE",
  "cat <<\\E\n`./m`\nE",
  "cat <<E; ./m\nx\nE",
  "cat <<'E'\nE\n./m",
  "echo \"$(cat <<'E'\n./m\nE\n)\"",
  "echo a # ' \n./m",
  "echo 'a\n./m\n'",
  "echo a \\\n./m",
  "read -r x < a.txt",
  "read x <<< 'a[$(./m)]'",
  'while read -r x; do echo "$x"; done < a.txt',
  "for x in a b; do echo $x; done",
  'for x in *; do cat "$x"; done',
  "for ((i=0;i<2;i++)); do echo $i; done",
  "case x in x) ./m;; esac",
  "case $(./m) in *) :;; esac",
  "time ./m",
  "! ./m",
  "coproc ./m",
  "cd sub",
  "cd sub && cat c.txt",
  "cd ..",
  "printf -v x %s y",
  "printf -v 'a[$(./m)]' x",
  "printf %n 'a[$(./m)]'",
  "printf '%d' 'a[$(./m)]'",
  "test -v 'a[$(./m)]'",
  "unset 'a[$(./m)]'",
  "read 'a[$(./m)]'",
  "declare 'a[$(./m)]=1'",
  "wait -p 'a[$(./m)]'",
  "echo x | xargs ./m",
  "echo ./m | xargs",
  "echo ./m | sh",
  "ls | sort -o z",
  "find . -name a -exec ./m \\;",
  "find . -fprint z",
  "sed -n 'w z' a.txt",
  "sed 's/a/b/w z' a.txt",
  "sed '1e ./m' a.txt",
  "sed 's/.*/.\\/m/e' a.txt",
  "uniq a.txt z",
  "sort -oz a.txt",
  "trap ./m EXIT",
  'set -- ./m; "$@"',
  "set -x; PS4='$(./m)'; echo",
  `echo \${ ./m; }`,
  `\${x:+./m}`,
  "eval echo a",
  "command -v ls",
  "command ./m",
  "builtin echo a",
  "exec ./m",
  "$'\\x2e/m'",
  "./\\\nm",
  ". ./m",
  "{ echo a; } > z",
  "(echo a) >z",
  "if true; then echo a; fi >z",
  "jq -n '\"a\"'",
  "shopt -s extglob",
  "enable -n echo",
  "test a.txt -nt b.txt",
  "find . -exec cat {} +",
  "find . -name a.txt -exec ./m {} \\;",
  "find . -exec {} \\;",
  "find . -exec awk {} \\;",
  "find . -type f -print0 | xargs -0 cat",
  "find . -type f -print0 | xargs -0 -n1 head -1",
  "find . -name m -print0 | xargs -0 sh",
  "find . -name m | xargs -I{} {}",
  "awk '{print $1}' a.txt",
  "awk '{print > \"z\"}' a.txt",
  "awk 'BEGIN{system(\"./m\")}'",
  "awk '{print | \"./m\"}' a.txt",
  "awk -v x=./m 'BEGIN{x | getline}'",
  "sed -n 1p sub/*.txt",
  "sed -n '1e ./m' sub/*.txt",
  "ps aux",
  "tar tf a.txt",
  "tar tf a.txt --to-command=./m",
  "gzip -l a.txt",
  "gzip a.txt",
  "echo $(cat a.txt)",
  "echo $(echo ./m)",
  "source ./m",
  "cat m | sh",
  "sh <(echo ./m)",
  "x=a; cat $x.txt",
  "x='a.txt z'; sort -o $x",
  "x=-oz; sort $x a.txt",
  "x=-exec; find . $x ./m \\;",
  `cat \${x:-a.txt}`,
]

/** Characters and pieces that change how the rest is read. */
const DAMAGE = [
  "'",
  '"',
  "\\",
  "`",
  "$",
  "(",
  ")",
  "{",
  "}",
  "\n",
  ";",
  "#",
  "&",
  "|",
  "<",
  ">",
  " ",
  "=",
  "!",
  "*",
  "[",
  "]",
  "~",
  "\t",
  "$(",
  `\${`,
  "<<E\n",
  "\nE\n",
  "\\\n",
  "$'",
  '$"',
  "./m",
  "-o",
  "((",
  "))",
  "]]",
]

export interface Vocabulary {
  readonly words: readonly string[]
  readonly names: readonly string[]
  readonly fixed: readonly string[]
}

const WILD: Vocabulary = { words: WORDS, names: NAMES, fixed: FIXED }

/** The pieces that are allowed alone: programs of these mostly pass, so that what is run is large and odd. */
function calmVocabulary(policy: Policy): Vocabulary {
  const passes = (program: string) => decide(bash(program, policy.cwd), policy).verdict === "allow"
  return {
    words: WORDS.filter((w) => passes(`echo ${w}`) || passes(`x=a; echo ${w}`)),
    names: NAMES.filter((n) => passes(n) || passes(`${n} a.txt`) || passes(`${n} 1`)),
    fixed: FIXED.filter(passes),
  }
}

export function makeProgram(random: () => number, vocabulary: Vocabulary = WILD): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const word = () =>
    random() < 0.12 ? pick(vocabulary.words) + pick(vocabulary.words) : pick(vocabulary.words)
  const simple = (): string => {
    if (random() < 0.3) return pick(vocabulary.fixed)
    const words = Array.from({ length: Math.floor(random() * 4) }, word)
    const lead = random() < 0.06 ? `${pick(["x=1", "PATH=.", "LANG=C", "x=$(./m)", "IFS=,"])} ` : ""
    return `${lead}${pick(vocabulary.names)} ${words.join(" ")}`
  }
  const list = (depth: number): string => {
    const n = 1 + Math.floor(random() * 2.4)
    return Array.from({ length: n }, () => node(depth)).join(
      pick(["; ", " && ", " || ", " | ", "\n", "; ", " & ", " |& "]),
    )
  }
  const node = (depth: number): string => {
    if (depth <= 0 || random() < 0.72) return simple()
    const inner = () => list(depth - 1)
    switch (Math.floor(random() * 9)) {
      case 0:
        return `if ${inner()}; then ${inner()}; else ${inner()}; fi`
      case 1:
        return `for x in ${word()} ${word()}; do ${inner()}; done`
      case 2:
        return `{ ${inner()}; }`
      case 3:
        return `( ${inner()} )`
      case 4:
        return `echo "$( ${inner()} )"`
      case 5:
        return `case ${word()} in ${word()}) ${inner()};; *) ${inner()};; esac`
      case 6:
        return `while false; do ${inner()}; done`
      case 7:
        return `echo \`${inner().replaceAll("`", "")}\``
      default:
        return `until true; do ${inner()}; done`
    }
  }
  let text = list(2)
  if (random() < 0.25) {
    for (let n = 1 + Math.floor(random() * 2); n > 0; n--) {
      const at = Math.floor(random() * (text.length + 1))
      text = text.slice(0, at) + pick(DAMAGE) + text.slice(random() < 0.5 ? at : at + 1)
    }
  }
  return text
}

/** Programs of one bash process; a batch that changed something is run again one by one. */
const BATCH = 250

export async function fuzz(options: {
  readonly programs: number
  readonly seed: number
}): Promise<FuzzResult> {
  const random = randomFrom(options.seed)
  const base = realpathSync(mkdtempSync(join(tmpdir(), "ccts-fuzz-")))
  const misses: string[] = []
  let allowed = 0
  try {
    const policy = policyIn(base)
    const calm = calmVocabulary(policy)
    let batch: string[] = []
    const flush = async () => {
      const list = batch
      batch = []
      if (list.length === 0 || !(await changes(base, list))) return
      for (const program of list) if (await changes(base, [program])) misses.push(program)
    }
    for (let i = 0; i < options.programs; i++) {
      const program = makeProgram(random, i % 2 === 0 ? calm : WILD)
      if (decide(bash(program, policy.cwd), policy).verdict !== "allow") continue
      allowed++
      batch.push(program)
      if (batch.length >= BATCH) await flush()
    }
    await flush()
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
  return { programs: options.programs, allowed, misses }
}

function policyIn(base: string): Policy {
  const texts = [
    "Bash(echo *)",
    "Bash(printf *)",
    "Bash(test *)",
    "Bash(cat *)",
    "Bash(ls *)",
    "Bash(cd *)",
    "Bash(true)",
  ]
  return {
    mode: "default",
    rules: texts.map((text) => ({ behavior: "allow", source: "userSettings", text, base })),
    cwd: `${base}/proj`,
    roots: [`${base}/proj`],
    home: `${base}/home`,
    configDir: `${base}/home/.claude`,
    ownFiles: [],
    ownFolders: [],
    resolve: (path) => path,
    sandboxed: false,
  }
}

const DRIVER = `while IFS= read -r -d '' p <&3; do ( exec 3<&-; ulimit -t 2; cd "$FUZZ_PROJ" || exit; eval "$p" ) </dev/null >/dev/null 2>&1; done; wait`

/** Runs the programs with a real bash and tells whether anything in the folder is different afterwards. */
async function changes(base: string, programs: readonly string[]): Promise<boolean> {
  lay(base)
  const before = snapshot(base)
  const list = join(base, "programs")
  writeFileSync(list, programs.map((p) => `${p}\0`).join(""))
  const child = Bun.spawn(["timeout", "60", "bash", "--norc", "-c", `exec 3<"$FUZZ_LIST"; ${DRIVER}`], {
    cwd: base,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: join(base, "home"),
      FUZZ_PROJ: join(base, "proj"),
      FUZZ_LIST: list,
      FUZZ_MARK: join(base, "mark"),
      LC_ALL: "C",
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  })
  // A batch that was cut short would have judged nothing.
  if ((await child.exited) === 124) throw new Error(`these programs did not end: ${JSON.stringify(programs)}`)
  rmSync(list, { force: true })
  return snapshot(base) !== before
}

function lay(base: string): void {
  for (const name of readdirSync(base)) rmSync(join(base, name), { recursive: true, force: true })
  for (const folder of ["proj/sub", "home"]) mkdirSync(join(base, folder), { recursive: true })
  writeFileSync(join(base, "proj/a.txt"), "a\nb\nc\n")
  writeFileSync(join(base, "proj/b.txt"), "b a[$(./m)]\n")
  writeFileSync(join(base, "proj/sub/c.txt"), "c\n")
  for (const at of ["proj/m", "proj/sub/m", "m"]) {
    writeFileSync(join(base, at), '#!/bin/sh\n: > "$FUZZ_MARK"\n')
    chmodSync(join(base, at), 0o755)
  }
}

function snapshot(base: string): string {
  const out: string[] = []
  const walk = (folder: string) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      if (!existsSync(path)) out.push(`${path} broken`)
      else if (lstatSync(path).isDirectory()) {
        out.push(path)
        walk(path)
      } else if (lstatSync(path).isFile())
        out.push(`${path} ${lstatSync(path).mode} ${readFileSync(path, "latin1")}`)
      else out.push(`${path} special`)
    }
  }
  walk(base)
  return out.join("\n")
}
