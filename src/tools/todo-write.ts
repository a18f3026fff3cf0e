/** TodoWrite: the whole list in one call; remembered per session to tell what changed (spec/tools.md TodoWrite). */
import * as z from "zod"
import type { FileMemory, Tool } from "../model/tool.ts"
import prompt from "./todo-write.md" with { type: "text" }

const schema = z.strictObject({
  todos: z
    .array(
      z.strictObject({
        content: z.string().min(1).describe("What to do"),
        status: z.enum(["pending", "in_progress", "completed"]),
        activeForm: z.string().min(1).describe("What is being done"),
      }),
    )
    .describe("The whole list"),
})
export type TodoWriteInput = z.infer<typeof schema>

/** `FileMemory` lives exactly as long as a session, and every agent has its own. */
const lists = new WeakMap<FileMemory, TodoWriteInput["todos"]>()

export const todoWrite: Tool<TodoWriteInput> = {
  name: "TodoWrite",
  prompt,
  schema,
  offered: "always",
  access: () => [],
  title: (input) =>
    `${input.todos.filter((todo) => todo.status === "completed").length}/${input.todos.length} done`,
  async *run(input, ctx) {
    const oldTodos = lists.get(ctx.files) ?? []
    // A finished list makes room for the next piece of work.
    lists.set(ctx.files, input.todos.every((todo) => todo.status === "completed") ? [] : input.todos)
    return {
      content: "The to-do list was updated. Go on with the step in progress.",
      data: { oldTodos, newTodos: input.todos },
      view: { kind: "todos", todos: input.todos.map(({ content, status }) => ({ content, status })) },
    }
  },
}
