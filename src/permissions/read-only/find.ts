/** `find`: start paths, then an expression of tests that only look. Actions that run, write or remove are not on the list. */

import type { FileUse, Knowledge, ShellWord } from "../shell/effects.ts"

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

export function interpretFind(args: readonly ShellWord[]): Knowledge | null {
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
  if (files.length === 0)
    files.push({ access: "read", word: { raw: ".", text: ".", emptied: ".", kind: "literal", lead: "." } })
  for (; i < args.length; i++) {
    const text = args[i]?.text ?? ""
    if (FLAGS.has(text)) continue
    const value = args[i + 1]
    if (!value) return null
    if (COMPARES_WITH.test(text) && text !== "-newerat") files.push({ access: "read", word: value })
    else if (!VALUED.has(text) && !/^-newer[aBcm]t$/.test(text)) return null
    i++
  }
  return { effect: "read", files }
}

export const FIND_EXAMPLES = {
  free: [
    "find .",
    "find . -name '*.ts'",
    "find src test -type f -name \"*.ts\" -not -path '*/node_modules/*'",
    "find . -maxdepth 2 -type d",
    "find . \\( -name a -o -name b \\) -print",
    "find . -newer package.json",
  ],
  asks: [
    "find . -delete",
    "find . -exec ./x {} \\;",
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
