/** A prompt that the person might type next, found after a turn and beside everything else. */
import type { Core } from "./core.ts"
import type { Meter } from "./run.ts"
import { suggestPrompt } from "./suggest-prompt.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

/** Not where it would be noise: the first turn, a failure, a plan, a prompt that waits already. */
export function suggestsAfter(
  { options, session, prompts, closed }: Core,
  { reason, localCommand, terminal }: TurnOutcome,
  { meter, turn }: { readonly meter: Meter; readonly turn: number },
): boolean {
  return (
    options.suggestions === true &&
    reason === "completed" &&
    localCommand === undefined &&
    terminal === undefined &&
    meter.lastText !== "" &&
    session.mode() !== "plan" &&
    prompts.length === 0 &&
    !closed &&
    (turn > 1 || options.resume !== undefined)
  )
}

/** Whoever would be over with the turn waits between the two. */
export function tellSuggesting(core: Core, open: boolean): void {
  core.notice("info", "suggesting", "", { open })
}

/** The next prompt (`signal`) makes it pointless. */
export async function suggest(core: Core, signal: AbortSignal): Promise<void> {
  const suggestion = await suggestPrompt(core.makeRun(core.current.aside), signal).catch(() => null)
  if (suggestion !== null && !signal.aborted && !core.closed)
    core.notice("info", "prompt_suggestion", suggestion, { suggestion })
  tellSuggesting(core, false)
}
