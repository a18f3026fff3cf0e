import type { AnyTool } from "./tool.ts"

/** What a turn owes besides text, such as the object of `--json-schema` (spec/headless.md section 9). */
export interface FinishPort {
  /** Offered to the main conversation beside the other tools; null while nothing is owed. */
  readonly tool: AnyTool | null
  /** A turn begins: what an earlier one delivered does not count. */
  begin(): void
  /** Asked after the calls of each reply. An object ends the turn without another request. */
  outcome(): Finish | null
  /** Asked where the turn would complete. Text goes to the model and keeps the turn going. */
  nudge(): string | null
}

export interface Finish {
  readonly reason: "completed" | "crashed"
  readonly structuredOutput?: unknown
  readonly message?: string
  /** The host's `terminal_reason`. */
  readonly terminal?: string
}
