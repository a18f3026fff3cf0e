/**
 * Searches run in a thread that can be killed, because a JavaScript pattern may backtrack without end. Threads start
 * on first use and are kept; at most two work at once, others wait.
 */
import { answer } from "./answer.ts"
import type { Answer, Job, Reply } from "./job.ts"

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
  worker.onmessage = (event: MessageEvent<Reply>) => {
    healthy = true
    resolve(event.data)
  }
  // A thread that cannot start or dies: the search is done here instead.
  worker.onerror = () => resolve(answer(job))
  signal.addEventListener("abort", abort, { once: true })
  worker.ref()
  worker.postMessage(job)
  try {
    return await promise
  } finally {
    clearTimeout(timeout)
    signal.removeEventListener("abort", abort)
    if (healthy) {
      worker.unref()
      idle.push(worker)
    } else worker.terminate()
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

/** Ends idle threads, for a quiet exit. */
export function endSearch(): void {
  for (const worker of idle.splice(0)) worker.terminate()
}
