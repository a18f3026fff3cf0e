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
  offer(id: string, dialog: Dialog, expire?: () => void): void
  /** The engine settled it, whoever answered. */
  remove(ask: string): void
  /** The frame that shows the present dialog has been given to the screen. */
  drawn(flushed: Promise<void>): void
  /** True when a key that arrives now may answer. */
  accepts(now: number): boolean
  /** The person typed into the draft. */
  typed(now: number): void
  /** A key reached the present dialog: its time begins anew. */
  touched(): void
  /** No time runs any more. */
  stop(): void
}

/** How long dialogs wait; absent is for ever. */
export interface Patience {
  readonly questionMs?: number
  readonly dialogMs?: number
  readonly offersClearOnPlan?: boolean
}

export interface AskPorts {
  answer(ask: Ask, answer: Answer): void
  patience(): Patience
  /** A dialog went away by itself. */
  expired(text: string): void
  /** A plan is accepted, to be carried out without what was said before. */
  startOver(plan: string): void
}

/** One who is typing does not notice a dialog at once: keys answer only after a pause of this many milliseconds. */
const TYPING_GUARD_MS = 500

interface Entry {
  readonly id: string
  readonly dialog: Dialog
  readonly expire: (() => void) | null
  readonly waitMs: number | undefined
  armed: boolean
  arming: boolean
}

export function createAsks({ answer, patience, expired, startOver }: AskPorts): Asks {
  const queue: Entry[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let typedAt = Number.NEGATIVE_INFINITY
  const drop = (id: string) => {
    const at = queue.findIndex((entry) => entry.id === id)
    if (at !== -1) queue.splice(at, 1)
    if (at === 0) wind()
  }
  /** Only the dialog that is shown loses time. */
  const wind = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const head = queue[0]
    if (head?.waitMs === undefined || head.expire === null) return
    timer = setTimeout(() => {
      drop(head.id)
      head.expire?.()
    }, head.waitMs)
  }
  const put = (id: string, dialog: Dialog, expire: (() => void) | null, waitMs: number | undefined) => {
    queue.push({ id, dialog, expire, waitMs, armed: false, arming: false })
    if (queue.length === 1) wind()
  }
  const giveUp = (ask: Ask, ms: number | undefined) => () => {
    const waited = `${Math.round((ms ?? 0) / 1_000)} s`
    if (ask.tool === "AskUserQuestion") {
      expired(`Nobody answered within ${waited}; the model goes on without.`)
      const message = `The person did not answer within ${waited}. Go on with your best judgement and say what you assumed.`
      return answer(ask, { verdict: "deny", message })
    }
    expired(`Nobody answered within ${waited}: ${ask.tool} was declined.`)
    answer(ask, { verdict: "deny", interrupt: true })
  }
  return {
    get dialog() {
      return queue[0]?.dialog ?? null
    },
    get waiting() {
      return queue.length
    },
    add(ask) {
      const { questionMs, dialogMs, offersClearOnPlan = false } = patience()
      const ports: DialogPorts = {
        answer(given) {
          drop(ask.ask)
          answer(ask, given)
        },
        ...(offersClearOnPlan ? { startOver } : {}),
      }
      const waitMs = ask.tool === "AskUserQuestion" ? questionMs : dialogMs
      put(ask.ask, dialogFor(ask, ports), giveUp(ask, waitMs), waitMs)
    },
    offer(id, dialog, expire) {
      put(id, dialog, expire ?? null, patience().dialogMs)
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
    touched: wind,
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}

type AskKind = "permission" | "plan" | "questions" | "review"

interface DialogPorts {
  answer(answer: Answer): void
  startOver?(plan: string): void
}

function dialogFor(ask: Ask, { answer, startOver }: DialogPorts): Dialog {
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
      return createPlanDialog(ask, answer, startOver)
    case "review":
      return createReviewDialog(ask, answer)
    case "questions":
      return createQuestionsDialog(ask, answer)
    default:
      return never(kind)
  }
}
