/** Keys at the prompt that are more than editing: interrupt, exit, modes, views. */
import type { Command } from "../model/command.ts"
import type { Composer } from "./composer/composer.ts"
import type { Key } from "./screen/port.ts"
import type { TuiState } from "./state.ts"

export interface PromptKeys {
  /** What to say instead of the mode: `press ctrl+c again to exit`. */
  readonly hint: string | null
  readonly shortcuts: boolean
  /** The task list is shown while it has open entries. */
  readonly todos: boolean
  /** True when the key was one of these. */
  key(key: Key, now: number): boolean
}

export interface PromptActions {
  readonly state: TuiState
  readonly composer: Composer
  send(command: Command): void
  exit(): void
  redraw(): void
  showTranscript(): void
  editExternally(): void
  /** Stops the program until the shell continues it (job control). */
  suspend(): void
  /** Ends what was typed behind `!`; false when nothing runs. */
  interruptShell(): boolean
  /** The menu of earlier prompts. */
  rewind(): void
}

/** Spec/interactive.md section 3: twice within this time. */
const TWICE_MS = 800
/** Ctrl+C is pressed in anger; one need not be as quick. */
const CTRL_C_TWICE_MS = 2_000

export function createPromptKeys(actions: PromptActions): PromptKeys {
  const { state, composer } = actions
  let hint: string | null = null
  let shortcuts = false
  let todos = true
  let last: { readonly what: string; readonly at: number } | null = null

  const twice = (what: string, now: number, within: number): boolean => {
    const again = last !== null && last.what === what && now - last.at <= within
    last = again ? null : { what, at: now }
    return again
  }
  const controlC = (now: number) => {
    const again = twice("ctrl+c", now, CTRL_C_TWICE_MS)
    if (again && composer.text === "") return actions.exit()
    if (actions.interruptShell()) return
    if (state.turn !== null) actions.send({ type: "interrupt" })
    else if (composer.text !== "") composer.clear()
    hint = "press ctrl+c again to exit"
  }
  const controlD = (now: number) => {
    if (twice("ctrl+d", now, TWICE_MS)) return actions.exit()
    hint = "press ctrl+d again to exit"
  }
  const onEscape = (now: number) => {
    if (actions.interruptShell()) return
    // A tool alias runs outside any turn.
    if (state.turn !== null || state.tools.size > 0) return actions.send({ type: "interrupt" })
    const again = twice("escape", now, TWICE_MS)
    if (composer.text === "") return again ? actions.rewind() : undefined
    if (again) return composer.clear()
    hint = "press esc again to clear the draft"
  }
  const nextMode = () => {
    if (state.session === null) return
    const { modes, mode } = state.session
    const next = modes[(modes.indexOf(mode) + 1) % modes.length]
    if (next !== undefined) actions.send({ type: "mode", mode: next })
  }

  const toBackground = () => {
    const runs = [...state.tools.values()].some(({ running, done }) => running && done === null)
    if (runs) actions.send({ type: "background" })
    else hint = "nothing runs that could go on in the background"
  }

  const toggleTodos = () => {
    todos = !todos
    hint = todos ? "the task list is shown while there is one" : "the task list is hidden; ctrl+t shows it"
  }

  const CONTROL: Readonly<Record<string, (now: number) => void>> = {
    c: controlC,
    d: controlD,
    l: actions.redraw,
    o: actions.showTranscript,
    g: actions.editExternally,
    z: actions.suspend,
    s: composer.stash,
    t: toggleTodos,
    b: toBackground,
  }

  return {
    get hint() {
      return hint
    },
    get todos() {
      return todos
    },
    get shortcuts() {
      return shortcuts
    },
    key(key, now) {
      hint = null
      const wasOpen = shortcuts
      shortcuts = false
      if (key.ctrl && !key.alt) {
        const action = CONTROL[key.name]
        if (action === undefined || (key.name === "d" && composer.text !== "")) return false
        // Back one character, as in a shell, while nothing runs.
        if (key.name === "b" && state.turn === null) return false
        action(now)
        return true
      }
      if (key.name === "escape" && !composer.menuOpen) {
        if (!wasOpen) onEscape(now)
        return true
      }
      if (key.name === "tab" && key.shift) {
        nextMode()
        return true
      }
      if (key.text === "?" && composer.text === "" && !composer.menuOpen) {
        shortcuts = !wasOpen
        return true
      }
      return false
    },
  }
}
