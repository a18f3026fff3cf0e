import type { Engine } from "../model/engine.ts"
import type { Progress } from "./progress.ts"

/** After a background task ended, the engine has this long to start the turn that tells the model. */
const NOTIFY_MS = 2_000

/** Default of CLAUDE_CODE_PRINT_BG_WAIT_CEILING_MS (spec/cli.md section 5). */
export const AGENT_WAIT_MS = 600_000

export interface Waits {
  /** After every event: ends the run when nothing is left to do. */
  check(): void
  inputClosed(): void
  stop(): void
}

export interface WaitsOptions {
  readonly engine: Pick<Engine, "send">
  readonly progress: Progress
  /** How long subagents in the background are waited for. */
  readonly agentsMs: number
  /** A run whose input stays open ends this long after its last turn, when nothing more comes. */
  readonly idleMs?: number | undefined
  finish(): void
}

/** Background work is waited for: shells as long as they run, subagents up to a ceiling. */
export function createWaits({ engine, progress, agentsMs, idleMs, finish }: WaitsOptions): Waits {
  let closed = false
  let notify: ReturnType<typeof setTimeout> | undefined
  let agents: ReturnType<typeof setTimeout> | undefined
  let idle: ReturnType<typeof setTimeout> | undefined
  const check = () => {
    clearTimeout(notify)
    clearTimeout(idle)
    if (!closed && idleMs !== undefined && progress.turns > 0 && progress.idle())
      idle = setTimeout(finish, idleMs)
    if (!closed) return
    if (progress.idle()) return finish()
    if (progress.awaitsNotification()) {
      notify = setTimeout(() => {
        progress.giveUpNotification()
        check()
      }, NOTIFY_MS)
    }
    if (progress.onlyAgentsLeft() === null) {
      clearTimeout(agents)
      agents = undefined
      return
    }
    agents ??= setTimeout(() => {
      for (const task of progress.onlyAgentsLeft() ?? []) engine.send({ type: "stop-task", task })
    }, agentsMs)
  }
  return {
    check,
    inputClosed() {
      closed = true
      check()
    },
    stop() {
      closed = false
      clearTimeout(idle)
      clearTimeout(notify)
      clearTimeout(agents)
    },
  }
}
