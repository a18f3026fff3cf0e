/** What the parts of the engine share: the ways to tell readers, and the state that a new session replaces. */
import type { Event, EventBody, SessionState } from "../model/event.ts"
import type { History } from "./history.ts"
import type { Ledger } from "./ledger.ts"
import type { EngineOptions } from "./options.ts"
import type { PromptQueue } from "./queue.ts"
import type { Run, Session } from "./run.ts"

export interface Core {
  readonly options: EngineOptions
  readonly session: Session
  readonly ledger: Ledger
  readonly prompts: PromptQueue
  readonly current: Current
  readonly edits: Edits
  /** Milliseconds of the monotonic clock. */
  readonly bornAt: number
  readonly closed: boolean
  push(body: EventBody, at?: Pick<Event, "agent">): void
  notice(
    level: "info" | "warning" | "error",
    code: string,
    text: string,
    data?: Readonly<Record<string, unknown>>,
  ): void
  /** A run of the person's own conversation, as it is now. */
  makeRun(abort: AbortController): Run
  hears(...events: readonly string[]): boolean
}

/** Replaced, member by member, when another session begins. */
export interface Current {
  id: string
  history: History
  context: SessionState["context"]
  /** Requests beside the turns; `close` and a new session end them. */
  aside: AbortController
}

/** Lines of files that this process changed. */
export interface Edits {
  linesAdded: number
  linesRemoved: number
}

export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
