/** What a hook may say, already merged over all hooks of one event (spec/hooks.md). A hook can only tighten. */
export interface HookOutcome {
  /** PreToolUse and PermissionRequest: its vote. `allow` answers an ask, never lowers a deny. */
  readonly decision?: "allow" | "ask" | "deny"
  /** Why it decided, blocked or stopped; goes to the model or the person. */
  readonly reason?: string
  /** Replaces the call's input, which is then judged again. */
  readonly updatedInput?: Readonly<Record<string, unknown>>
  /** Text for the model, added beside the event's own. */
  readonly context?: readonly string[]
  /** UserPromptSubmit, PostToolUse, Stop: do not go on as planned; `reason` says why. */
  readonly block?: boolean
  /** End the turn (`continue: false`); `reason` is shown. */
  readonly stop?: boolean
}

/** Runs the hooks of an event, each under its own deadline. Never throws: a hook that breaks is no answer. */
export interface HookPort {
  /** True when any hook listens to `event`: callers skip building the input otherwise. */
  listens(event: string): boolean
  fire(
    event: string,
    input: Readonly<Record<string, unknown>>,
    options: { readonly signal: AbortSignal; readonly toolUseId?: string; readonly matcher?: string },
  ): Promise<HookOutcome>
}

export const NO_HOOKS: HookPort = {
  listens: () => false,
  fire: async () => ({}),
}
