/** How the model is told what happened in the background, as prompts of their own (spec/tools.md, background tasks). */
import type { TaskInfo } from "../model/tool.ts"
import type { Steering } from "./run.ts"

export function taskNews(task: TaskInfo, text: string): Steering {
  return judged(
    "system",
    "reminder",
    `<task-notification>\n<task-id>${task.id}</task-id>\n<status>running</status>\n<event>${text}</event>\n</task-notification>`,
  )
}

export function taskEnd(task: TaskInfo, toolUseId: string, summary: string): Steering {
  return judged(
    "system",
    "task",
    `<task-notification>\n<task-id>${task.id}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>\n<output-file>${task.outputFile}</output-file>\n<status>${task.status}</status>\n<summary>${summary}</summary>\n</task-notification>`,
  )
}

export function scheduled(text: string): Steering {
  return judged("schedule_wakeup", "reminder", `<scheduled-task>\n${text}\n</scheduled-task>`)
}

/** Of a hook: others are not asked about it, or two could wake the model for ever. */
export function wakeUp(text: string): Steering {
  return prompt("task", text)
}

/** What a new session means for the background work of the old one, for people; null when there is none. */
export function leftBehind({
  stopped,
  kept,
}: {
  readonly stopped: number
  readonly kept: number
}): string | null {
  const parts = [
    ...(stopped === 0 ? [] : [`${tasks(stopped)} of the earlier session stopped`]),
    ...(kept === 0
      ? []
      : [`${tasks(kept)} of the earlier session still running; the model is not told of the end`]),
  ]
  return parts.length === 0 ? null : parts.join("; ")
}

function tasks(count: number): string {
  return `${count} background ${count === 1 ? "task" : "tasks"}`
}

function judged(
  source: NonNullable<Steering["source"]>,
  origin: Steering["origin"],
  content: string,
): Steering {
  return { ...prompt(origin, content), source }
}

function prompt(origin: Steering["origin"], content: string): Steering {
  return { uuid: crypto.randomUUID(), content, origin }
}
