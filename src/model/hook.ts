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
  /** The same, for tools of MCP servers only. */
  readonly updatedMcpToolOutput?: unknown
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
  /** UserPromptSubmit and UserPromptExpansion, with `block`: what was typed is not repeated beside the reason. */
  readonly suppressPrompt?: boolean
  /** SessionStart, CwdChanged, FileChanged: the files to watch from now on, in place of those named before. */
  readonly watchPaths?: readonly string[]
  /** SessionStart: skills and commands are read anew. */
  readonly reloadSkills?: boolean
  /** WorktreeCreate: where a hook made the worktree. */
  readonly worktreePath?: string
  /** MessageDisplay: what people see in place of the text. */
  readonly displayContent?: string
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
  /** A hook in the background ended with context: the model reads it before the next prompt. */
  note?(text: string): void
  /** Only hooks that were registered for this subagent, beside those of the session. */
  readonly agentId?: string
  /** Hooks of type `prompt` and `agent` ask here; without it they are no answer. */
  readonly judge?: HookJudge
  /** Where a text goes that is too long for the model, absolute. */
  readonly spillDir?: string
}

/** A model that answers whether something is so. Both reject with one line when nothing came of it. */
export interface HookJudge {
  /** One request to a model (the small, fast one by default) outside the conversation; its text. */
  ask(request: JudgeRequest & { readonly system: string }): Promise<string>
  /** A subagent that may only read looks for itself; its last words. */
  verify(request: JudgeRequest & { readonly system: string }): Promise<string>
}

export interface JudgeRequest {
  readonly prompt: string
  /** Alias or id. */
  readonly model?: string
  readonly signal: AbortSignal
}

/** Whose hooks are registered while a session runs: a skill's or a subagent's. */
export interface HookOwner {
  /** For people: `skill deploy`. */
  readonly label: string
  readonly source: "policy" | "user" | "project"
  /** Of a subagent: the hooks count for its own events only, and `Stop` means its end. */
  readonly agentId?: string
  /** A skill's: `once` counts. */
  readonly once?: boolean
}

/** One configured hook, for people and hosts (`get_hooks_listing` of the SDK). */
export interface HookRow {
  readonly event: string
  /** Empty for everything. */
  readonly matcher: string
  /** `userSettings`, `sessionHook` and the like. */
  readonly source: string
  /** The file, or whose it is. */
  readonly label: string
  readonly type: string
  /** What runs: a command, an address, the question. One line, bounded. */
  readonly text: string
  readonly if?: string
  /** Seconds. */
  readonly timeout?: number
  readonly statusMessage?: string
  readonly once?: true
  readonly background?: true
  /** The session's mode or policy keeps it from running. */
  readonly disabled?: true
}

/** Runs the hooks of an event, each under its own deadline. Never throws: a hook that breaks is no answer. */
export interface HookPort {
  /** True when any hook listens to `event`: callers skip building the input otherwise. */
  listens(event: string): boolean
  /** `input` is complete but for `hook_event_name`. */
  fire(event: string, input: Readonly<Record<string, unknown>>, options: HookFire): Promise<HookOutcome>
  /**
   * Adds hooks, in the shape of the setting, until the returned function is called or the session ends. What cannot be
   * used is reported as the settings' mistakes are.
   */
  register?(hooks: unknown, owner: HookOwner): () => void
  /** Names of files that FileChanged hooks wait for, relative to the working directory. */
  watched?(): readonly string[]
}

export const NO_HOOKS: HookPort = {
  listens: () => false,
  fire: async () => ({}),
}
