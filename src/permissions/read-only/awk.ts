/** `awk`: a language of its own; a program counts only when nothing in it can run, write or read anything else. */

import type { FileUse, Knowledge, ShellWord } from "../shell/effects.ts"

export function interpretAwk(args: readonly ShellWord[]): Knowledge | null {
  let i = 0
  for (; i < args.length; i++) {
    const word = args[i]
    if (word?.kind !== "literal") return null
    if (word.text === "--") {
      i++
      break
    }
    if (!word.text.startsWith("-") || word.text === "-") break
    const option = /^-([Fv])([\s\S]*)$/.exec(word.text)
    if (!option) return null
    const value = option[2] === "" ? args[++i]?.text : option[2]
    if (value === undefined || args[i]?.kind !== "literal") return null
    if (option[1] === "v" && !isAssignment(value)) return null
  }
  const program = args[i]
  if (program?.kind !== "literal" || !isHarmlessAwk(program.text)) return null
  const files: FileUse[] = []
  for (const word of args.slice(i + 1)) {
    if (word.kind !== "literal" && word.kind !== "glob") return null
    if (word.text !== "-" && !isAssignment(word.text)) files.push({ access: "read", word })
  }
  return { effect: "read", files }
}

/** `name=value` among the operands sets a variable; the lists that name files to read must stay as they are. */
function isAssignment(text: string): boolean {
  return /^[A-Za-z_]\w*=/.test(text) && !/^(ARGV|ARGC|ENVIRON|PROCINFO|SYMTAB|FUNCTAB)\b/.test(text)
}

/** What runs, reads or writes, looks at the environment, or hides a name. */
const POWER = /system|getline|extension|ENVIRON|PROCINFO|SYMTAB|FUNCTAB|ARGV|ARGC|@|\\\n|>>/

/**
 * The text is not parsed, so that nothing can hide in a text or a pattern: no word of power may be anywhere in it,
 * and after the first `print` no `>` and no `|`, which would be its target.
 */
export function isHarmlessAwk(program: string): boolean {
  if (POWER.test(program)) return false
  const print = program.indexOf("print")
  return print < 0 || !/[|>]/.test(program.slice(print))
}

export const AWK_EXAMPLES = {
  free: [
    "awk '{print $1}' a.txt",
    "awk -F: '{print $1, $NF}' a.txt",
    "awk -F ',' -v n=3 '$n > 5 {print $2}' a.txt",
    "ls -l | awk '{s += $5} END {print s}'",
    "awk 'NR==1, NR==5' a.txt",
    "awk '/foo|bar/ {c++} END {printf \"%d\\n\", c}' src/*.ts",
    "awk '{a[$1]++} END {for (k in a) print k, a[k]}' a.txt | sort -rn",
    "awk '!seen[$0]++' a.txt",
  ],
  asks: [
    "awk 'BEGIN{system(\"./x\")}'",
    "awk '{print > \"z\"}' a.txt",
    "awk '{print >> \"z\"}' a.txt",
    "awk '{print | \"./x\"}' a.txt",
    'awk \'{printf "a;b" > "z"}\' a.txt',
    "awk 'BEGIN{\"./x\" | getline}'",
    "awk 'BEGIN{while ((getline l < \"/etc/passwd\") > 0) print l}'",
    "awk 'BEGIN{ARGV[1]=\"/etc/passwd\";ARGC=2}{print}'",
    "awk 'BEGIN{print ENVIRON[\"KEY\"]}'",
    "awk -f prog.awk a.txt",
    "awk -i inplace '{print}' a.txt",
    "awk -E prog a.txt",
    "awk --exec=prog a.txt",
    "awk '@load \"filefuncs\"; BEGIN{}'",
    'awk \'BEGIN{f="sys" "tem"; @f("./x")}\'',
    "awk '{print $1}' /etc/passwd",
    "awk '{print $1}' $F",
    'awk "{print $X}" a.txt',
    "awk -v ARGV=1 '{print}' a.txt",
    "awk -W exec=x a.txt",
  ],
} as const
