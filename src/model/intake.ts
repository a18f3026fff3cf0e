import type { Block } from "./block.ts"
import type { HookOwner } from "./hook.ts"

/** A slash command that comes from a file (spec/memory-skills-agents.md section 2). */
export interface CommandInfo {
  /** Without the slash. */
  readonly name: string
  readonly description: string
  readonly argumentHint: string
  /** A skill, not a command of `.claude/commands`. */
  readonly skill: boolean
}

/** Turns `/name args` into what the conversation gets. Implemented over files by `extend/skills`. */
export interface CommandPort {
  /** What a person may call. */
  list(): readonly CommandInfo[]
  /** Null when there is no such command: the text is then an ordinary prompt. */
  expand(name: string, args: string, turn: TurnPort): Promise<ExpandedCommand | null>
  /** Reads the folders anew. */
  reload?(): void
  /** The text of a skill for a subagent that starts with it; null when there is none of that name. */
  preload?(name: string, turn: TurnPort): Promise<string | null>
}

export interface ExpandedCommand {
  readonly name: string
  /** The body with everything substituted. */
  readonly text: string
  /** Images and the like that go with it. */
  readonly blocks?: readonly Block[]
  /** For hooks; absent: a command or skill from a file. */
  readonly from?: "mcp_prompt"
  /** Whose file it is; `bundled` comes with the program. */
  readonly source?: "bundled" | "policy" | "user" | "project"
}

/** What a command may change for the rest of its turn. */
export interface TurnPort {
  readonly sessionId: string
  /** Ends with the turn. */
  readonly signal?: AbortSignal
  readonly effort: string | null
  /** Rules such as `Bash(git *)` that hold until the turn ends. */
  allow(rules: readonly string[]): void
  /** Alias or id; `inherit` changes nothing. */
  useModel(name: string): void
  /** Runs a shell command as if the model had called Bash: hooks, rules, then the person. */
  shell(command: string): Promise<{ readonly ok: boolean; readonly output: string }>
  /** Hooks of a skill's head: they count for the rest of the session. */
  addHooks?(hooks: unknown, owner: HookOwner): void
  /** The blocks that `@path` mentions in `text` stand for; empty when there are none. */
  mentions(text: string): Promise<readonly Block[]>
}
