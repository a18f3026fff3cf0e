/**
 * Commands under the person's own authority (`!`), and terminals that commands of the model ask for. While a terminal
 * is attached, this reader sees no key.
 */
import { sanitiseLine } from "../lib/sanitise.ts"
import type { Command } from "../model/command.ts"
import type { Cell } from "./cells.ts"
import type { Dialog } from "./dialogs/dialog.ts"
import { createTerminalDialog } from "./dialogs/terminal.ts"
import { liveTool } from "./fold-tools.ts"
import type { TerminalOffer, TuiPorts } from "./ports.ts"
import type { Screen } from "./screen/port.ts"
import { shellPrompt } from "./shell-prompt.ts"
import type { TuiState } from "./state.ts"

export interface ShellMode {
  /** A program has the terminal; keys that still arrive are not ours. */
  readonly attached: boolean
  /** True when `text` is a shell line; it runs. */
  submit(text: string): boolean
  /** Ends the command that runs; false when none does. */
  interrupt(): boolean
  /** Back to the program that was left last; false when none runs. */
  attach(): boolean
}

export interface ShellModeOptions {
  readonly state: TuiState
  readonly screen: Screen
  readonly ports: TuiPorts
  now(): number
  send(command: Command): void
  offer(id: string, dialog: Dialog): void
  withdraw(id: string): void
  notice(level: Extract<Cell, { kind: "notice" }>["level"], text: string): void
  changed(): void
}

export function createShellMode(options: ShellModeOptions): ShellMode {
  const { state, screen, ports, notice, changed } = options
  let attached = false
  let stop: AbortController | null = null

  const connect = async (offer: TerminalOffer) => {
    const door = ports.terminals
    if (door === undefined || attached) return
    attached = true
    await screen.suspend()
    const how = await door.attach(offer.id).catch(() => "ended" as const)
    await screen.resume()
    attached = false
    if (how === "detached")
      notice("info", `${sanitiseLine(offer.command)} goes on without you. /attach returns to it.`)
    changed()
  }

  if (ports.terminals !== undefined) {
    ports.terminals.onOffer = (offer) => {
      options.offer(
        offer.id,
        createTerminalDialog(offer, (wanted) => {
          options.withdraw(offer.id)
          if (wanted) void connect(offer)
          else ports.terminals?.refuse(offer.id)
          changed()
        }),
      )
      screen.bell()
      changed()
    }
    ports.terminals.onWithdraw = (id) => {
      options.withdraw(id)
      changed()
    }
  }

  const finish = (command: string, line: Parameters<typeof shellPrompt>[1], stopped = false) => {
    // Who stops a command wants quiet, not an answer to half an output.
    const answers = ports.respondToShell !== false && line.kind === "printed" && !stopped
    options.send({
      type: "prompt",
      content: shellPrompt(command, line),
      origin: "person",
      verbatim: true,
      // In a running turn it is one more message to the model; a silent one could come between a call and its result.
      ...(answers || state.turn !== null ? {} : { silent: true }),
    })
  }

  const run = async (command: string) => {
    const { shell } = ports
    if (shell === undefined) return notice("error", "! runs nothing here.")
    if (state.shell !== null) return notice("error", "Another ! command still runs; esc ends it.")
    const control = new AbortController()
    stop = control
    const live = liveTool("shell", "!", command.split("\n")[0] ?? "", { command }, options.now())
    state.shell = live
    changed()
    try {
      const line = await shell.run(command, {
        cwd: state.session?.cwd ?? ".",
        signal: control.signal,
        onTail(tail) {
          live.tail = tail
          changed()
        },
      })
      if (line.kind === "printed") {
        const stopped = control.signal.aborted
        const stderr = stopped ? `${line.stderr}\n[stopped by the person]`.trimStart() : line.stderr
        return finish(command, { ...line, stderr }, stopped)
      }
      state.shell = null
      void line.end.then((code) => finish(command, { kind: "terminal", code }))
      await connect({ id: line.id, command })
    } catch (error) {
      notice("error", `!${command}: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      if (stop === control) stop = null
      state.shell = null
      changed()
    }
  }

  return {
    get attached() {
      return attached
    },
    submit(text) {
      if (!text.startsWith("!")) return false
      const command = text.slice(1).trim()
      if (command !== "") void run(command)
      return true
    },
    interrupt() {
      if (stop === null) return false
      stop.abort()
      return true
    },
    attach() {
      const newest = ports.terminals?.running().at(-1)
      if (newest === undefined) return false
      void connect(newest)
      return true
    },
  }
}
