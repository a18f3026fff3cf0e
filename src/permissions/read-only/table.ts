import { EDIT_ROWS } from "./edits.ts"
import { FILE_ROWS } from "./files.ts"
import { GIT_ROWS } from "./git.ts"
import { GITHUB_ROWS } from "./github.ts"
import type { CommandRow } from "./row.ts"
import { SYSTEM_ROWS } from "./system.ts"
import { TEXT_ROWS } from "./text.ts"

/** Every command that is known; grouped in files by what it is about. */
export const ROWS: readonly CommandRow[] = [
  ...FILE_ROWS,
  ...EDIT_ROWS,
  ...TEXT_ROWS,
  ...SYSTEM_ROWS,
  ...GIT_ROWS,
  ...GITHUB_ROWS,
]
