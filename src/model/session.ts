import type { Line } from "./line.ts"

/** A row of the resume picker. */
export interface SessionSummary {
  readonly id: string
  /** Absolute path of the `.jsonl`. */
  readonly file: string
  /** Custom title, generated title, last prompt or first prompt, in that order; one line. */
  readonly title: string
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly bytes: number
  readonly gitBranch: string | null
  readonly cwd: string | null
}

/** The append-only log of one session. Only `sessions/` writes transcripts. */
export interface SessionLog {
  readonly id: string
  /** Absolute; null when the session is not persisted. */
  readonly file: string | null
  /** The uuid of the last line of the chain. */
  readonly leaf: string | null
  /** Appends whole lines in one write, before it returns. A full disk is reported once through `onLost`. */
  append(lines: readonly Line[]): void
  /** Forces what was appended to the disk; at the end of a turn. */
  sync(): void
  close(): void
}
