import type { HookOutcome } from "../../model/hook.ts"

/** What a handler's answer means. */
export interface Said {
  readonly outcome: HookOutcome
  readonly status: "success" | "error" | "cancelled"
  /** Why it counts as no answer; one line. */
  readonly error?: string
  /** For the person. */
  readonly message?: string
  /** For the person's terminal; only what may be written there. */
  readonly sequence?: string
}
