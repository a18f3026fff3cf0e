/** One piece of work at a time, in order: what must follow the running one first, then the prompts that wait. */
import { message } from "./core.ts"
import { leaveUnfinished } from "./left-unfinished.ts"
import type { PromptQueue } from "./queue.ts"
import type { Steering } from "./run.ts"

/** Commands that wait for the running work. More than this many is a broken client, not a person. */
const MAX_WAITING = 1_000

export type Work = (abort: AbortController) => Promise<void>

export interface WorkQueue {
  /** A prompt that may join the running turn, or gets one of its own. */
  prompt(prompt: Steering): void
  /** After the running work, before prompts that wait. */
  after(work: Work): void
  /** False when something runs already: then nothing was started. */
  now(work: Work): boolean
  interrupt(): void
  /** Ends the running work; null while there is none. */
  readonly current: AbortController | null
  /** Starts nothing any more and interrupts what runs; settles when that has ended. */
  close(): Promise<void>
}

export function createWork(options: {
  readonly prompts: PromptQueue
  runPrompt(prompt: Steering, abort: AbortController): Promise<void>
  /** Queued work is about to start. */
  begins(): void
  ended(): void
  problem(code: string, text: string): void
}): WorkQueue {
  const { prompts } = options
  const afterwards: Work[] = []
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let closed = false

  function startNext(): void {
    if (running !== undefined || closed) return
    const work = afterwards.shift()
    const prompt = work === undefined ? prompts.next() : undefined
    if (work === undefined && prompt === undefined) return
    options.begins()
    if (work !== undefined) start(work)
    else if (prompt !== undefined) start((abort) => options.runPrompt(prompt, abort))
  }

  /** Whatever the work throws is a bug, and the session lives on. */
  function start(work: Work): void {
    const abort = new AbortController()
    const done = work(abort)
      .catch((error: unknown) => options.problem("crashed", `internal error: ${message(error)}`))
      .then(() => {
        running = undefined
        options.ended()
        startNext()
      })
    running = { abort, done }
  }

  return {
    prompt(prompt) {
      if (closed) return
      if (!prompts.add(prompt))
        options.problem("queue_full", "too many prompts are waiting; this one was dropped")
      if (prompt.priority === "now") running?.abort.abort()
      startNext()
    },
    after(work) {
      if (afterwards.length < MAX_WAITING) afterwards.push(work)
      else options.problem("queue_full", "too many commands are waiting; this one was dropped")
      startNext()
    },
    now(work) {
      if (running !== undefined) return false
      start(work)
      return true
    },
    interrupt: () => running?.abort.abort(),
    get current() {
      return running?.abort ?? null
    },
    async close() {
      closed = true
      prompts.clear()
      afterwards.length = 0
      if (running !== undefined) leaveUnfinished(running.abort)
      await running?.done
    },
  }
}
