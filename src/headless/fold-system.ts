import type { Compacted, Event, Notice, SessionChanged, TaskChanged } from "../model/event.ts"
import type { TaskInfo } from "../model/tool.ts"
import { type FoldState, seal, system } from "./fold-state.ts"
import { assistantError } from "./fold-turn.ts"
import type { SdkMessage } from "./sdk-message.ts"

/** Notices whose `data` already has the host's field names; the code is the subtype. */
const PASSED_ON = new Set([
  "plugin_install",
  "model_refusal_fallback",
  "model_refusal_no_fallback",
  "notification",
  "files_persisted",
  "commands_changed",
  "memory_recall",
  "elicitation_complete",
  "task_progress",
  "task_updated",
  "mirror_error",
  "session_writes_lost",
])

const HOOK_CODES = new Set(["hook_started", "hook_progress", "hook_response"])

/** Hooks of the start are always told (spec/headless.md section 4). */
const START_HOOKS = new Set<unknown>(["SessionStart", "Setup"])

export function foldNotice(state: FoldState, event: Event & Notice): readonly SdkMessage[] {
  const { code, text, level, data = {} } = event
  // A host knows one window, the main conversation's.
  if (event.agent && (code === "compacting" || code === "compact_failed")) return []
  if (PASSED_ON.has(code)) return [system(state, code, data)]
  if (HOOK_CODES.has(code)) {
    const told = state.options.hookEvents || START_HOOKS.has(data.hook_event)
    return told ? [system(state, code, data)] : []
  }
  switch (code) {
    case "api_retry":
      return [
        system(state, "api_retry", {
          attempt: data.attempt ?? 0,
          max_retries: data.maxRetries ?? 0,
          retry_delay_ms: data.delayMs ?? 0,
          error_status: data.status ?? null,
          // While retries last an overload is named as such; only the final error calls it a server error.
          error: data.category === "overloaded" ? "overloaded" : assistantError(data.category),
        }),
      ]
    case "compacting":
      return [system(state, "status", { status: "compacting" })]
    case "compact_failed":
      return [system(state, "status", { status: null, compact_result: "failed", compact_error: text })]
    case "local_command_output":
      return [system(state, "local_command_output", { content: data.content ?? text })]
    case "rate_limit":
      return [seal(state, { type: "rate_limit_event", rate_limit_info: data })]
    case "prompt_suggestion":
      return [seal(state, { type: "prompt_suggestion", suggestion: data.suggestion ?? text })]
    // Only meant for a screen.
    case "silence":
    case "suggesting":
      return []
    default:
      return level === "info" ? [] : [system(state, "informational", { content: text, level: "warning" })]
  }
}

export function foldSession(state: FoldState, { session, why }: SessionChanged): readonly SdkMessage[] {
  const before = state.session
  state.session = session
  state.context = session.context
  if (why === "clear" && before !== null) {
    return [seal(state, { type: "conversation_reset", new_conversation_id: session.id, trigger: "clear" })]
  }
  if (why === "mode" && before !== null && before.mode !== session.mode) {
    return [system(state, "status", { status: null, permissionMode: session.mode })]
  }
  return []
}

export function foldCompacted(state: FoldState, event: Compacted): readonly SdkMessage[] {
  return [
    system(state, "status", { status: null, compact_result: "success" }),
    system(state, "compact_boundary", {
      compact_metadata: {
        trigger: event.trigger,
        pre_tokens: event.preTokens,
        post_tokens: event.postTokens,
        duration_ms: Math.round(event.durationMs),
      },
    }),
  ]
}

/** Ended tasks whose output a host may still ask for. */
const MAX_ENDED = 100

const TASK_TYPES: Readonly<Record<TaskInfo["kind"], string>> = {
  shell: "local_bash",
  agent: "local_agent",
  monitor: "monitor",
  mcp: "mcp_tool",
}

export function foldTask(state: FoldState, event: Event & TaskChanged): readonly SdkMessage[] {
  const { task, change } = event
  if (change === "started") state.tasks.set(task.id, task)
  else {
    state.tasks.delete(task.id)
    state.endedTasks.set(task.id, task)
    for (const id of [...state.endedTasks.keys()].slice(0, -MAX_ENDED)) state.endedTasks.delete(id)
  }
  const tasks = [...state.tasks.values()].map(({ id, kind, description }) => ({
    task_id: id,
    task_type: TASK_TYPES[kind],
    description,
  }))
  const changed = system(state, "background_tasks_changed", { tasks })
  if (change === "started") {
    const started = system(state, "task_started", {
      task_id: task.id,
      tool_use_id: event.toolUseId,
      description: task.description,
      task_type: TASK_TYPES[task.kind],
      is_backgrounded: true,
    })
    return [started, changed]
  }
  const notification = system(state, "task_notification", {
    task_id: task.id,
    tool_use_id: event.toolUseId,
    status: task.status === "completed" || task.status === "failed" ? task.status : "stopped",
    output_file: task.outputFile,
    summary: event.summary ?? task.description,
  })
  return [changed, notification]
}
