import type { Engine } from "../../model/engine.ts"
import type { Cell } from "../cells.ts"
import type { Dialog } from "../dialogs/dialog.ts"
import type { TuiPorts } from "../ports.ts"
import type { Screen } from "../screen/port.ts"
import type { TuiState } from "../state.ts"

/** A slash command: one file, one of these, one line in the registry. */
export interface SlashCommand {
  readonly name: string
  readonly aliases: readonly string[]
  readonly description: string
  readonly argumentHint?: string
  /** `args` is what follows the name, trimmed. */
  run(context: CommandContext, args: string): void
}

export interface CommandContext {
  readonly state: Readonly<TuiState>
  readonly engine: Engine
  readonly screen: Screen
  readonly ports: TuiPorts
  readonly commands: readonly SlashCommand[]
  /** The newest reply's Markdown source, empty when there is none. */
  lastReply(): string
  /** Prompts of this conversation on the screen, newest first. */
  prompts(): readonly { readonly text: string; readonly uuid: string }[]
  /** Goes on from before that prompt; `done` is called once what followed it is off the screen. */
  rewind(to: string, done: () => void): void
  /** Puts a text where one types. */
  draft(text: string): void
  /** Gives the terminal to the user's editor; rejects with one line. */
  editFile(path: string): Promise<void>
  notice(level: Extract<Cell, { kind: "notice" }>["level"], text: string): void
  open(dialog: Dialog): void
  /** Closes what `open` opened. */
  close(): void
  /** Something changed outside a key or event. */
  changed(): void
  /** A session is about to be shown from its file. */
  resume(session: string): void
  /** Back to a program on a terminal; false when none runs. */
  attach(): boolean
  exit(): void
}
