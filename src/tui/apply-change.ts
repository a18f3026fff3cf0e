/** What each change of the fold does to the screen's parts. */
import { never } from "../lib/never.ts"
import type { Command } from "../model/command.ts"
import type { Asks } from "./asks.ts"
import type { Attention } from "./attention.ts"
import type { Change } from "./change.ts"
import { createElicitationDialog } from "./dialogs/elicitation.ts"
import type { Rest } from "./rest.ts"
import type { SessionHead } from "./session-head.ts"
import type { TuiState } from "./state.ts"
import type { Transcript } from "./transcript.ts"

export interface Screenside {
  readonly state: TuiState
  readonly transcript: Transcript
  readonly asks: Asks
  readonly attention: Attention
  readonly rest: Rest
  readonly head: SessionHead
  /** The session's name where the title is to show it. */
  nameOf(state: TuiState): string | undefined
  send(command: Command): void
  signal(sequence: string): void
}

export function applyChange(
  { state, transcript, asks, attention, rest, head, nameOf, send, signal }: Screenside,
  change: Change,
) {
  switch (change.change) {
    case "cell":
      if (change.cell.kind === "prompt") attention.topic(nameOf(state) ?? change.cell.text)
      return transcript.add(change.cell)
    case "open":
      return transcript.open(change.block, change.kind, change.at)
    case "grow":
      return transcript.grow(change.block, change.text)
    case "close":
      return transcript.close(change.block, change.content)
    case "ask":
      asks.add(change.ask)
      return attention.waits(`${change.ask.tool} waits for your answer`)
    case "ask.end":
      return asks.remove(change.ask)
    case "elicit": {
      const { elicit } = change
      const dialog = createElicitationDialog(change.about, (answer) => {
        asks.remove(elicit)
        send({ type: "elicited", elicit, answer })
      })
      asks.offer(elicit, dialog, () => send({ type: "elicited", elicit, answer: { action: "cancel" } }))
      return attention.waits(`${change.about.server} asks you something`)
    }
    case "elicit.end":
      return asks.remove(change.elicit)
    case "turn":
      if (change.running) {
        rest.stop()
        return attention.turnBegan()
      }
      rest.begin()
      transcript.closeAll()
      return attention.turnEnded(change.durationMs)
    case "terminal":
      return signal(change.sequence)
    case "rewound":
      return transcript.rewind(change.to)
    case "session":
      return head.show(change.why)
    default:
      return never(change)
  }
}
