/** TaskCreate, TaskGet, TaskList, TaskUpdate: one list per session (spec/tools.md TodoWrite vs Task*). */
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolView } from "../model/tool.ts"
import { explainError } from "./files/explain-error.ts"
import createPrompt from "./task-create.md" with { type: "text" }
import getPrompt from "./task-get.md" with { type: "text" }
import listPrompt from "./task-list.md" with { type: "text" }
import updatePrompt from "./task-update.md" with { type: "text" }
import { type Task, type TaskStore, taskStore } from "./tasks/store.ts"

const metadata = z.record(z.string(), z.unknown()).optional().describe("Anything to keep with the task")

const createSchema = z.strictObject({
  subject: z.string().describe("What to do, short"),
  description: z.string().describe("What is wanted, in full"),
  activeForm: z.string().optional().describe("What is shown while it is being done"),
  metadata,
})

export const taskCreate: Tool<z.infer<typeof createSchema>> = {
  name: "TaskCreate",
  prompt: createPrompt,
  schema: createSchema,
  offered: "always",
  access: () => [],
  title: (input) => input.subject,
  // biome-ignore lint/correctness/useYield: done at once
  async *run(input, ctx) {
    try {
      const store = taskStore(ctx)
      const { subject, description, activeForm } = input
      const made = await store.create({
        subject,
        description,
        ...(activeForm === undefined ? {} : { activeForm }),
        status: "pending",
        blocks: [],
        blockedBy: [],
        ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
      })
      const refusal = await ctx.forbids?.("TaskCreated", about(made))
      if (refusal) {
        await store.remove(made.id)
        return failed(`The task was not created: ${refusal}`)
      }
      return {
        content: `Task #${made.id} created successfully: ${subject}`,
        data: { task: { id: made.id, subject } },
        view: await listView(store),
      }
    } catch (error) {
      return failed(reasonOf(error, ctx))
    }
  },
}

const getSchema = z.strictObject({ taskId: z.string().describe("Number of the task") })

