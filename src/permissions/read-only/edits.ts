import type { CommandRow } from "./row.ts"

/** Commands that change the files they name and nothing else. */
export const EDIT_ROWS: readonly CommandRow[] = [
  {
    names: ["mkdir"],
    options: "-p -v -m:text --parents --verbose",
    operands: ["out"],
    effect: "edit",
    free: [],
    asks: ["mkdir a"],
  },
  {
    names: ["touch"],
    options: "-a -c -m -h -d:text -t:text --no-create",
    operands: ["out"],
    effect: "edit",
    free: [],
    asks: ["touch a"],
  },
  {
    names: ["tee"],
    options: "-a -i -p --append --ignore-interrupts",
    operands: ["out"],
    effect: "edit",
    free: [],
    asks: ["tee a", "ls | tee -a a"],
  },
  {
    names: ["rm"],
    options: "-f -i -I -r -R -d -v --force --recursive --dir --verbose --one-file-system --preserve-root",
    operands: ["gone"],
    effect: "edit",
    free: [],
    asks: ["rm a", "rm -rf /", "rm -rf src"],
  },
  {
    names: ["rmdir"],
    options: "-p -v --parents --ignore-fail-on-non-empty --verbose",
    operands: ["gone"],
    effect: "edit",
    free: [],
    asks: ["rmdir a"],
  },
  {
    names: ["mv"],
    options: "-f -i -n -v -T --force --no-clobber --verbose --no-target-directory",
    operands: ["gone"],
    least: 2,
    last: "out",
    effect: "edit",
    free: [],
    asks: ["mv a b"],
  },
  {
    names: ["cp"],
    options:
      "-a -f -i -n -p -r -R -v -T -P -d --archive --force --no-clobber --recursive --verbose --no-target-directory --no-dereference",
    operands: ["in"],
    least: 2,
    last: "out",
    effect: "edit",
    free: [],
    asks: ["cp a b"],
  },
]
