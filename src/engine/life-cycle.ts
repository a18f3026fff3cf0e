/** How sessions follow one another: the first hooks, `/clear`, `/resume`. Between turns there is always one open session. */
import { raceAbort } from "../lib/abort.ts"
import { usedBy } from "./context-used.ts"
import type { Core } from "./core.ts"
import { createHistory, type History } from "./history.ts"
import type { EngineOptions, LoadedSession } from "./options.ts"
import type { Steering } from "./run.ts"
import { endSession, type Opening, openSession } from "./session-hooks.ts"

export interface LifeCycle {
  begin(source: "startup" | "resume" | "clear", setup?: "init" | "maintenance"): void
  /** Waits for the first hooks and for servers that still connect; what hooks add before the first prompt. */
  opened(signal: AbortSignal): Promise<readonly Steering[]>
  clear(): Promise<void>
  resume(id: string): Promise<void>
  /** The conversation as it was before the prompt `to`. */
  rewind(to: string): Promise<void>
  end(): Promise<void>
}

export function createLifeCycle(
  core: Core,
  on: {
    enqueue(prompt: Steering): void
    /** Forgets what belongs to the old session; what people should know of it, or null. */
    leave(): string | null
    /** The new session has its id; readers are not told yet. */
    enter(how: "new" | "resumed"): void
  },
): LifeCycle {
  const { options, session, current } = core
  /** The session's first hooks; null when there is nothing to wait for. */
  let opening: Promise<Opening> | null = null

  function begin(source: "startup" | "resume" | "clear", setup?: "init" | "maintenance"): void {
    opening = null
    if (!core.hears("SessionStart", ...(setup === undefined ? [] : ["Setup"]))) return
    opening = openSession(core.makeRun(current.aside), source, setup)
    void opening.then(({ prompt }) => {
      if (prompt !== undefined) on.enqueue(prompt)
    })
  }

  async function end(why: "clear" | "resume" | "other"): Promise<void> {
    if (core.hears("SessionEnd")) await endSession(core.makeRun(new AbortController()), why)
  }

  async function change(next: LoadedSession | undefined, why: "clear" | "resume"): Promise<void> {
    await end(why)
    current.aside.abort()
    const left = on.leave()
    current.aside = new AbortController()
    current.history.close()
    current.id = next?.id ?? crypto.randomUUID()
    session.restart(current.id)
    current.context = { used: usedBy(next), window: session.model().window }
    current.history = openHistory(options, current.id, () => session.place().cwd, next)
    on.enter(next === undefined ? "new" : "resumed")
    session.changed(why)
    if (left !== null) core.notice("info", "left_behind", left)
    begin(why)
  }

  return {
    begin,
    async opened(signal) {
      const ready = options.ready?.() ?? null
      if (opening === null && ready === null) return []
      const done = await raceAbort(Promise.all([opening, ready]), signal)
      if (done === "aborted") return []
      opening = null
      return done[0]?.context ?? []
    },
    clear: () => change(undefined, "clear"),
    async resume(id) {
      const loaded = await options.store.load(id)
      if (loaded !== null) return change(loaded, "resume")
      core.notice("error", "resume", `No conversation found with session ID: ${id}`)
    },
    async rewind(to) {
      const { history } = current
      const mark = history.markBefore(to)
      if (mark === null)
        return core.notice(
          "error",
          "rewind",
          "The conversation does not hold that prompt any more; it was compacted.",
        )
      history.rewind(mark)
      const used = usedBy(history)
      current.context = { ...current.context, used }
      core.push({ type: "rewound", to, used })
    },
    end: () => end("other"),
  }
}

export function openHistory(
  options: EngineOptions,
  id: string,
  cwd: () => string,
  resume: LoadedSession | undefined,
): History {
  return createHistory({
    log: options.store.openLog(id),
    version: options.version,
    entrypoint: options.entrypoint,
    place: () => ({ cwd: cwd(), gitBranch: options.place.gitBranch() }),
    ...(resume === undefined ? {} : { lines: resume.lines, leaf: resume.leaf }),
  })
}
