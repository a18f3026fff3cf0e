import type { Block } from "./block.ts"
import type { Effort } from "./model-info.ts"
import type { PermissionMode, PermissionUpdate } from "./permission.ts"

/** What readers ask of the engine. Every command is taken at once; its effect is seen in the events. */
export type Command =
  | PromptCommand
  /** Ends the running turn; queued prompts stay, unless `dropQueue`. */
  | { readonly type: "interrupt"; readonly dropQueue?: boolean }
  | { readonly type: "answer"; readonly ask: string; readonly answer: Answer }
  | { readonly type: "mode"; readonly mode: PermissionMode }
  | { readonly type: "model"; readonly model: string | null }
  | { readonly type: "effort"; readonly effort: Effort | null }
  /** Thinking tokens: null is the model's default, 0 is off. */
  | { readonly type: "thinking"; readonly tokens: number | null }
  /** Takes a queued prompt back; without `uuid` the newest. */
  | { readonly type: "unqueue"; readonly uuid?: string }
  | { readonly type: "permissions"; readonly updates: readonly PermissionUpdate[] }
  /** A new, empty session. */
  | { readonly type: "clear" }
  | { readonly type: "resume"; readonly session: string }
  | { readonly type: "compact"; readonly hint?: string }
  | { readonly type: "stop-task"; readonly task: string }
  /** A call of the person's own (tool alias), judged like the model's; taken only between turns. */
  | {
      readonly type: "call"
      readonly tool: string
      readonly input: Readonly<Record<string, unknown>>
    }

export interface PromptCommand {
  readonly type: "prompt"
  readonly content: string | readonly Block[]
  /** Becomes the uuid of the transcript line. */
  readonly uuid?: string
  /** Appended to the conversation without asking the model. */
  readonly silent?: boolean
  readonly origin?: "person" | "task" | "reminder"
  /** Composed by a host: no `@` expansion, no slash commands. */
  readonly verbatim?: true
}

export type Answer =
  | {
      readonly verdict: "allow"
      readonly input?: Readonly<Record<string, unknown>>
      readonly updates?: readonly PermissionUpdate[]
    }
  /** `message` goes to the model and the turn goes on; without it the turn stops, as with `interrupt`. */
  | { readonly verdict: "deny"; readonly message?: string; readonly interrupt?: boolean }
