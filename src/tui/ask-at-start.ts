/** One dialog alone on the screen, before there is an engine. Keys pressed before it was drawn do not answer it. */
import type { Dialog } from "./dialogs/dialog.ts"
import { createStartDialog, type StartAnswer, type StartQuestion } from "./dialogs/start-question.ts"
import type { Screen } from "./screen/port.ts"

/** The answer; `left` as well when `signal` ends the wait. The screen is left open and empty. */
export async function askAtStart(
  screen: Screen,
  question: StartQuestion,
  signal: AbortSignal,
): Promise<StartAnswer> {
  const { promise, resolve } = Promise.withResolvers<StartAnswer>()
  const dialog: Dialog = createStartDialog(question, resolve)
  const draw = () => {
    const { rows, cursor } = dialog.view(screen.size)
    screen.setFooter(rows, cursor)
  }
  let armed = false
  screen.onPaste = () => {}
  screen.onResize = draw
  screen.onKey = (key) => {
    if (!armed) return
    dialog.key(key)
    draw()
  }
  draw()
  // One more turn of the loop: keys of an input chunk that is being handled now were pressed before.
  void screen.flushed().then(() => setTimeout(() => (armed = true), 0))
  const end = () => resolve("left")
  signal.addEventListener("abort", end, { once: true })
  if (signal.aborted) end()
  try {
    return await promise
  } finally {
    signal.removeEventListener("abort", end)
    screen.onKey = () => {}
    screen.onResize = () => {}
    screen.setFooter([], null)
  }
}
