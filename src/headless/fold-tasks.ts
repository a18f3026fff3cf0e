/** What hosts are told of work in the background: that it started, how far subagents are, how it ended. */
import type { Event, ReplyEnd, TaskChanged, ToolBegin } from "../model/event.ts"
import type { TaskInfo } from "../model/tool.ts"
import { type FoldState, system } from "./fold-state.ts"
import type { SdkMessage } from "./sdk-message.ts"

/** Ended tasks whose output a host may still ask for. */
const MAX_ENDED = 100

const TASK_TYPES: Readonly<Record<TaskInfo["kind"], string>> = {
  shell: "local_bash",
  agent: "local_agent",
  mcp: "mcp_tool",
  monitor: "monitor",
}

export function foldTask(state: FoldState, event: Event & TaskChanged): readonly SdkMessage[] {
  return event.change === "started" ? started(state, event) : ended(state, event)
}

function started(state: FoldState, { task, toolUseId }: TaskChanged): readonly SdkMessage[] {
  const { subagent, prompt } = state.calls.get(toolUseId) ?? {}
  state.tasks.set(task.id, task)
  if (task.kind === "agent") {
    const { description } = task
    state.agentTasks.set(toolUseId, {
      taskId: task.id,
      description,
      ...(subagent !== undefined && { subagent }),
      began: state.options.now(),
      toolUses: 0,
      tokens: 0,
    })
  }
  const first = system(state, "task_started", {
    task_id: task.id,
    tool_use_id: toolUseId,
    description: task.description,
    ...(subagent !== undefined && { subagent_type: subagent }),
    ...(prompt !== undefined && { prompt }),
    task_type: TASK_TYPES[task.kind],
    is_backgrounded: true,
  })
  return [first, running(state)]
}

function ended(state: FoldState, { task, toolUseId, summary }: TaskChanged): readonly SdkMessage[] {
  const agent = state.agentTasks.get(toolUseId)
  state.agentTasks.delete(toolUseId)
  state.tasks.delete(task.id)
  state.endedTasks.set(task.id, task)
  for (const id of [...state.endedTasks.keys()].slice(0, -MAX_ENDED)) state.endedTasks.delete(id)
  const { status } = task
  return [
    system(state, "task_updated", { task_id: task.id, patch: { status, end_time: state.options.now() } }),
    running(state),
    system(state, "task_notification", {
      task_id: task.id,
      tool_use_id: toolUseId,
      status: status === "completed" || status === "failed" ? status : "stopped",
      output_file: task.outputFile,
      summary: summary ?? task.description,
      ...(agent !== undefined && { usage: usageOf(state, agent) }),
    }),
  ]
}

function running(state: FoldState): SdkMessage {
  const subagents = new Map([...state.agentTasks.values()].map(({ taskId, subagent }) => [taskId, subagent]))
  const tasks = [...state.tasks.values()].map(({ id, kind, description }) => {
    const subagent = subagents.get(id)
    return {
      task_id: id,
      task_type: TASK_TYPES[kind],
      ...(subagent !== undefined && { subagent_type: subagent }),
      description,
    }
  })
  return system(state, "background_tasks_changed", { tasks })
}

/** A call of a subagent in the background is its progress. */
export function foldTaskProgress(state: FoldState, event: Event & ToolBegin): readonly SdkMessage[] {
  const task = state.agentTasks.get(event.agent?.toolUseId ?? "")
  if (task === undefined) return []
  task.toolUses++
  return [
    system(state, "task_progress", {
      task_id: task.taskId,
      tool_use_id: event.agent?.toolUseId,
      description: task.description,
      ...(task.subagent !== undefined && { subagent_type: task.subagent }),
      usage: usageOf(state, task),
      last_tool_name: event.tool,
    }),
  ]
}

export function countTaskTokens(state: FoldState, event: Event & ReplyEnd): void {
  const task = state.agentTasks.get(event.agent?.toolUseId ?? "")
  if (task !== undefined && event.failed === undefined) task.tokens = event.context.used
}

function usageOf(state: FoldState, { began, toolUses, tokens }: AgentTask) {
  return {
    total_tokens: tokens,
    tool_uses: toolUses,
    duration_ms: Math.round(state.options.now() - began),
  }
}

type AgentTask = NonNullable<ReturnType<FoldState["agentTasks"]["get"]>>
