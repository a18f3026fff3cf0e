/** `test` and `[`: only look at files and texts. `-v` evaluates an index in the name, so only plain names count. */

import type { FileUse, Knowledge, ShellWord } from "../shell/effects.ts"

const FILE_TESTS = /^-[abcdefghkprsuwxGLNOS]$/

export function interpretTest(argv: readonly ShellWord[]): Knowledge | null {
  const bracket = argv[0]?.text === "["
  const args = bracket ? argv.slice(1, -1) : argv.slice(1)
  if (bracket && argv[argv.length - 1]?.text !== "]") return null
  const files: FileUse[] = []
  for (const [i, word] of args.entries()) {
    const before = args[i - 1]
    if (word.kind === "dynamic" || word.kind === "glob") return null
    // A word that may turn out to be an operator must not stand where it would be read as one before a name.
    const operator = before?.kind === "literal" ? before.text : before ? "?" : ""
    if (operator === "?" && /[[\]$`]/.test(word.text)) return null
    if (operator === "-v" || operator === "-R") {
      if (word.kind !== "literal" || !/^\w+$/.test(word.text)) return null
    } else if (FILE_TESTS.test(operator) || ["-nt", "-ot", "-ef"].includes(operator)) {
      if (word.kind !== "literal") return null
      files.push({ access: "read", word })
    } else if (/^-(nt|ot|ef)$/.test(args[i + 1]?.text ?? "") && word.kind === "literal") {
      files.push({ access: "read", word })
    }
  }
  return { effect: "read", files }
}

export const TEST_EXAMPLES = {
  free: [
    "test -f a.txt",
    "[ -d src ]",
    '[ "a" = "b" ]',
    "test -n x && echo yes",
    "[ -e src/a.ts ] || echo no",
    "[ 1 -lt 2 ]",
  ],
  asks: ["test -v 'a[$(./x)]'", "[ -v 'a[0]' ]", "[ -f /etc/shadow ]", "[ -f $X ]", "[ a"],
} as const
