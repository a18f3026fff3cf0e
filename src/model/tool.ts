import type { ZodType } from "zod"
import type { AgentPort } from "./agent.ts"
import type { ToolSpec } from "./api.ts"
import type { ResultContent } from "./block.ts"
import type { TurnPort } from "./intake.ts"
import type { Access, PermissionMode } from "./permission.ts"
import type { SpawnPort } from "./spawn.ts"
import type { TerminalPort } from "./terminal.ts"

export type { SpawnPort, SpawnRequest } from "./spawn.ts"

/**
 * A tool: its schema, what it touches, and how it runs. It knows nothing of permissions, sandbox or screen;
 * what it needs from the world comes through `ToolContext`.
 */
export interface Tool<I = never> {
  /** The exact name of spec/tools.md: rules, hooks and the model match on it. */
  readonly name: string
  /** The description the model reads; text of the `.md` beside the tool. */
  readonly prompt: string
  readonly schema: ZodType<I>
  /** Ready-made JSON schema; when absent it is derived from `schema`. MCP tools bring their own. */
  readonly inputSchema?: Readonly<Record<string, unknown>>
  /** Offered to the model unless the user names tools; `asked` tools only when named (spec/tools.md). */
  readonly offered?: "always" | "asked"
  /** Only its name is told until `ToolSearch` finds it, where the model can search. */
  readonly deferred?: true
  /** May run beside other calls although it is not a plain read (subagents). */
  readonly concurrent?: boolean
  /** Makes paths absolute and expands `~`, before hooks and permissions see the input. Pure. */
  normalize?(input: I, place: Place): I
  /** What this call touches. Pure; `place.cwd` is absolute. */
  access(input: I, place: Place): readonly Access[]
  /** The main argument, for the row on screen: `src/app.ts`, `npm test`. One line. */
  title(input: I, place: Place): string
  /**
   * Why the call cannot be made as things are now: then nobody is asked about it, and this is its result. Null when it
   * can. Reads only, and only what `access` names for writing.
   */
  check?(input: I, ctx: ToolContext): Promise<ToolOutput | null>
  /** What the call would change, shown before the person decides. Reads only; failures are `undefined`. */
  preview?(input: I, ctx: ToolContext): Promise<ToolView | undefined>
  /**
   * Runs the call. Yields tails of progress (already readable text), returns the result.
   * A failure the model can act on is a returned `isError`; an exception is a bug or the abort of `ctx.signal`.
   */
  run(input: I, ctx: ToolContext): AsyncGenerator<string, ToolOutput>
}

/** A tool of any input type, as registries hold it. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are checked by each tool's own schema before any method sees them
export type AnyTool = Tool<any>

/** What the model is told of a tool, ready made; what runs it is loaded when it is called. */
export interface LazyTool extends Pick<AnyTool, "name" | "offered"> {
  readonly spec: ToolSpec
  /** The tool itself, the same at every call. */
  load(): Promise<AnyTool>
}

export type OfferedTool = AnyTool | LazyTool

export interface Place {
  /** Absolute; where relative paths of this call start. */
  readonly cwd: string
  readonly home: string
}

export interface ToolContext extends Place {
  readonly toolUseId: string
  readonly signal: AbortSignal
  /** The environment for children, without this program's secrets. */
  readonly env: Readonly<Record<string, string>>
  /** Folders the session works in, absolute, the first is the project's. */
  readonly roots: readonly string[]
  /** Folder for spilled output of this session; made on first use. */
  readonly spillDir: string
  /** Moves the session's working directory (Bash `cd`). Refused by subagents. */
  setCwd(path: string): void
  /** What the model has read, to tell a stale edit from a fresh one. */
  readonly files: FileMemory
  /** Starts a child process; the sandbox wraps it here. */
  readonly spawn: SpawnPort
  /** Background shells and agents of this session. */
  readonly tasks: TaskPort
  /** The session's transcript on disk, null when none is kept. */
  readonly transcript: string | null
  /** Subagents of this run. */
  readonly agents: AgentPort
  /** What the permission check resolved a written path to; a tool refuses to write when it differs now. */
  judged?(path: string): string | undefined
  /** Existing files may be edited unread (spec/tools.md Edit: newer models, and reading needs no prompt). */
  readonly unreadEdits?: "allowed"
  /** Folder of this session's task list (`tasks/<list id>`), made on first use. Without it tasks live in memory. */
  readonly stateDir?: string
  /** Where plan mode keeps the plan. */
  readonly planFile?: string
  /** Enters plan mode, or leaves it for the mode the person chose. */
  setMode?(mode: PermissionMode): void
  /** Aborts when the person wants this call to go on in the background; a tool that cannot ignores it. */
  readonly detach?: AbortSignal
  /** Asks hooks about something a tool does besides its call; why it must not be, or null. */
  forbids?(event: string, input: Readonly<Record<string, unknown>>): Promise<string | null>
  /** Hooks make worktrees in place of git: the absolute path of the new one. Rejects with one line. */
  makeWorktree?(name: string): Promise<string>
  /** A worktree is removed: hooks are told, and clean up after themselves. */
  worktreeRemoved?(path: string): Promise<void>
  /** What a skill may change for the rest of its turn. */
  readonly turn?: TurnPort
  /** Commands that need a person at a terminal; absent where nobody can attach. */
  readonly terminal?: TerminalPort
  /** One question to the small, fast model; the answer's text. Rejects when the request failed. */
  ask?(prompt: string, signal: AbortSignal): Promise<string>
  /** Web search at the service. Rejects when the request failed. */
  searchWeb?(request: WebSearchRequest, signal: AbortSignal): Promise<WebSearchReply>
  /** Prompts at later times. */
  readonly schedule?: SchedulePort
}

