import type { Block } from "./block.ts"
import type { ElicitationAnswer } from "./elicitation.ts"
import type { Effort } from "./model-info.ts"
import type { PermissionMode, PermissionUpdate, Restrictions, Rule } from "./permission.ts"
import type { Report } from "./report.ts"

/** What readers ask of the engine. Every command is taken at once; its effect is seen in the events. */
export type Command =
  | PromptCommand
  /** Takes up what an earlier process put off, without a prompt (spec/headless.md section 10). */
  | { readonly type: "continue" }
  /** A turn that only waits for what the session starts with: its hooks and servers. */
  | { readonly type: "open" }
  /** Ends the running turn; queued prompts stay, unless `dropQueue`. */
  | { readonly type: "interrupt"; readonly dropQueue?: boolean }
  | { readonly type: "answer"; readonly ask: string; readonly answer: Answer }
  /** The answer to an `elicit` event. */
  | { readonly type: "elicited"; readonly elicit: string; readonly answer: ElicitationAnswer }
  | { readonly type: "mode"; readonly mode: PermissionMode }
  /** `source`: how the person chose it, for hooks; a host's choice is always `sdk`. */
  | { readonly type: "model"; readonly model: string | null; readonly source?: "picker" }
  | { readonly type: "effort"; readonly effort: Effort | null }
  | { readonly type: "fast"; readonly on: boolean }
  /** Thinking tokens: null is the session's default, 0 is off, absent leaves them; `display` likewise. */
  | {
      readonly type: "thinking"
      readonly tokens?: number | null
      readonly display?: "summarized" | "omitted" | null
    }
  /** Takes a queued prompt back; without `uuid` the newest. */
  | { readonly type: "unqueue"; readonly uuid?: string }
  | {
      readonly type: "permissions"
      readonly updates: readonly PermissionUpdate[]
      /** Hooks are told of the folders that come along, and how they came. */
      readonly added?: "slash_command" | "register_repo_root"
    }
  /** The person signed in, which hooks are told of. */
  | { readonly type: "signed-in"; readonly text: string }
  /** The person is about to leave: SessionEnd hooks are told how. */
  | { readonly type: "leaving"; readonly why: "logout" | "prompt_input_exit" }
  /** Settings files changed: what they say now. Rules and folders of the session itself stay. */
  | {
      readonly type: "reload"
      readonly rules: readonly Rule[]
      /** Modes that may be chosen; a mode that is no longer there is left. */
      readonly modes: readonly PermissionMode[]
      /** Canonical. */
      readonly additionalRoots: readonly string[]
      readonly restrictions?: Restrictions | undefined
      /** For children. */
      readonly env: Readonly<Record<string, string>>
    }
  /** A new, empty session. */
  | { readonly type: "clear" }
  | { readonly type: "resume"; readonly session: string }
  /** The conversation as it was before this prompt; what followed stays in the transcript's file as a dead branch. */
  | { readonly type: "rewind"; readonly to: string }
  | { readonly type: "compact"; readonly hint?: string }
  | { readonly type: "stop-task"; readonly task: string }
  /** Running calls go on in the background, where their tool can: one, or all. */
  | { readonly type: "background"; readonly toolUseId?: string }
  /** The host saw a Read of `path` that is no longer in the conversation; skipped when the file changed since `mtime`. */
  | { readonly type: "seen"; readonly path: string; readonly mtime: number }
  /** The session's name, as lists show it. */
  | { readonly type: "title"; readonly title: string }
  /** Answered by a `report` event with the same id. */
  | { readonly type: "report"; readonly report: Report["report"]; readonly id: string }
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
  /** `now` ends the running turn and goes first; `later` waits for a turn of its own. Absent is `next`. */
  readonly priority?: "now" | "next" | "later"
}

export type Answer =
  | {
      readonly verdict: "allow"
      readonly input?: Readonly<Record<string, unknown>>
      readonly updates?: readonly PermissionUpdate[]
    }
  /** `message` goes to the model and the turn goes on; without it the turn stops, as with `interrupt`. */
  | { readonly verdict: "deny"; readonly message?: string; readonly interrupt?: boolean }
