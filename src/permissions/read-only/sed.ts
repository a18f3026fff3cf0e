/** `sed`: its scripts can write files and run commands, so a script counts only when each of its commands is harmless. */

import type { FileUse, Knowledge, ShellWord } from "../shell/effects.ts"

export function interpretSed(args: readonly ShellWord[]): Knowledge | null {
  const scripts: ShellWord[] = []
  const operands: ShellWord[] = []
  let inPlace = false
  if (args.some((a) => a.kind === "dynamic" || a.kind === "data")) return null
  for (let i = 0; i < args.length; i++) {
    const word = args[i]
    if (!word) break
    const text = word.text
    if (text === "--") {
      operands.push(...args.slice(i + 1))
      break
    }
    if (word.kind === "glob" && !/^[^-]/.test(word.lead)) return null
    if (!text.startsWith("-") || text === "-") operands.push(word)
    else if (
      /^-[nErsuz]+$/.test(text) ||
      /^--(quiet|silent|regexp-extended|posix|separate|null-data|debug|sandbox|unbuffered)$/.test(text)
    )
      continue
    else if (text === "-i" || text === "--in-place") inPlace = true
    else if (/^-[nErsuz]*e$/.test(text) || text === "--expression") {
      const script = args[++i]
      if (!script) return null
      scripts.push(script)
    } else return null
  }
  if (scripts.length === 0) {
    const script = operands.shift()
    if (!script) return null
    scripts.push(script)
  }
  if (!scripts.every((s) => s.kind === "literal" && isHarmlessScript(s.text))) return null
  const files: FileUse[] = operands
    .filter((o) => o.text !== "-")
    .map((word) => ({ access: inPlace ? "write" : "read", word }))
  return { effect: inPlace ? "edit" : "read", files }
}

/** Commands that only change what is printed. `w`, `W`, `r`, `R`, `e`, `F` and everything unknown are not here. */
const SIMPLE = new Set("p P d D q Q = g G h H x n N l z".split(" "))

/** Reads a script command by command, as sed does; a wrong guess about where one ends could hide another. */
export function isHarmlessScript(script: string): boolean {
  let at = 0
  let depth = 0
  const blanks = () => {
    while (/[ \t\n;]/.test(script[at] ?? "")) at++
  }
  for (;;) {
    blanks()
    if (at >= script.length) return depth === 0
    if (script[at] === "#") return false
    const afterAddress = readAddresses(script, at)
    if (afterAddress < 0) return false
    at = afterAddress
    while (/[ \t!]/.test(script[at] ?? "")) at++
    const command = script[at++]
    if (command === undefined) return false
    if (command === "{") {
      depth++
      continue
    }
    if (command === "}") {
      if (--depth < 0) return false
    } else if (command === "s" || command === "y") {
      const end = readSubstitute(script, at, command)
      if (end < 0) return false
      at = end
    } else if (SIMPLE.has(command)) {
      while (/[ \t]/.test(script[at] ?? "")) at++
      if ("qQlL".includes(command)) while (/\d/.test(script[at] ?? "")) at++
    } else return false
    while (/[ \t]/.test(script[at] ?? "")) at++
    if (at < script.length && !/[;\n}]/.test(script[at] ?? "")) return false
  }
}

function readAddresses(script: string, from: number): number {
  let at = readAddress(script, from)
  if (at < 0) return -1
  if (at === from) return at
  while (script[at] === " ") at++
  if (script[at] !== ",") return at
  at++
  while (script[at] === " ") at++
  if (script[at] === "+" || script[at] === "~") at++
  const end = readAddress(script, at)
  return end === at ? -1 : end
}

function readAddress(script: string, at: number): number {
  const number = /^(\d+(~\d+)?|\$)/.exec(script.slice(at, at + 24))
  if (number) return at + number[0].length
  if (script[at] !== "/") return script[at] === "\\" ? -1 : at
  const end = readDelimited(script, at + 1, "/")
  if (end < 0) return -1
  let after = end
  while (/[IM]/.test(script[after] ?? "")) after++
  return after
}

/** The position after the closing delimiter, or -1. Brackets are not special to be strict: a delimiter in one ends it. */
function readDelimited(script: string, from: number, delimiter: string): number {
  for (let at = from; at < script.length; at++) {
    const c = script[at]
    if (c === "\n") return -1
    if (c === "[") {
      // A bracket expression may hold the delimiter; which reading sed takes depends on its version.
      const bracket = /^\[\^?\]?(?:\[:\w+:\]|[^\][])*\]/.exec(script.slice(at))?.[0]
      if (!bracket || bracket.includes(delimiter)) return -1
      at += bracket.length - 1
    } else if (c === "\\") at++
    else if (c === delimiter) return at + 1
  }
  return -1
}

function readSubstitute(script: string, from: number, command: string): number {
  const delimiter = script[from] ?? ""
  if (!/^[/|#,:@!%+_~^]$/.test(delimiter)) return -1
  const middle = readDelimited(script, from + 1, delimiter)
  if (middle < 0) return -1
  let end = middle
  for (; end < script.length && script[end] !== delimiter; end++) {
    if (script[end] === "\\") end++
    else if (script[end] === "\n") return -1
  }
  if (script[end] !== delimiter) return -1
  end++
  if (command === "s") while (/[gpiI\d]/.test(script[end] ?? "")) end++
  return end
}

export const SED_EXAMPLES = {
  free: [
    "sed -n '1,20p' a.txt",
    "sed -n 5p a.txt",
    "sed 's/a/b/g' a.txt",
    "sed -e 's/a/b/' -e 's|c|d|g' a.txt",
    "sed -E '/^#/d; s/x+/y/' a.txt",
    "cat a.txt | sed 's/^/  /'",
    "sed -n 1p src/*.ts",
    "sed '$d' a.txt",
  ],
  asks: [
    "sed -i 's/a/b/' a.txt",
    "sed 's/a/b/e' a.txt",
    "sed 's/a/b/w out' a.txt",
    "sed '1e ./x' a.txt",
    "sed 'w out' a.txt",
    "sed -n '/x/w out' a.txt",
    "sed '1,3{w out\n}' a.txt",
    "sed -f script a.txt",
    "sed --expression='1e ./x' a.txt",
    "sed 'r /etc/passwd' a.txt",
    "sed 's/[/]/x/;e ./x;s/]/x/' a.txt",
    "sed p *",
    "sed -n p /etc/passwd",
    "sed '1!e ./x' a.txt",
    "sed '1~2w out' a.txt",
    "sed '\\,x,w out' a.txt",
    'sed "s/a/$X/" a.txt',
  ],
} as const
