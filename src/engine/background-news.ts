/** How the model is told what happened in the background, as prompts of their own (spec/tools.md, background tasks). */
import type { TaskInfo } from "../model/tool.ts"
import type { Steering } from "./run.ts"

export function taskNews(task: TaskInfo, text: string): Steering {
  return prompt(
    "reminder",
    `<task-notification>\n<task-id>${task.id}</task-id>\n<status>running</status>\n<event>${text}</event>\n</task-notification>`,
  )
}

export function taskEnd(task: TaskInfo, toolUseId: string, summary: string): Steering {
  return prompt(
    "task",
    `<task-notification>\n<task-id>${task.id}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>\n<output-file>${task.outputFile}</output-file>\n<status>${task.status}</status>\n<summary>${summary}</summary>\n</task-notification>`,
  )
}

export function scheduled(text: string): Steering {
  return prompt("reminder", `<scheduled-task>\n${text}\n</scheduled-task>`)
}

export function wakeUp(text: string): Steering {
  return prompt("task", text)
}

function prompt(origin: Steering["origin"], content: string): Steering {
  return { uuid: crypto.randomUUID(), content, origin }
}