export interface ScheduledJob {
  readonly id: string
  /** Five fields, local time. */
  readonly cron: string
  readonly prompt: string
  readonly recurring: boolean
  /** Kept for later sessions in this project. */
  readonly durable: boolean
  /** Milliseconds since 1970; null when it never comes again. */
  readonly nextFireAt: number | null
}

export interface SchedulePort {
  /** Why nothing that is scheduled would ever come, for the model. */
  readonly refusal?: string
  /** Rejects with one line: a bad expression, too many jobs, a file that cannot be written. */
  addCron(job: Omit<ScheduledJob, "id" | "nextFireAt">): Promise<ScheduledJob>
  /** False when there is no such job. */
  removeCron(id: string): Promise<boolean>
  list(): readonly ScheduledJob[]
  /** `at` in milliseconds since 1970. Replaces the wake-up that waits; returns how many were cancelled. */
  wakeUp(at: number, prompt: string): number
  cancelWakeUps(): number
}

export interface WebSearchRequest {
  readonly query: string
  readonly allowedDomains?: readonly string[]
  readonly blockedDomains?: readonly string[]
}

export interface WebSearchReply {
  /** Hits of one search each, and the model's remarks between them, in order. */
  readonly results: readonly (
    | {
        readonly tool_use_id: string
        readonly content: readonly {
          readonly title: string
          readonly url: string
          readonly snippet?: string
        }[]
      }
    | string
  )[]
  readonly searchCount: number
}

/** What was read of a file and what it looked like, by canonical path. Bounded: the oldest entry falls off. */
export interface FileMemory {
  get(path: string): FileSeen | undefined
  set(path: string, seen: FileSeen): void
  /** Canonical paths, the newest first. */
  recent(count: number): readonly string[]
}

export interface FileSeen {
  /** Of the whole file as bytes on disk, base64url of a 64-bit hash or longer. */
  readonly hash: string
  /** Only a part was shown to the model. */
  readonly partial: boolean
}

export interface TaskInfo {
  readonly id: string
  readonly kind: "shell" | "agent" | "monitor" | "mcp"
  readonly description: string
  readonly status: "running" | "completed" | "failed" | "killed"
  readonly outputFile: string
  readonly exitCode?: number
}

export interface TaskPort {
  /** Registers a background task; `done` settles when it ended, `stop` ends it. Throws past the limit. */
  add(task: {
    readonly kind: TaskInfo["kind"]
    readonly description: string
    readonly outputFile: string
    readonly toolUseId: string
    /** Settles when the task has ended; `summary` is one line for the model. Must not reject. */
    readonly done: Promise<{
      readonly status: "completed" | "failed" | "killed"
      readonly summary: string
      readonly exitCode?: number
    }>
    stop(): void
  }): TaskInfo
  get(id: string): TaskInfo | undefined
  list(): readonly TaskInfo[]
  /** False when there is no such running task. */
  stop(id: string): boolean
  /** The file a new task's output goes to. */
  outputFile(id: string): string
  newId(kind: TaskInfo["kind"]): string
  /** News of a running monitor, already bounded and batched; the model is told at the next occasion. */
  event?(id: string, text: string): void
}

export interface ToolOutput {
  /** What the model reads. */
  readonly content: string | readonly ResultContent[]
  readonly isError?: boolean
  /** The structured output object of spec/tools.md (`tool_use_result`); for errors the text. */
  readonly data: unknown
  /** Plain data for people. */
  readonly view: ToolView
}

export interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  /** Each starts with ` `, `+` or `-`. */
  readonly lines: readonly string[]
}

export interface PatchFile {
  readonly path: string
  readonly created: boolean
  /** Of the file before the change, as in `FileSeen`; empty for a new file. A review names it. */
  readonly before: string
  readonly hunks: readonly Hunk[]
}

export type ToolView =
  /** `summary`: one line such as `Read 120 lines`; `text`: bounded by the tool to a few KB; `left`: lines it left out. */
  | { readonly kind: "text"; readonly summary?: string; readonly text?: string; readonly left?: number }
  | {
      readonly kind: "diff"
      readonly path: string
      readonly created: boolean
      readonly hunks: readonly Hunk[]
    }
  /** Several files' changes as one patch, to be accepted by hunk. */
  | { readonly kind: "patch"; readonly files: readonly PatchFile[] }
  | {
      readonly kind: "todos"
      readonly todos: readonly {
        readonly content: string
        readonly status: "pending" | "in_progress" | "completed"
      }[]
    }

/** A failed result: the same text for the model, the record and the screen. */
export function failed(text: string): ToolOutput {
  return { content: text, isError: true, data: `Error: ${text}`, view: { kind: "text", text } }
}
