import type { HookRow } from "../model/hook.ts"
import type { Line } from "../model/line.ts"
import type { ModelInfo } from "../model/model-info.ts"
import type { SessionSummary } from "../model/session.ts"
import type { Preferences, StatusLinePort } from "./preferences.ts"

export interface StartNotice {
  readonly level: "info" | "warning"
  readonly text: string
}

/** What the terminal reader needs from the world: it reads no disk and no network itself. Every call may be slow. */
export interface TuiPorts {
  /** As the settings are now; absent: the usual. */
  readonly preferences?: Preferences
  /** The person's own status line; absent without one. */
  readonly statusLine?: StatusLinePort | null
  /** Sessions of this project, newest first; `query` filters by title. */
  listSessions(query: string, signal: AbortSignal): Promise<readonly SessionSummary[]>
  /** The newest lines of a session, oldest first, at most `bytes` of JSON; for showing what was said. */
  tailSession(id: string, bytes: number): Promise<readonly Line[]>
  models(): readonly { readonly alias: string; readonly info: ModelInfo }[]
  /** Why a model may not be chosen here, in one line; null when it may. */
  refuseModel?(name: string): string | null
  /** Paths for `@`, best match first. */
  completePath(query: string, signal: AbortSignal): Promise<readonly string[]>
  /** Writes a session as a document; its path. `target` as typed, empty for a name of its own. Rejects with one line. */
  exportSession(session: {
    readonly id: string
    readonly title: string | undefined
    readonly cwd: string
    readonly target: string
  }): Promise<string>
  /** The canonical path of a folder as typed; rejects with one line. */
  findFolder(typed: string, cwd: string): Promise<string>
  readonly history: PromptHistory
  /** Saves the unsent draft so that a crash does not lose it; cheap, called at pauses. */
  saveDraft(text: string): void
  loadDraft(): string
  /** Opens the user's editor on `text`; the caller has suspended the screen. Null when it failed or nothing changed. */
  editExternally(text: string): Promise<string | null>
  /** The user's editor on a file that may not exist yet; the caller has suspended the screen. False when it failed. */
  editFile(path: string): Promise<boolean>
  /** Files of instructions that hold here, and where the next ones would go. */
  memoryFiles(): Promise<readonly { readonly path: string; readonly label: string }[]>
  /** Ctrl+Z: gives the terminal to the shell, and takes it back when the shell continues this program. */
  suspend(): Promise<void>
  /** Signing in and out; null where nobody pays (the demo). */
  readonly auth: AuthPort | null
  /** Reading and changing settings; null where there is nothing to keep (the demo). */
  readonly settings: SettingsPort | null
  /** MCP servers of the session; null or absent where there can be none (the demo). */
  readonly servers?: ServersPort | null
  /** The hooks of this session, those that do not run among them. Absent where there are none (the demo). */
  hooks?(): readonly HookRow[]
  /** Names of slash commands that are switched off. */
  readonly hidden: ReadonlySet<string>
  version: string
  /** Shown in the header: how requests are paid for, or how to sign in. */
  credentialLine: string
  demo: boolean
  /** One line each: what was wrong with the settings at the start. */
  readonly startNotices: readonly StartNotice[]
  /** Absent where nobody can attach to a terminal. */
  readonly terminals?: TerminalDoor
  /** Absent where `!` runs nothing. */
  readonly shell?: ShellLinePort
  /** Tool aliases of the settings as they are now; the same list until they change. */
  readonly aliases?: () => readonly AliasPort[]
  /** Absent where nothing is kept. */
  readonly losses?: LossPort
  /** Whether the person has agreed to auto mode, and where that is kept. Absent: it is entered without a question. */
  readonly autoMode?: { readonly accepted: boolean; accept(): void }
  /** Absent where no copies of files are kept. */
  readonly checkpoints?: CheckpointsPort
  /** What is wrong with the settings of this reader; told once, at the start. */
  readonly problems?: readonly string[]
  /** The setting `respondToBashCommands`: the model answers to what `!` printed; true by default. */
  readonly respondToShell?: boolean
}

/** What was before a prompt, of the files that tools changed since. Both reject with one line. */
export interface CheckpointsPort {
  preview(prompt: string): Promise<FilesBack>
  restore(prompt: string): Promise<FilesBack>
}

export interface FilesBack {
  readonly changed: readonly string[]
  readonly insertions: number
  readonly deletions: number
}

export interface LossPort {
  /** Calls back for each thing that could not be kept, also for those before; one line each. */
  listen(listener: (message: string) => void): void
}

