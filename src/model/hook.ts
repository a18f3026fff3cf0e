import type { ElicitationAnswer } from "./elicitation.ts"
import type { Call, PermissionUpdate } from "./permission.ts"

/** What a hook may say, already merged over all hooks of one event (spec/hooks.md). A hook can only tighten. */
export interface HookOutcome {
  /**
   * PreToolUse and PermissionRequest: its vote. `allow` answers an ask, never lowers a deny; `defer` puts the call
   * off to a later process.
   */
  readonly decision?: "allow" | "ask" | "deny" | "defer"
  /** Why it decided, blocked or stopped; goes to the model or the person. */
  readonly reason?: string
  /** Replaces the call's input, which is then judged again. */
  readonly updatedInput?: Readonly<Record<string, unknown>>
  /** Text for the model, added beside the event's own. */
  readonly context?: readonly string[]
  /** UserPromptSubmit, PostToolUse, Stop: do not go on as planned; `reason` says why. */
  readonly block?: boolean
  /** End the turn (`continue: false`); `stopReason` is shown. */
  readonly stop?: boolean
  readonly stopReason?: string
  /** PostToolUse: what the model reads instead of the tool's output. */
  readonly updatedToolOutput?: unknown
  /** PermissionRequest, with `allow`. */
  readonly updatedPermissions?: readonly PermissionUpdate[]
  /** PermissionRequest, with `deny`: the turn ends. */
  readonly interrupt?: boolean
  /** PermissionDenied: the model may try again. */
  readonly retry?: boolean
  /** Elicitation: the answer; ElicitationResult: another one than the person gave. */
  readonly elicitation?: ElicitationAnswer
  /** SessionStart without a person: the first prompt. */
  readonly initialUserMessage?: string
  /** SessionStart, UserPromptSubmit. */
  readonly sessionTitle?: string
  /** UserPromptSubmit: the model reads `context` instead of the prompt. */
  readonly suppressPrompt?: boolean
}

/** What is told about a hook while it runs; `code` and `data` as in `Notice`. */
export interface HookReport {
  readonly level: "info" | "warning" | "error"
  readonly code: string
  readonly text: string
  readonly data?: Readonly<Record<string, unknown>>
}

export interface HookFire {
  readonly signal: AbortSignal
  readonly toolUseId?: string
  /** What matchers are tested against: a tool's name, `startup`, an agent type. */
  readonly matcher?: string
  /** The call that an `if` rule is tested against. */
  readonly call?: Call
  /** Starts, progress, results and failures of the hooks. */
  report?(report: HookReport): void
  /** A hook in the background has something for the model (`asyncRewake`). */
  wake?(text: string): void
}

/** Runs the hooks of an event, each under its own deadline. Never throws: a hook that breaks is no answer. */
export interface HookPort {
  /** True when any hook listens to `event`: callers skip building the input otherwise. */
  listens(event: string): boolean
  /** `input` is complete but for `hook_event_name`. */
  fire(event: string, input: Readonly<Record<string, unknown>>, options: HookFire): Promise<HookOutcome>
}

export const NO_HOOKS: HookPort = {
  listens: () => false,
  fire: async () => ({}),
}
