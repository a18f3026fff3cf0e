import { readFile } from "node:fs/promises"
import { nextFire, parseCron } from "../lib/cron.ts"
import { patchJson } from "../lib/patch-json.ts"
import type { ScheduledJob, SchedulePort } from "../model/tool.ts"

/** Recurring jobs end by themselves (spec/tools.md Cron). */
const EXPIRES_AFTER_MS = 7 * 24 * 60 * 60_000
/** More would be a mistake of the model; the error says what to do. */
const MAX_JOBS = 50
/** A timer takes no more than 2^31 ms, and clocks are set: it looks again at least this often. */
const MAX_SLEEP_MS = 60 * 60_000

const ENDS_WITH_ANSWER =
  "This run ends with your answer, so nothing can be scheduled in it. To wait for something, run a command in the background: its end is waited for and told to you."

export interface Schedule extends SchedulePort {
  /** Forgets what belongs to the session; durable jobs stay. */
  clear(): void
  stop(): void
}

interface Job extends ScheduledJob {
  readonly createdAt: number
}

/**
 * What is to happen later. One timer, and only while something is scheduled; durable jobs are in a file that
 * several sessions share, and each time of such a job is taken by one of them.
 */
export function createSchedule(options: {
  /** Durable jobs; null keeps none. */
  readonly file: string | null
  /** The program does not wait for what is scheduled. */
  readonly endsWithAnswer?: boolean
  readonly now: () => number
  readonly fire: (prompt: string) => void
  readonly problem: (line: string) => void
}): Schedule {
  const { file, now } = options
  const jobs = new Map<string, Job>()
  let wakeUp: { readonly at: number; readonly prompt: string } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function arm(): void {
    clearTimeout(timer)
    timer = undefined
    const times = [...jobs.values()].flatMap(({ nextFireAt }) => (nextFireAt === null ? [] : [nextFireAt]))
    if (wakeUp !== null) times.push(wakeUp.at)
    if (times.length === 0 || stopped) return
    timer = setTimeout(tick, Math.min(MAX_SLEEP_MS, Math.max(0, Math.min(...times) - now())))
    // A scheduled prompt alone keeps no program alive.
    timer.unref()
  }

  function tick(): void {
    if (wakeUp !== null && wakeUp.at <= now()) {
      const { prompt } = wakeUp
      wakeUp = null
      options.fire(prompt)
    }
    for (const job of [...jobs.values()]) {
      if (job.nextFireAt === null || job.nextFireAt > now()) continue
      moveOn(job)
      if (!job.durable) options.fire(job.prompt)
      else void claim(job).then((ours) => ours && !stopped && options.fire(job.prompt))
    }
    arm()
  }

  function moveOn(job: Job): void {
    const next = job.recurring ? nextTime(job.cron, now()) : null
    if (next === null || now() - job.createdAt > EXPIRES_AFTER_MS) jobs.delete(job.id)
    else jobs.set(job.id, { ...job, nextFireAt: next })
  }

  /** True when this session is the one that carries out the job's time. */
  async function claim(job: Job): Promise<boolean> {
    if (file === null) return true
    let ours = false
    try {
      await editFile(file, (stored) => {
        const entry = stored.find(({ id }) => id === job.id)
        if (entry === undefined || (entry.lastFiredAt ?? 0) >= (job.nextFireAt ?? 0)) return null
        ours = true
        if (!jobs.has(job.id)) return stored.filter(({ id }) => id !== job.id)
        return stored.map((one) => (one === entry ? { ...one, lastFiredAt: job.nextFireAt ?? now() } : one))
      })
    } catch (error) {
      options.problem(`the scheduled task ${job.id} was not run: ${messageOf(error)}`)
      return false
    }
    return ours
  }

  async function load(path: string): Promise<void> {
    const text = await readFile(path, "utf8").catch(() => null)
    if (text === null) return
    try {
      for (const stored of storedJobs((JSON.parse(text) as { tasks?: unknown }).tasks).slice(0, MAX_JOBS)) {
        if (now() - stored.createdAt > EXPIRES_AFTER_MS && stored.recurring) continue
        // What was due while nobody was there is due now, once.
        const next = nextTime(stored.cron, stored.recurring ? now() : stored.createdAt)
        if (next === null || jobs.has(stored.id)) continue
        jobs.set(stored.id, { ...stored, durable: true, nextFireAt: next })
      }
    } catch (error) {
      options.problem(`${path}: ${messageOf(error)}; its scheduled tasks are left out`)
    }
    arm()
  }

  const loaded = file === null ? Promise.resolve() : load(file)

  return {
    ...(options.endsWithAnswer === true ? { refusal: ENDS_WITH_ANSWER } : {}),
    async addCron({ cron, prompt, recurring, durable }) {
      await loaded
      const next = nextTime(cron, now())
      if (next === null) throw new Error(`the cron expression ${cron} never comes true`)
      if (jobs.size >= MAX_JOBS) throw new Error(`${MAX_JOBS} tasks are scheduled already; delete one first`)
      if (durable && file === null)
        throw new Error("durable tasks need a trusted project folder and an interactive session")
      const id = crypto.randomUUID().slice(0, 8)
      const job: Job = { id, cron, prompt, recurring, durable, nextFireAt: next, createdAt: now() }
      if (durable && file !== null) {
        const { createdAt } = job
        await editFile(file, (stored) => [...stored, { id, cron, prompt, recurring, createdAt }])
      }
      jobs.set(id, job)
      arm()
      return job
    },
    async removeCron(id) {
      await loaded
      const job = jobs.get(id)
      if (job === undefined) return false
      jobs.delete(id)
      if (job.durable && file !== null)
        await editFile(file, (stored) => stored.filter((one) => one.id !== id))
      arm()
      return true
    },
    list: () => [...jobs.values()],
    wakeUp(at, prompt) {
      const cancelled = wakeUp === null ? 0 : 1
      wakeUp = { at, prompt }
      arm()
      return cancelled
    },
    cancelWakeUps() {
      const cancelled = wakeUp === null ? 0 : 1
      wakeUp = null
      arm()
      return cancelled
    },
    clear() {
      wakeUp = null
      for (const job of [...jobs.values()]) if (!job.durable) jobs.delete(job.id)
      arm()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** An entry of the file; `lastFiredAt` keeps two sessions from running the same time of it. */
interface StoredJob {
  readonly id: string
  readonly cron: string
  readonly prompt: string
  readonly recurring: boolean
  readonly createdAt: number
  readonly lastFiredAt?: number
}

function storedJobs(raw: unknown): readonly StoredJob[] {
  if (!Array.isArray(raw)) return []
  return raw.flatMap((entry: unknown) => {
    const { id, cron, prompt, recurring, createdAt, lastFiredAt } = (
      typeof entry === "object" && entry !== null ? entry : {}
    ) as Record<string, unknown>
    if (typeof id !== "string" || typeof cron !== "string" || typeof prompt !== "string") return []
    return [
      {
        id,
        cron,
        prompt,
        recurring: recurring !== false,
        createdAt: typeof createdAt === "number" ? createdAt : 0,
        ...(typeof lastFiredAt === "number" ? { lastFiredAt } : {}),
      },
    ]
  })
}

/** Null from `change` leaves the file as it is. */
function editFile(
  file: string,
  change: (stored: readonly StoredJob[]) => readonly StoredJob[] | null,
): Promise<void> {
  return patchJson(file, (read) => {
    const value = change(storedJobs(read(["tasks"])))
    return value === null ? [] : [{ path: ["tasks"], value }]
  })
}

function nextTime(cron: string, after: number): number | null {
  return nextFire(parseCron(cron), new Date(after))?.getTime() ?? null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
