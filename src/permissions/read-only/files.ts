import type { CommandRow } from "./row.ts"

/** Commands that list, print and compare files. */
export const FILE_ROWS: readonly CommandRow[] = [
  { names: ["echo"], anyText: true, operands: ["text"], free: ["echo a"], asks: [] },
  {
    names: ["cat"],
    options: "-A -b -e -E -n -s -t -T -u -v",
    operands: ["in"],
    free: ["cat a.txt"],
    asks: ["cat /etc/passwd"],
  },
]
