import type { Line } from "../model/line.ts"
import type { ModelInfo } from "../model/model-info.ts"
import type { SessionSummary } from "../model/session.ts"

/** What the terminal reader needs from the world: it reads no disk and no network itself. Every call may be slow. */
export interface TuiPorts {
  /** Sessions of this project, newest first; `query` filters by title. */
  listSessions(query: string, signal: AbortSignal): Promise<readonly SessionSummary[]>
  /** The newest lines of a session, oldest first, at most `bytes` of JSON; for showing what was said. */
  tailSession(id: string, bytes: number): Promise<readonly Line[]>
  models(): readonly { readonly alias: string; readonly info: ModelInfo }[]
  /** Paths for `@`, best match first. */
  completePath(query: string, signal: AbortSignal): Promise<readonly string[]>
  readonly history: PromptHistory
  /** Saves the unsent draft so that a crash does not lose it; cheap, called at pauses. */
  saveDraft(text: string): void
  loadDraft(): string
  /** Opens the user's editor on `text`; the caller has suspended the screen. Null when it failed or nothing changed. */
  editExternally(text: string): Promise<string | null>
  /** Ctrl+Z: gives the terminal to the shell, and takes it back when the shell continues this program. */
  suspend(): Promise<void>
  version: string
  /** Shown in the header: how requests are paid for, or how to sign in. */
  credentialLine: string
  demo: boolean
  /** One line each: what was wrong with the settings at the start. */
  readonly startNotices: readonly string[]
}

/** Earlier prompts of this project, newest first. */
export interface PromptHistory {
  /** The `n`th newest prompt, 0 is the last; undefined past the end. */
  at(n: number): string | undefined
  add(prompt: string): void
  search(query: string, from: number): { readonly index: number; readonly text: string } | undefined
}
