/** What slash commands may do with the terminal: everything they need of the reader, and nothing else of it. */
import type { Engine } from "../model/engine.ts"
import type { CommandContext, SlashCommand } from "./commands/command.ts"
import type { Composer } from "./composer/composer.ts"
import type { Dialog } from "./dialogs/dialog.ts"
import { lastReply } from "./last-reply.ts"
import type { TuiPorts } from "./ports.ts"
import type { Screen } from "./screen/port.ts"
import type { ShellMode } from "./shell-mode.ts"
import type { TuiState } from "./state.ts"
import type { Transcript } from "./transcript.ts"

/** What a command left open. */
export interface Opened {
  dialog: Dialog | null
  /** Called once the conversation is back where a command wanted it. */
  onRewound: () => void
}

export function createCommandContext(parts: {
  readonly state: Readonly<TuiState>
  readonly engine: Engine
  readonly screen: Screen
  readonly ports: TuiPorts
  readonly transcript: Transcript
  readonly composer: Composer
  readonly shell: Pick<ShellMode, "attach">
  readonly opened: Opened
  commands(): readonly SlashCommand[]
  /** Prints everything that waits. */
  settle(): void
  notice: CommandContext["notice"]
  changed(): void
  exit(): void
}): CommandContext {
  const { state, engine, screen, ports, transcript, composer, shell, opened, settle } = parts
  return {
    state,
    engine,
    screen,
    ports,
    get commands() {
      return parts.commands()
    },
    lastReply() {
      settle()
      return lastReply(transcript.cells.newestFirst())
    },
    prompts() {
      settle()
      return [...transcript.cells.newestFirst()].flatMap((cell) => (cell.kind === "prompt" ? [cell] : []))
    },
    rewind(to, done) {
      opened.onRewound = done
      engine.send({ type: "rewind", to })
    },
    async editFile(path) {
      await screen.suspend()
      const done = await ports.editFile(path).catch(() => false)
      await screen.resume()
      if (!done) throw new Error(`The editor ended with an error on ${path}; $EDITOR names it.`)
    },
    draft: (text) => composer.setText(text),
    notice: parts.notice,
    open(dialog) {
      opened.dialog = dialog
    },
    close() {
      opened.dialog = null
    },
    changed: parts.changed,
    resume: (session) => engine.send({ type: "resume", session }),
    attach: () => shell.attach(),
    exit: parts.exit,
  }
}
