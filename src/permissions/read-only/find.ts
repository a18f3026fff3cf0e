/**
 * `find`: start paths, then an expression of tests that only look. Actions that write or remove are not on the list;
 * `-exec` counts when what it runs only reads.
 */

import { type FileUse, HERE, type Knowledge, type ShellWord } from "../shell/effects.ts"
import { interpretFound } from "./found.ts"

const FLAGS = new Set(
  "! ( ) , -a -and -o -or -not -true -false -print -print0 -ls -prune -quit -depth -d -mount -xdev -daystart -empty -executable -readable -writable -nouser -nogroup -noleaf -ignore_readdir_race -noignore_readdir_race -warn -nowarn".split(
    " ",
  ),
)
const VALUED = new Set(
  "-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -maxdepth -mindepth -size -mtime -mmin -atime -amin -ctime -cmin -perm -user -group -uid -gid -links -inum -lname -ilname -fstype -used -printf".split(
    " ",
  ),
)
const COMPARES_WITH = /^-(newer|anewer|cnewer|samefile|newer[aBcm][aBcm])$/

export function interpretFind(
  args: readonly ShellWord[],
  interpret: (words: readonly ShellWord[]) => Knowledge | null,
): Knowledge | null {
  const files: FileUse[] = []
  // A pattern without quotes may become any file's name, also one that reads like an action.
  if (args.some((a) => a.kind !== "literal")) return null
  let i = 0
  while (/^-[HP]$/.test(args[i]?.text ?? "")) i++
  for (; i < args.length; i++) {
    const word = args[i]
    if (!word || /^[-(!,]/.test(word.text)) break
    files.push({ access: "read", word })
  }
  if (files.length === 0) files.push({ access: "read", word: HERE })
  const starts = files.map((use) => use.word)
  for (; i < args.length; i++) {
    const text = args[i]?.text ?? ""
    if (FLAGS.has(text)) continue
    if (text === "-exec") {
      const end = endOfCommand(args, i + 1)
      const found = { starts, ends: "nul", prefixed: true } as const
      const known = end < 0 ? null : interpretFound(args.slice(i + 1, end), "{}", found, { interpret })
      if (!known) return null
      files.push(...known.files)
      i = end
      continue
    }
    const value = args[i + 1]
    if (!value) return null
    if (COMPARES_WITH.test(text) && text !== "-newerat") files.push({ access: "read", word: value })
    else if (!VALUED.has(text) && !/^-newer[aBcm]t$/.test(text)) return null
    i++
  }
  return { effect: "read", files }
}

/** Where the `;` stands, or the `+` behind `{}`; negative when the command does not end. */
function endOfCommand(args: readonly ShellWord[], from: number): number {
  return args.findIndex(
    (word, i) => i >= from && (word.text === ";" || (word.text === "+" && args[i - 1]?.text === "{}")),
  )
}

export const FIND_EXAMPLES = {
  free: [
    "find .",
    "find . -name '*.ts'",
    "find src test -type f -name \"*.ts\" -not -path '*/node_modules/*'",
    "find . -maxdepth 2 -type d",
    "find . \\( -name a -o -name b \\) -print",
    "find . -newer package.json",
    "find src -name '*.ts' -exec grep -n TODO {} \\;",
    "find . -type f -exec wc -l {} +",
    "find . -name a -exec head -1 {} \\; -exec cat {} +",
    "find src -print0 | xargs -0 grep -l foo",
    "find . -type f -print0 | xargs -0 -n 10 -P2 wc -l",
    "find . -print0 | xargs -0 -I{} head -1 {}",
  ],
  asks: [
    "find . -delete",
    "find . -exec ./x {} \\;",
    "find . -exec {} \\;",
    "find . -exec sh -c 'cat {}' \\;",
    "find . -exec awk {} \\;",
    "find . -exec sort {} \\;",
    "find . -exec grep -f {} x{} \\;",
    "find . -exec grep x {} /etc/passwd +",
    "find . -exec rm {} +",
    "find /etc -exec cat {} +",
    "find . -exec cat {}",
    "find . -exec git log {} +",
    "find . -print0 | xargs grep x",
    "find . -name a | xargs -0 grep x",
    "find . -print0 | sed s/a/b/ | xargs -0 cat",
    "find . -printf '/etc/passwd\\0' -print0 | xargs -0 cat",
    "find . -print0 | xargs -0 ./x",
    "find . -print0 | xargs -0 sh -c",
    "find . -print0 | xargs -0 rm",
    "find /etc -print0 | xargs -0 cat",
    "find . -print0 | xargs -0 -a list cat",
    "find . -print0 | xargs -0 -I{} grep -f{} a",
    "find . | xargs cat",
    "ls | xargs cat",
    "git ls-files -z | xargs -0 cat",
    "find . -execdir ./x {} +",
    "find . -ok ./x {} \\;",
    "find . -fprint out",
    "find . -fprintf out %p",
    "find . -fls out",
    "find . -fprint0 out",
    "find . -name *.ts",
    "find -files0-from list",
    "find /etc -name x",
    "find . -newer /etc/passwd",
  ],
} as const
