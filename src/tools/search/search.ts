/**
 * Searches run in a thread that can be killed, because a JavaScript pattern may backtrack without end. Threads start
 * on first use and are kept. At most two searches run at once, others wait; a search alone may have a second thread to help.
 */
import { answer } from "./answer.ts"
import type { Answer, Help, Job, Order, Reply, Told } from "./job.ts"

/** One for each search that may run; a third would only take the processor from the screen. */
const MAX_WORKERS = 2
/** After a job's own deadline: then the pattern hangs and the thread is ended. */
const KILL_AFTER_MS = 2_000

const idle: Worker[] = []
let working = 0
const waiting: (() => void)[] = []

/** Throws an Error with a text for the model; rejects at once with the signal's reason when aborted. */
export async function search<J extends Job>(
  job: J,
  signal: AbortSignal,
): Promise<Extract<Answer, { kind: J["kind"] }>> {
  await turn(signal)
  try {
    const reply = await runJob(job, signal)
    if ("error" in reply) throw new Error(reply.error)
    return reply.answer as Extract<Answer, { kind: J["kind"] }>
  } finally {
    working -= 1
    waiting.shift()?.()
  }
}

async function turn(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  while (working >= MAX_WORKERS) {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    signal.addEventListener("abort", () => resolve(), { once: true })
    await promise
    const at = waiting.indexOf(resolve)
    if (at !== -1) waiting.splice(at, 1)
    signal.throwIfAborted()
  }
  working += 1
}

async function runJob(job: Job, signal: AbortSignal): Promise<Reply> {
  const worker = idle.pop() ?? startWorker()
  if (worker === null) return answer(job)
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const abort = () => reject(signal.reason)
  const timeout = setTimeout(
    () =>
      resolve({
        error: "The search was ended: the pattern takes too long. Make it simpler or narrow the path.",
      }),
    job.deadlineMs + KILL_AFTER_MS,
  )
  let healthy = false
  let helper: Worker | null = null
  worker.onmessage = (event: MessageEvent<Told>) => {
    const told = event.data
    if ("wants" in told) helper ??= lendHelper(told.wants, job)
    if (!("reply" in told)) return
    healthy = true
    resolve(told.reply)
  }
  // A thread that cannot start or dies: the search is done here instead.
  worker.onerror = () => resolve(answer(job))
  signal.addEventListener("abort", abort, { once: true })
  worker.ref()
  worker.postMessage({ job } satisfies Order)
  try {
    return await promise
  } finally {
    clearTimeout(timeout)
    signal.removeEventListener("abort", abort)
    if (healthy) keep(worker)
    else worker.terminate()
    if (helper !== null) takeBack(helper)
  }
}

function keep(worker: Worker): void {
  worker.unref()
  idle.push(worker)
}

/** Null: other searches need the processor. The leading thread then finds that nobody takes its batches. */
function lendHelper(help: Help, job: Job): Worker | null {
  if (working > 1 || job.kind !== "grep") return null
  const helper = idle.pop() ?? startWorker()
  if (helper === null) return null
  helper.onerror = () => helper.terminate()
  helper.onmessage = () => ended.add(helper)
  helper.unref()
  helper.postMessage({ help, job } satisfies Order, [help.port])
  return helper
}

/** Helpers whose work has ended before they were taken back. */
const ended = new WeakSet<Worker>()

/** A helper is kept once it says that it has ended; one that hangs in a pattern is killed. */
function takeBack(helper: Worker): void {
  if (ended.delete(helper)) {
    keep(helper)
    return
  }
  const timer = setTimeout(() => helper.terminate(), KILL_AFTER_MS)
  timer.unref()
  helper.onmessage = () => {
    clearTimeout(timer)
    keep(helper)
  }
}

function startWorker(): Worker | null {
  try {
    return new Worker(workerUrl())
  } catch {
    return null
  }
}

/**
 * From source the thread's file lies beside this one. In the compiled program this code sits in a chunk at the root
 * of the embedded files, while the entry point `src/tools/search/worker.ts` keeps its path below `src`.
 */
function workerUrl(): string {
  const beside = new URL("./worker.ts", import.meta.url).href
  const embedded = /^(.*(?:\/\$bunfs|\/~BUN|%7EBUN)\/root\/)/.exec(import.meta.url)
  return embedded ? `${embedded[1]}tools/search/worker.js` : beside
}
