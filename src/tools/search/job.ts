/** What a search is asked and what it answers: plain data that crosses to the worker. */

export interface GlobJob {
  readonly kind: "glob"
  readonly root: string
  readonly pattern: string
  readonly hidden: boolean
  readonly respectIgnore: boolean
  readonly limit: number
  readonly deadlineMs: number
}

export interface GlobAnswer {
  readonly kind: "glob"
  /** Relative to the root, oldest first, at most `limit`. */
  readonly files: readonly string[]
  readonly total: number
  readonly timedOut: boolean
}

export interface GrepJob {
  readonly kind: "grep"
  /** A folder, or the one file to search. */
  readonly root: string
  readonly isFile: boolean
  /** The only files to look at, relative to the root; without it the folder is walked. */
  readonly candidates?: readonly string[]
  readonly pattern: string
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly mode: "content" | "files_with_matches" | "count"
  readonly onlyMatching: boolean
  readonly lineNumbers: boolean
  readonly before: number
  readonly after: number
  readonly glob: string | undefined
  readonly type: string | undefined
  /** Lines (content) or files to answer; Infinity is cut to a byte limit. */
  readonly limit: number
  readonly offset: number
  /** Put before each path. */
  readonly prefix: string
  readonly deadlineMs: number
}

export interface GrepAnswer {
  readonly kind: "grep"
  /** Content: output lines; count: `path:n`; files: paths, newest first. Already cut to offset and limit. */
  readonly lines: readonly string[]
  /** Entries before cutting; a lower bound for content, which stops early. */
  readonly total: number
  readonly files: number
  readonly matches: number
  readonly timedOut: boolean
  /** Content that was given up at the byte limit. */
  readonly cut: boolean
}

export type Job = GlobJob | GrepJob
export type Answer = GlobAnswer | GrepAnswer
/** `error` is fit for the model (a bad pattern or type). */
export type Reply = { readonly answer: Answer } | { readonly error: string }

/** One end of a search that two threads share. */
export interface Help {
  readonly port: MessagePort
  readonly state: SharedArrayBuffer
}

/** To a search thread: a job of its own, or help with another's. */
export type Order = { readonly job: Job } | { readonly help: Help; readonly job: GrepJob }
/** From a search thread: the job's reply, a wish for help with it, or that the help given has ended. */
export type Told = { readonly reply: Reply } | { readonly wants: Help } | { readonly helped: true }
