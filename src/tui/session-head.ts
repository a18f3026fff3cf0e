/** What is printed when a session begins: its header, what was wrong at the start, and what was said in it earlier. */
import type { Attention } from "./attention.ts"
import { headerCell } from "./header.ts"
import type { TuiOptions } from "./options.ts"
import { cellsOf } from "./resumed.ts"
import type { TuiState } from "./state.ts"
import type { Transcript } from "./transcript.ts"

/** JSON of an earlier session that is read to show its end. */
const TAIL_BYTES = 1_000_000

export interface SessionHead {
  show(why: "start" | "clear" | "resume" | "other"): void
}

export function createSessionHead(
  parts: {
    readonly state: TuiState
    readonly transcript: Transcript
    readonly attention: Attention
    /** Prints everything that waits. */
    settle(): void
    changed(): void
    /** Something cannot be kept: said in its turn. */
    lost(text: string): void
  } & Pick<TuiOptions, "ports" | "resumed">,
): SessionHead {
  const { state, transcript, attention, ports } = parts
  let headed = false

  const showEarlier = async (session: string) => {
    const lines = await ports.tailSession(session, TAIL_BYTES).catch(() => [])
    if (state.session?.id !== session) return
    parts.settle()
    transcript.addAll(cellsOf(lines))
    parts.changed()
  }

  return {
    show(why) {
      if (state.session === null) return
      if (state.session.title !== undefined && (ports.preferences?.titleFromName ?? true))
        attention.topic(state.session.title)
      const header = headerCell(state.session, ports)
      if (!headed) {
        headed = true
        transcript.add(header)
        for (const text of ports.problems ?? []) transcript.add({ kind: "notice", level: "warning", text })
        transcript.addAll(cellsOf(parts.resumed ?? []))
        for (const notice of ports.startNotices) transcript.add({ kind: "notice", ...notice })
        ports.losses?.listen(parts.lost)
        return
      }
      if (why !== "clear" && why !== "resume") return
      transcript.clear()
      transcript.add(header)
      transcript.replay()
      if (why === "resume") void showEarlier(state.session.id)
    },
  }
}
