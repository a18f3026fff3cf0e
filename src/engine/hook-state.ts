/** What a session keeps for its hooks: what is watched, what is waited for, whose hooks joined, and how it will end. */
import type { HookPort } from "../model/hook.ts"
import type { Run, Session, Unsettled } from "./run.ts"
import { createChangeWatch } from "./watch-changes.ts"

type Members = Pick<
  Session,
  "promptId" | "sawPrompt" | "addHooks" | "watch" | "endWatch" | "settled" | "settle" | "leaving" | "leave"
>

export interface HookState {
  /** Of the session. */
  readonly members: Members
  /** Another session begins: what joined the old one is gone with it. */
  restart(): void
}

export function createHookState(around: {
  readonly hooks: HookPort
  cwd(): string
  /** A run outside of any turn. */
  aside(): Run
}): HookState {
  const { hooks } = around
  const changes = createChangeWatch(around)
  const unsettled: Record<Unsettled, Promise<unknown> | null> = { model: null, place: null, told: null }
  let promptId: string | null = null
  let leaving: ReturnType<Members["leaving"]> = "other"
  let ends: (() => void)[] = []

  return {
    members: {
      promptId: () => promptId,
      sawPrompt(uuid) {
        promptId = uuid
      },
      addHooks(given, owner) {
        const end = hooks.register?.(given, owner)
        if (end !== undefined) ends.push(end)
      },
      watch: changes.watch,
      endWatch: changes.stop,
      settled: (what) => unsettled[what],
      settle(what, work) {
        const all = Promise.allSettled([unsettled[what], work]).then(() => {
          if (unsettled[what] === all) unsettled[what] = null
        })
        unsettled[what] = all
      },
      leaving: () => leaving,
      leave(why) {
        leaving = why
      },
    },
    restart() {
      for (const end of ends) end()
      ends = []
      changes.watch([])
    },
  }
}
