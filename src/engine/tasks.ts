import { join } from "node:path"
import type { TaskChanged } from "../model/event.ts"
import type { TaskInfo, TaskPort } from "../model/tool.ts"

/** Background tasks that may run at once; one more is refused with a text the model can act on. */
const MAX_RUNNING = 50
/** Ended tasks that are still listed. */
const MAX_ENDED = 100

export interface Tasks extends TaskPort {
  /** Settles when no task runs any more. */
  idle(): Promise<void>
  stopAll(): void
  /**
   * Another session begins, and the model in it knows nothing of what runs: agents and monitors, which only speak to
   * the model, are stopped; commands go on, for people. None is reported to the model any more.
   */
  leave(): { readonly stopped: number; readonly kept: number }
  readonly running: number
}

interface Entry {
  info: TaskInfo
  readonly toolUseId: string
  readonly stop: () => void
  readonly done: Promise<void>
  /** Began in an earlier session. */
  left?: true
}

/** `onChange` tells readers; `onEnd` lets the engine report the end to the model. */
export function createTasks(options: {
  readonly folder: () => string
  readonly onChange: (change: Omit<TaskChanged, "type">) => void
  readonly onEnd: (task: TaskInfo, toolUseId: string, summary: string) => void
  /** A running monitor has something to say. */
  readonly onNews: (task: TaskInfo, text: string) => void
}): Tasks {
  const entries = new Map<string, Entry>()
  const running = () => [...entries.values()].filter((entry) => entry.info.status === "running")

  function forgetOldest(): void {
    const ended = [...entries.values()].filter((entry) => entry.info.status !== "running")
    for (const entry of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) entries.delete(entry.info.id)
  }

  return {
    newId: (kind) => `${kind[0]}${crypto.randomUUID().replaceAll("-", "").slice(0, 8)}`,
    outputFile: (id) => join(options.folder(), `${id}.output`),
    add(task) {
      if (running().length >= MAX_RUNNING) {
        task.stop()
        throw new Error(`${MAX_RUNNING} background tasks are running already; stop one with TaskStop first`)
      }
      const id = /([^/\\]+)\.output$/.exec(task.outputFile)?.[1] ?? this.newId(task.kind)
      const info: TaskInfo = {
        id,
        kind: task.kind,
        description: task.description,
        status: "running",
        outputFile: task.outputFile,
      }
      const entry: Entry = {
        info,
        toolUseId: task.toolUseId,
        stop: task.stop,
        done: task.done.then(({ status, summary, exitCode }) => {
          entry.info = { ...entry.info, status, ...(exitCode === undefined ? {} : { exitCode }) }
          options.onChange({ change: "ended", task: entry.info, toolUseId: task.toolUseId, summary })
          if (entry.left !== true) options.onEnd(entry.info, task.toolUseId, summary)
          forgetOldest()
        }),
      }
      entries.set(id, entry)
      options.onChange({ change: "started", task: info, toolUseId: task.toolUseId })
      return info
    },
    get: (id) => entries.get(id)?.info,
    list: () => [...entries.values()].map((entry) => entry.info),
    stop(id) {
      const entry = entries.get(id)
      if (entry?.info.status !== "running") return false
      entry.stop()
      return true
    },
    event(id, text) {
      const entry = entries.get(id)
      if (entry?.info.status === "running" && entry.left !== true) options.onNews(entry.info, text)
    },
    stopAll() {
      for (const entry of running()) entry.stop()
    },
    leave() {
      const begun = running().filter((entry) => entry.left !== true)
      for (const entry of begun) {
        entry.left = true
        if (entry.info.kind !== "shell") entry.stop()
      }
      const kept = begun.filter((entry) => entry.info.kind === "shell").length
      return { stopped: begun.length - kept, kept }
    },
    async idle() {
      while (running().length > 0) await Promise.race(running().map((entry) => entry.done))
    },
    get running() {
      return running().length
    },
  }
}
