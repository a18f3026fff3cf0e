import type { ApiFailure } from "../model/api.ts"
import type { TurnEnd, TurnEndReason } from "../model/event.ts"

/** How a turn ended; `TurnEnd` tells it to the readers. */
export interface TurnOutcome {
  readonly reason: TurnEndReason
  readonly during?: "reply" | "tools"
  readonly failure?: ApiFailure
  readonly message?: string
  readonly structuredOutput?: unknown
  /** The built-in command that answered instead of the model. */
  readonly localCommand?: string
  /** The host's `terminal_reason` where `reason` is too coarse. */
  readonly terminal?: string
  readonly deferred?: NonNullable<TurnEnd["deferred"]>
}
