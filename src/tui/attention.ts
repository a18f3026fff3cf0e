/** The terminal's title, progress bar and call: what tells a person in another window that it is their turn. */
import { sanitiseLine } from "../lib/sanitise.ts"
import { truncate } from "../lib/width.ts"
import type { NotifyBy, Preferences } from "./preferences.ts"
import type { Screen } from "./screen/port.ts"

export interface Attention {
  topic(prompt: string): void
  turnBegan(): void
  turnEnded(durationMs: number): void
  /** Something waits for an answer; one line. */
  waits(what: string): void
  /** The preferences changed. */
  refresh(): void
  /** The program leaves. */
  stop(): void
}

/** Turns shorter than this end while one is still looking. */
const WORTH_A_BELL_MS = 10_000
const TITLE_COLUMNS = 40
const ESC = "\u001b"
const BEL = "\u0007"
/** OSC 9;4: a bar without an end while a turn runs, none at rest (ConEmu's sequence; iTerm2, Ghostty, WezTerm know it). */
const PROGRESS = { on: `${ESC}]9;4;3;${BEL}`, off: `${ESC}]9;4;0;${BEL}` } as const

type Wanted = Pick<Preferences, "notifyBy" | "notifiesQuestions" | "progressBar" | "setsTitle">

export function createAttention(screen: Screen, place: string, wanted: () => Wanted): Attention {
  let topic = place
  let mark = ""
  let bar = false
  const title = (next: string) => {
    mark = next
    if (wanted().setsTitle) screen.setTitle(`${mark}${topic}`)
  }
  const progress = (on: boolean) => {
    const show = on && wanted().progressBar
    if (show === bar) return
    bar = show
    screen.signal(show ? PROGRESS.on : PROGRESS.off)
  }
  const call = (text: string) => {
    const by = wanted().notifyBy
    if (by === "bell" || by === "iterm2_with_bell") screen.bell()
    const sequence = notification(by, sanitiseLine(`${topic}: ${text}`))
    if (sequence !== null) screen.signal(sequence)
  }
  title("")
  return {
    topic(prompt) {
      topic = truncate(sanitiseLine(prompt.split("\n")[0] ?? ""), TITLE_COLUMNS) || place
      title(mark)
    },
    turnBegan() {
      title("✻ ")
      progress(true)
    },
    turnEnded(durationMs) {
      title("")
      progress(false)
      if (durationMs >= WORTH_A_BELL_MS) call("done")
    },
    waits(what) {
      title("? ")
      if (wanted().notifiesQuestions) call(what)
      else if (wanted().notifyBy !== "nothing") screen.bell()
    },
    refresh() {
      progress(mark === "✻ ")
    },
    stop: () => progress(false),
  }
}

/** A desktop notification as the terminal takes it; null where the bell is all there is. */
function notification(by: NotifyBy, text: string): string | null {
  switch (by) {
    case "iterm2":
    case "iterm2_with_bell":
      return `${ESC}]9;${text}${BEL}`
    case "kitty":
      return `${ESC}]99;i=ccts;${text}${ESC}\\`
    case "ghostty":
      return `${ESC}]777;notify;ccts;${text.replaceAll(";", ",")}${BEL}`
    default:
      return null
  }
}