export const taskGet: Tool<z.infer<typeof getSchema>> = {
  name: "TaskGet",
  prompt: getPrompt,
  schema: getSchema,
  offered: "always",
  access: () => [],
  title: (input) => `#${input.taskId}`,
  async *run(input, ctx) {
    const found = await taskStore(ctx).get(input.taskId)
    if (found === null)
      return {
        content: "Task not found",
        data: { task: null },
        view: { kind: "text", summary: "Task not found" },
      }
    const { id, subject, description, status, blocks, blockedBy } = found
    const lines = [
      `Task #${id}: ${subject}`,
      `Status: ${status}`,
      `Description: ${description}`,
      ...(blockedBy.length > 0 ? [`Blocked by: ${blockedBy.map((one) => `#${one}`).join(", ")}`] : []),
      ...(blocks.length > 0 ? [`Blocks: ${blocks.map((one) => `#${one}`).join(", ")}`] : []),
    ]
    return {
      content: lines.join("\n"),
      data: { task: { id, subject, description, status, blocks, blockedBy } },
      view: { kind: "text", summary: `#${id} ${subject}` },
    }
  },
}

const listSchema = z.strictObject({})

export const taskList: Tool<z.infer<typeof listSchema>> = {
  name: "TaskList",
  prompt: listPrompt,
  schema: listSchema,
  offered: "always",
  access: () => [],
  title: () => "",
  async *run(_input, ctx) {
    const store = taskStore(ctx)
    const all = await store.list()
    const done = new Set(all.filter((one) => one.status === "completed").map((one) => one.id))
    const tasks = all.map(({ id, subject, status, owner, blockedBy }) => ({
      id,
      subject,
      status,
      ...(owner === undefined ? {} : { owner }),
      blockedBy: blockedBy.filter((one) => !done.has(one)),
    }))
    const lines = tasks.map((one) => {
      const owner = one.owner ? ` (${one.owner})` : ""
      const waits =
        one.blockedBy.length > 0 ? ` [blocked by ${one.blockedBy.map((id) => `#${id}`).join(", ")}]` : ""
      return `#${one.id} [${one.status}] ${one.subject}${owner}${waits}`
    })
    return { content: lines.join("\n") || "No tasks found", data: { tasks }, view: await listView(store) }
  },
}

const updateSchema = z.strictObject({
  taskId: z.string().describe("Number of the task"),
  subject: z.string().optional(),
  description: z.string().optional(),
  activeForm: z.string().optional(),
  status: z.enum(["pending", "in_progress", "completed", "deleted"]).optional(),
  addBlocks: z.array(z.string()).optional().describe("Tasks that wait for this one"),
  addBlockedBy: z.array(z.string()).optional().describe("Tasks this one waits for"),
  owner: z.string().optional().describe("Who does it"),
  metadata,
})
type UpdateInput = z.infer<typeof updateSchema>

export const taskUpdate: Tool<UpdateInput> = {
  name: "TaskUpdate",
  prompt: updatePrompt,
  schema: updateSchema,
  offered: "always",
  access: () => [],
  title: (input) => `#${input.taskId}${input.status ? ` ${input.status}` : ""}`,
  // biome-ignore lint/correctness/useYield: done at once
  async *run(input, ctx) {
    try {
      return await update(input, ctx)
    } catch (error) {
      return failed(reasonOf(error, ctx))
    }
  },
}

/** The list's folder may be full, gone or not ours to write. */
function reasonOf(error: unknown, ctx: ToolContext): string {
  return explainError(error, ctx.stateDir ?? "the task list", "written")
}

async function update(input: UpdateInput, ctx: ToolContext) {
  const store = taskStore(ctx)
  const { taskId } = input
  const old = await store.get(taskId)
  if (old === null) {
    const data = { success: false, taskId, updatedFields: [], error: "Task not found" }
    return { content: "Task not found", data, view: { kind: "text", summary: "Task not found" } as const }
  }
  if (input.status === "deleted") {
    await store.remove(taskId)
    for (const one of await store.list()) {
      if (![...one.blocks, ...one.blockedBy].includes(taskId)) continue
      const without = (ids: string[]) => ids.filter((id) => id !== taskId)
      await store.put({ ...one, blocks: without(one.blocks), blockedBy: without(one.blockedBy) })
    }
    const data = {
      success: true,
      taskId,
      updatedFields: ["deleted"],
      statusChange: { from: old.status, to: "deleted" },
    }
    return { content: `Updated task #${taskId} deleted`, data, view: await listView(store) }
  }
  const { fresh, fields } = merge(old, input)
  if (fresh.status === "completed" && old.status !== "completed") {
    const refusal = await ctx.forbids?.("TaskCompleted", about(fresh))
    if (refusal) throw new Error(`Task #${taskId} is not completed: ${refusal}`)
  }
  for (const other of [...(input.addBlocks ?? []), ...(input.addBlockedBy ?? [])])
    if ((await store.get(other)) === null) throw new Error(`Task #${other} not found`)
  await link(store, taskId, input.addBlocks ?? [], "blockedBy")
  await link(store, taskId, input.addBlockedBy ?? [], "blocks")
  if (fields.length > 0) await store.put(fresh)
  const data = {
    success: true,
    taskId,
    updatedFields: fields,
    ...(fresh.status !== old.status ? { statusChange: { from: old.status, to: fresh.status } } : {}),
  }
  return {
    content: `Updated task #${taskId} ${fields.join(", ")}`.trimEnd(),
    data,
    view: await listView(store),
  }
}

function merge(old: Task, input: UpdateInput): { readonly fresh: Task; readonly fields: string[] } {
  const fresh: Task = { ...old }
  const fields: string[] = []
  for (const name of ["subject", "description", "activeForm", "owner"] as const) {
    const value = input[name]
    if (value === undefined || value === old[name]) continue
    fresh[name] = value
    fields.push(name)
  }
  if (input.status !== undefined && input.status !== "deleted" && input.status !== old.status) {
    fresh.status = input.status
    fields.push("status")
  }
  for (const [name, added] of [
    ["blocks", input.addBlocks],
    ["blockedBy", input.addBlockedBy],
  ] as const) {
    const more = (added ?? []).filter((id) => id !== old.id && !old[name].includes(id))
    if (more.length === 0) continue
    fresh[name] = [...old[name], ...new Set(more)]
    fields.push(name)
  }
  if (input.metadata !== undefined) {
    const merged = Object.entries({ ...old.metadata, ...input.metadata }).filter(
      ([, value]) => value !== null,
    )
    fresh.metadata = Object.fromEntries(merged)
    fields.push("metadata")
  }
  return { fresh, fields }
}

/** What hooks are told of a task (spec/hooks.md, input). */
function about({ id, subject, description }: Task): Readonly<Record<string, unknown>> {
  return { task_id: id, task_subject: subject, task_description: description }
}

/** The other side of a dependency. */
async function link(
  store: TaskStore,
  id: string,
  others: readonly string[],
  side: "blocks" | "blockedBy",
): Promise<void> {
  for (const other of others) {
    const found = await store.get(other)
    if (found !== null && other !== id && !found[side].includes(id))
      await store.put({ ...found, [side]: [...found[side], id] })
  }
}

async function listView(store: TaskStore): Promise<ToolView> {
  const todos = (await store.list()).map(({ subject, status }) => ({ content: subject, status }))
  return { kind: "todos", todos }
}
