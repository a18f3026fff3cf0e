/** TaskStop: ends a background task by id (spec/tools.md Bash). */
import * as z from "zod"
import { failed, type Tool } from "../model/tool.ts"
import { refused } from "./result.ts"
import prompt from "./task-stop.md" with { type: "text" }

const schema = z.strictObject({
  task_id: z.string().optional().describe("Id of the background task"),
  shell_id: z.string().optional().describe("Former name of task_id"),
})

export const taskStop: Tool<z.infer<typeof schema>> = {
  name: "TaskStop",
  prompt,
  schema,
  offered: "always",
  access: () => [],
  title: (input) => input.task_id ?? input.shell_id ?? "",
  // biome-ignore lint/correctness/useYield: done at once
  async *run(input, ctx) {
    const id = input.task_id ?? input.shell_id
    if (id === undefined) return refused("Missing required parameter: task_id")
    const task = ctx.tasks.get(id)
    if (task === undefined) return refused(`No task found with ID: ${id}`)
    if (!ctx.tasks.stop(id)) return failed(`Task ${id} is not running (status: ${task.status})`)
    const kind = { shell: "local_bash", agent: "local_agent", monitor: "monitor", mcp: "mcp_tool" }[task.kind]
    const data = {
      message: `Successfully stopped task: ${id} (${task.description})`,
      task_id: id,
      task_type: kind,
      ...(task.kind === "shell" ? { command: task.description } : {}),
    }
    return { content: JSON.stringify(data), data, view: { kind: "text", summary: `Stopped ${id}` } }
  },
}
