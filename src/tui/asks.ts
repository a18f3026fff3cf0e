/** The engine's open questions, one at a time, and the guard against answering by accident. */
import { never } from "../lib/never.ts"
import type { Answer } from "../model/command.ts"
import type { Dialog } from "./dialogs/dialog.ts"
import { createPermissionDialog } from "./dialogs/permission.ts"
import { createPlanDialog } from "./dialogs/plan.ts"
import { createQuestionsDialog } from "./dialogs/questions.ts"
import { createReviewDialog } from "./dialogs/review.ts"
import type { Ask } from "./state.ts"

export interface Asks {
  /** The dialog of the oldest open question. */
  readonly dialog: Dialog | null
  readonly waiting: number
  add(ask: Ask): void
  /** A question of this reader's own, in the same queue and under the same guard. */
  offer(id: string, dialog: Dialog): void
  /** The engine settled it, whoever answered. */
  remove(ask: string): void
  /** The frame that shows the present dialog has been given to the screen. */
  drawn(flushed: Promise<void>): void
  /** True when a key that arrives now may answer. */
  accepts(now: number): boolean
  /** The person typed into the draft. */
  typed(now: number): void
}

/** One who is typing does not notice a dialog at once: keys answer only after a pause of this many milliseconds. */
const TYPING_GUARD_MS = 500

export function createAsks(answer: (ask: Ask, answer: Answer) => void): Asks {
  const queue: { readonly id: string; readonly dialog: Dialog; armed: boolean; arming: boolean }[] = []
  let typedAt = Number.NEGATIVE_INFINITY
  const drop = (id: string) => {
    const at = queue.findIndex((entry) => entry.id === id)
    if (at !== -1) queue.splice(at, 1)
  }
  return {
    get dialog() {
      return queue[0]?.dialog ?? null
    },
    get waiting() {
      return queue.length
    },
    add(ask) {
      const dialog = dialogFor(ask, (given) => {
        drop(ask.ask)
        answer(ask, given)
      })
      queue.push({ id: ask.ask, dialog, armed: false, arming: false })
    },
    offer(id, dialog) {
      queue.push({ id, dialog, armed: false, arming: false })
    },
    remove: drop,
    drawn(flushed) {
      const entry = queue[0]
      if (entry === undefined || entry.arming) return
      entry.arming = true
      // One more turn of the loop: keys of an input chunk that is being handled now were pressed before.
      void flushed.then(() => setTimeout(() => (entry.armed = true), 0))
    },
    accepts: (now) => queue[0]?.armed === true && now - typedAt >= TYPING_GUARD_MS,
    typed(now) {
      typedAt = now
    },
  }
}

type AskKind = "permission" | "plan" | "questions" | "review"

function dialogFor(ask: Ask, answer: (answer: Answer) => void): Dialog {
  const kind: AskKind =
    ask.tool === "ExitPlanMode"
      ? "plan"
      : ask.tool === "AskUserQuestion"
        ? "questions"
        : ask.preview?.kind === "patch"
          ? "review"
          : "permission"
  switch (kind) {
    case "permission":
      return createPermissionDialog(ask, answer)
    case "plan":
      return createPlanDialog(ask, answer)
    case "review":
      return createReviewDialog(ask, answer)
    case "questions":
      return createQuestionsDialog(ask, answer)
    default:
      return never(kind)
  }
}
