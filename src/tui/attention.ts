/** The terminal's title and bell: what tells a person in another window that it is their turn. */
import { sanitiseLine } from "../lib/sanitise.ts"
import { truncate } from "../lib/width.ts"
import type { Screen } from "./screen/port.ts"

export interface Attention {
  topic(prompt: string): void
  turnBegan(): void
  turnEnded(durationMs: number): void
  waits(): void
}

/** Turns shorter than this end while one is still looking. */
const WORTH_A_BELL_MS = 10_000
const TITLE_COLUMNS = 40

export function createAttention(screen: Screen, place: string): Attention {
  let topic = place
  let mark = ""
  const title = (next: string) => {
    mark = next
    screen.setTitle(`${mark}${topic}`)
  }
  title("")
  return {
    topic(prompt) {
      topic = truncate(sanitiseLine(prompt.split("\n")[0] ?? ""), TITLE_COLUMNS) || place
      title(mark)
    },
    turnBegan: () => title("✻ "),
    turnEnded(durationMs) {
      title("")
      if (durationMs >= WORTH_A_BELL_MS) screen.bell()
    },
    waits() {
      title("? ")
      screen.bell()
    },
  }
}
