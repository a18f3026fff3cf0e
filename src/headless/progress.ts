import type { Event } from "../model/event.ts"

/**
 * Knows when a run has nothing left to do: no turn runs, no prompt waits, no background task runs, and no ended
 * task still has its notification to come.
 */
export interface Progress {
  sent(uuid: string): void
  /** The session's first hooks were asked for; one of them may bring a prompt. */
  begins(): void
  /** Prompts that were taken back and will never run. */
  dropped(uuids: readonly string[]): void
  see(event: Event): void
  readonly running: boolean
  /** Turns that have ended. */
  readonly turns: number
  /** Uuids of prompts that were sent and have not entered the conversation. */
  waiting(): readonly string[]
  /** No turn runs and no prompt waits. */
  settled(): boolean
  /** Settled, and nothing is left in the background. */
  idle(): boolean
  /** Idle but for background tasks of these ids, which are all agents. */
  onlyAgentsLeft(): readonly string[] | null
  /** No turn runs, and the one that a task's end should start has not begun. */
  awaitsNotification(): boolean
  giveUpNotification(): void
}

export function createProgress(): Progress {
  /** Prompt to whether a turn has begun since it was sent. */
  const pending = new Map<string, boolean>()
  const tasks = new Map<string, string>()
  let queue: readonly string[] = []
  let running = false
  let turns = 0
  /** The guess at the next prompt is under way; it has its own deadline. */
  let suggesting = false
  let opening = false
  /** Tasks that ended by themselves and whose notification has not entered the conversation. */
  let notices = 0
  const restful = () => !running && pending.size === 0 && queue.length === 0
  return {
    sent(uuid) {
      pending.set(uuid, false)
    },
    begins() {
      opening = true
    },
    dropped(uuids) {
      for (const uuid of uuids) pending.delete(uuid)
      queue = queue.filter((uuid) => !uuids.includes(uuid))
    },
    see(event) {
      if (event.type === "task") {
        if (event.change === "started") tasks.set(event.task.id, event.task.kind)
        else {
          tasks.delete(event.task.id)
          if (event.task.status !== "killed") notices++
        }
        return
      }
      if (event.agent) return
      switch (event.type) {
        case "notice":
          if (event.code === "suggesting") suggesting = event.data?.open === true
          if (event.code === "opening") opening = event.data?.open === true
          if (event.code === "opening" && typeof event.data?.prompt === "string")
            pending.set(event.data.prompt, false)
          return
        case "turn.begin":
          running = true
          for (const uuid of pending.keys()) pending.set(uuid, true)
          return
        case "prompt":
          pending.delete(event.uuid)
          if (event.origin === "task" && notices > 0) notices--
          return
        case "queue":
          queue = event.queued.map(({ uuid }) => uuid)
          return
        case "turn.end":
          running = false
          turns++
          // A prompt that was there when the turn began and is not queued was this turn's, even if it never
          // became a message (a local command).
          for (const [uuid, begun] of pending) if (begun && !queue.includes(uuid)) pending.delete(uuid)
          return
      }
    },
    get turns() {
      return turns
    },
    get running() {
      return running
    },
    waiting() {
      return [...new Set([...queue, ...pending.keys()])]
    },
    settled: restful,
    idle: () => restful() && !suggesting && !opening && tasks.size === 0 && notices === 0,
    onlyAgentsLeft() {
      if (!restful() || tasks.size === 0) return null
      return [...tasks.values()].every((kind) => kind === "agent") ? [...tasks.keys()] : null
    },
    awaitsNotification: () => restful() && notices > 0,
    giveUpNotification() {
      notices = 0
    },
  }
}
