import { FILE_ROWS } from "./files.ts"
import type { CommandRow } from "./row.ts"

/** Every command that is known; grouped in files by what it is about. */
export const ROWS: readonly CommandRow[] = [...FILE_ROWS]