/** Earlier prompts of this project, newest first. */
export interface PromptHistory {
  /** The `n`th newest prompt, 0 is the last; undefined past the end. */
  at(n: number): string | undefined
  add(prompt: string): void
  search(query: string, from: number): { readonly index: number; readonly text: string } | undefined
}

/** A tool alias of the settings. */
export interface AliasPort {
  readonly name: string
  /** The call as written. */
  readonly text: string
  /** The call with what was typed behind the name, or one line that says what is missing. */
  fill(typed: string): { readonly tool: string; readonly input: Readonly<Record<string, unknown>> } | string
}

/** Pseudo-terminals on which commands wait for the person. */
export interface TerminalDoor {
  /** A command of the model needs a terminal; set by the reader, which asks the person. */
  onOffer: (offer: TerminalOffer) => void
  /** It ended, or nobody waits for the answer any more. */
  onWithdraw: (id: string) => void
  /** The person does not want it; nothing runs. */
  refuse(id: string): void
  /** Connects the person, until the program ends or they detach. The screen must be suspended. */
  attach(id: string): Promise<"ended" | "detached">
  /** Programs that run now, the newest last. */
  running(): readonly TerminalOffer[]
}

export interface TerminalOffer {
  readonly id: string
  readonly command: string
}

/** Runs what is typed behind `!`. */
export interface ShellLinePort {
  /** Rejects with one line when it cannot be started. */
  run(
    command: string,
    options: { readonly cwd: string; readonly signal: AbortSignal; onTail(tail: string): void },
  ): Promise<ShellLine>
}

export type ShellLine =
  | { readonly kind: "printed"; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** It needs a terminal: attach to it. `end` is its exit code. */
  | { readonly kind: "terminal"; readonly id: string; readonly end: Promise<number> }
export interface AuthPort {
  /** Which credential is used and why, in lines. */
  status(): Promise<readonly string[]>
  /** What `/login` can do now. */
  ways(): Promise<readonly LoginWay[]>
  /** What to say when there is no way, or beside them. */
  readonly advice: readonly string[]
  /** Settles with one line that says what is used from now on; rejects with one line, or the signal's reason. */
  login(way: LoginWay["id"], steps: LoginSteps, signal: AbortSignal): Promise<string>
  /** Settles with one line that says what was removed. */
  logout(): Promise<string>
}

export interface LoginWay {
  readonly id: "browser" | "existing" | "api-key"
  readonly label: string
  readonly hint: string
  /** To be agreed to first. */
  readonly notice?: string
}

/** The parts of a browser sign-in that a person sees. */
export interface LoginSteps {
  onAddress(address: { readonly url: string; readonly opened: boolean; readonly takesCode: boolean }): void
  readonly pasted: AsyncIterable<string>
  onWrongPaste(message: string): void
}

export interface ServersPort {
  /** By name. */
  list(): readonly ServerRow[]
  /** These settle with one line that says what is so now, and reject with one line. */
  reconnect(name: string): Promise<string>
  /** For this project, also later. */
  toggle(name: string, enabled: boolean): Promise<string>
  signIn(name: string, steps: LoginSteps, signal: AbortSignal): Promise<string>
  signOut(name: string): Promise<string>
}

export interface ServerRow {
  readonly name: string
  readonly status: "connected" | "failed" | "needs-auth" | "pending" | "disabled"
  readonly error?: string
  /** Its command or address. */
  readonly about: string
  readonly scope: string
  readonly tools: readonly string[]
  readonly enabled: boolean
  /** It is one that people sign in to. */
  readonly canSignIn: boolean
}

export interface SettingsPort {
  /** Every known setting, in the order of the documentation. */
  list(): readonly SettingRow[]
  /** What `value` (typed text) means for `key`; a sentence when it does not fit. Writes user settings. */
  set(key: string, value: string): Promise<{ readonly ok: boolean; readonly text: string }>
  /** Which layers set it, highest first, in lines. */
  explain(key: string): readonly string[]
  /**
   * Says in one line what a change of the files brought, whenever they change, and calls `changed` when anything did; ends
   * with the returned function.
   */
  watch(said: (level: "info" | "warning", text: string) => void, changed?: () => void): () => void
}

export interface SettingRow {
  readonly key: string
  /** JSON of the value in force; empty when unset and without a default. */
  readonly value: string
  /** The layer, or `default`. */
  readonly from: string
  readonly text: string
  /** What it accepts, in words. */
  readonly accepts: string
  /** Ready answers, for a switch or a list of words. */
  readonly choices: readonly string[]
}
