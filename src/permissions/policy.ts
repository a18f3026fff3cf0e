import type { PermissionMode, Restrictions, Rule } from "../model/permission.ts"

/** Everything `decide` looks at besides the call. Plain data and one pure look-up, so that every case is a table row. */
export interface Policy {
  readonly mode: PermissionMode
  readonly rules: readonly Rule[]
  /** The session's working directory now; absolute, canonical. */
  readonly cwd: string
  /** Folders the session may work in: the start folder first, then additional ones. Absolute, canonical. */
  readonly roots: readonly string[]
  readonly home: string
  /** The program's config folder (`~/.claude`); protected. */
  readonly configDir: string
  /** Extra files the session itself owns and may write in any mode (the plan file). */
  readonly ownFiles: readonly string[]
  /** Folders of the session itself that may be read in any mode: spilled results, task output. */
  readonly ownFolders: readonly string[]
  /**
   * Follows links: the canonical path of `path`, resolving the deepest existing parent when it does not exist.
   * Null when it cannot be resolved (loop, no permission).
   */
  resolve(path: string): string | null
  /** All paths below a folder, absolute; null when that cannot be said (too many, links). Missing: never known. */
  below?(folder: string): readonly string[] | null
  /** The files that git tracks around a folder, absolute; null when that cannot be said. Missing: never known. */
  tracked?(folder: string): readonly string[] | null
  /** True while a sandbox contains every command (spec/settings.md section 5, auto-allow). */
  readonly sandboxed: boolean
  /** Absent: none. */
  readonly restrictions?: Restrictions
}
