import { afterAll, describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { askUserQuestion } from "../../src/tools/ask-user-question.ts"
import { bash } from "../../src/tools/bash.ts"
import { ls } from "../../src/tools/ls.ts"
import { monitor } from "../../src/tools/monitor.ts"
import { notebookEdit } from "../../src/tools/notebook-edit.ts"
import { enterPlanMode, exitPlanMode } from "../../src/tools/plan-mode.ts"
import { read } from "../../src/tools/read.ts"
import { taskCreate, taskGet, taskList, taskUpdate } from "../../src/tools/task-list-tools.ts"
import { taskStop } from "../../src/tools/task-stop.ts"
import { todoWrite } from "../../src/tools/todo-write.ts"
import { webSearch } from "../../src/tools/web-search.ts"
import { enterWorktree, exitWorktree } from "../../src/tools/worktree.ts"
import { call, put, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

describe("NotebookEdit", () => {
  const cell = (id: string) => ({
    cell_type: "code",
    id,
    metadata: {},
    execution_count: 1,
    outputs: [],
    source: ["x\n", "y"],
  })
  async function notebook() {
    const ctx = session()
    const book = { cells: [cell("a"), cell("b")], metadata: { keep: 1 }, nbformat: 4, nbformat_minor: 5 }
    await put(ctx, { "n.ipynb": `${JSON.stringify(book, null, 1)}\n` })
    return { ctx, saved: () => JSON.parse(readFileSync(join(ctx.cwd, "n.ipynb"), "utf8")) }
  }
  test.concurrent("replaces, inserts and deletes", async () => {
    const { ctx, saved } = await notebook()
    await call(read, { file_path: "n.ipynb" }, ctx)
    const path = "n.ipynb"
    const output = await call(notebookEdit, { notebook_path: path, cell_id: "a", new_source: "1\n2" }, ctx)
    expect(output.data).toMatchObject({
      old_source: "x\ny",
      cell_id: "a",
      cell_type: "code",
      language: "python",
      edit_mode: "replace",
    })
    expect(saved().cells[0]).toMatchObject({ source: ["1\n", "2"], outputs: [], execution_count: null })
    await call(
      notebookEdit,
      { notebook_path: path, new_source: "# T", cell_type: "markdown", edit_mode: "insert" },
      ctx,
    )
    await call(notebookEdit, { notebook_path: path, cell_id: "b", new_source: "", edit_mode: "delete" }, ctx)
    expect(saved().cells.map((one: { source: string[] }) => one.source.join(""))).toEqual(["# T", "1\n2"])
    expect(saved().metadata).toEqual({ keep: 1 })
    expect(readFileSync(join(ctx.cwd, path), "utf8")).toStartWith('{\n "cells"')
  })
  test.concurrent("says why not", async () => {
    const { ctx } = await notebook()
    const say = (over: object) =>
      text(notebookEdit, { notebook_path: "n.ipynb", new_source: "", ...over }, ctx)
    expect(await say({ cell_id: "a" })).toContain("File has not been read yet")
    await call(read, { file_path: "n.ipynb" }, ctx)
    expect(await say({})).toContain("Cell id is required")
    expect(await say({ cell_id: "zz" })).toContain('Cell with ID "zz" not found')
    expect(await say({ edit_mode: "insert" })).toContain("Cell type is required")
    expect(await say({ notebook_path: "a.py" })).toContain("must be a Jupyter notebook")
  })
})

describe("the task list", () => {
  test.concurrent("is kept on disk, with dependencies on both sides", async () => {
    const ctx = session()
    const stated = { ...ctx, stateDir: join(ctx.cwd, "tasks/x") }
    expect(await text(taskCreate, { subject: "A", description: "a" }, stated)).toBe(
      "Task #1 created successfully: A",
    )
    await call(taskCreate, { subject: "B", description: "b" }, stated)
    const update = await call(taskUpdate, { taskId: "2", addBlockedBy: ["1"], status: "in_progress" }, stated)
    expect(update.data).toEqual({
      success: true,
      taskId: "2",
      updatedFields: ["status", "blockedBy"],
      statusChange: { from: "pending", to: "in_progress" },
    })
    expect((await call(taskGet, { taskId: "1" }, stated)).data).toMatchObject({
      task: { blocks: ["2"], status: "pending" },
    })
    expect(await text(taskList, {}, stated)).toBe("#1 [pending] A\n#2 [in_progress] B [blocked by #1]")
    await call(taskUpdate, { taskId: "1", status: "deleted" }, stated)
    expect((await call(taskList, {}, stated)).data).toMatchObject({ tasks: [{ id: "2", blockedBy: [] }] })
    expect(existsSync(join(stated.stateDir, "1.json"))).toBe(false)
    expect((await call(taskGet, { taskId: "../x" }, stated)).data).toEqual({ task: null })
  })
  test.concurrent("gives every task its own number, also side by side", async () => {
    const ctx = session()
    const stated = { ...ctx, stateDir: join(ctx.cwd, "tasks/y") }
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => call(taskCreate, { subject: `${i}`, description: "" }, stated)),
    )
    expect((await call(taskList, {}, stated)).content).toMatch(/^#1 .*\n(.*\n){10}#12 .*$/)
  })
  test.concurrent("works without a place on disk, and says what is missing", async () => {
    const ctx = session()
    await call(taskCreate, { subject: "A", description: "a" }, ctx)
    expect(await text(taskUpdate, { taskId: "9" }, ctx)).toBe("Task not found")
    expect(await text(taskUpdate, { taskId: "1", addBlocks: ["7"] }, ctx)).toBe("Task #7 not found")
  })
})

test.concurrent("TodoWrite tells old and new", async () => {
  const ctx = session()
  const todos = [{ content: "a", status: "in_progress" as const, activeForm: "doing a" }]
  await call(todoWrite, { todos }, ctx)
  expect((await call(todoWrite, { todos: [] }, ctx)).data).toEqual({ oldTodos: todos, newTodos: [] })
})

test.concurrent("TaskStop ends a background command", async () => {
  const ctx = session()
  const { backgroundTaskId: id } = (await call(bash, { command: "sleep 60", run_in_background: true }, ctx))
    .data as Record<string, string>
  const output = await call(taskStop, { task_id: id }, ctx)
  expect(JSON.parse(output.content as string)).toMatchObject({
    message: `Successfully stopped task: ${id} (sleep 60)`,
    task_id: id,
  })
  expect(await ctx.ends.get(id ?? "")).toMatchObject({ status: "killed" })
  expect(await text(taskStop, { task_id: "x" }, ctx)).toContain("No task found with ID: x")
  expect(await text(taskStop, {}, ctx)).toContain("Missing required parameter: task_id")
})

test.concurrent("Monitor tells lines in batches and keeps them in its file", async () => {
  const told: string[] = []
  const base = session()
  const ctx = {
    ...base,
    tasks: { ...base.tasks, event: (_id: string, line: string) => void told.push(line) },
  }
  const output = await call(
    monitor,
    { description: "d", timeout_ms: 5000, command: "echo a; echo b; echo e >&2" },
    ctx,
  )
  const { taskId } = output.data as { taskId: string }
  expect(await base.ends.get(taskId)).toMatchObject({ status: "completed" })
  expect(told).toEqual(["a\nb"])
  expect(readFileSync(base.tasks.outputFile(taskId), "utf8").split("\n").sort().join("")).toBe("abe")
  const slow = await call(monitor, { description: "d", timeout_ms: 100, command: "sleep 60" }, ctx)
  expect(await base.ends.get((slow.data as { taskId: string }).taskId)).toMatchObject({ status: "killed" })
})

test.concurrent("AskUserQuestion gives the answers of the person", async () => {
  const options = [
    { label: "x", description: "" },
    { label: "y", description: "" },
  ]
  const questions = [{ question: "Which?", header: "W", options, multiSelect: false }]
  expect(await text(askUserQuestion, { questions, answers: { "Which?": "x" } }, session())).toContain(
    '"Which?"="x"',
  )
  expect((await call(askUserQuestion, { questions }, session())).isError).toBe(true)
})

test.concurrent("plan mode is entered, and left with the plan of its file", async () => {
  const ctx = session()
  const modes: string[] = []
  const planning = {
    ...ctx,
    planFile: join(ctx.cwd, "plan.md"),
    setMode: (mode: string) => void modes.push(mode),
  }
  await call(enterPlanMode, {}, planning)
  expect(modes).toEqual(["plan"])
  expect(await text(exitPlanMode, {}, planning)).toStartWith("There is no plan yet.")
  await put(ctx, { "plan.md": "# Do it" })
  expect((await call(exitPlanMode, {}, planning)).data).toEqual({
    plan: "# Do it",
    isAgent: false,
    filePath: planning.planFile,
  })
})

test.concurrent("LS draws the tree, and not the insides of node_modules", async () => {
  const ctx = session()
  await put(ctx, { "a/b.ts": "", "c.txt": "", "node_modules/x/y": "", "d.log": "" })
  expect(await text(ls, { path: ".", ignore: ["*.log"] }, ctx)).toBe(
    `- ${ctx.cwd}/\n  - a/\n    - b.ts\n  - node_modules/\n  - c.txt`,
  )
  expect(await text(ls, { path: "nope" }, ctx)).toContain("Directory does not exist")
})

test.concurrent("WebSearch shows what the service found", async () => {
  const results = [{ tool_use_id: "t", content: [{ title: "T", url: "https://x" }] }, "said"]
  const ctx = session({ searchWeb: async () => ({ results, searchCount: 1 }) })
  const output = await call(webSearch, { query: "q1" }, ctx)
  expect(output.content).toStartWith('Web search results for query: "q1"\n\n- [T](https://x)\n\nsaid')
  expect(output.data).toMatchObject({ query: "q1", results, searchCount: 1 })
  expect(
    await text(webSearch, { query: "q1", allowed_domains: ["a"], blocked_domains: ["b"] }, ctx),
  ).toContain("Cannot specify both")
  expect(await text(webSearch, { query: "q1" }, session())).toContain("not available")
})

test.concurrent("worktrees are made, kept from loss, and removed", async () => {
  const ctx = session()
  const sh = (command: string) => Bun.spawnSync(["bash", "-c", command], { cwd: ctx.cwd })
  sh("git init -q . && git -c user.name=n -c user.email=e@e commit -q --allow-empty -m m")
  const home = ctx.cwd
  expect(await text(exitWorktree, { action: "keep" }, ctx)).toContain("nothing to leave")
  const output = await call(enterWorktree, { name: "w1" }, ctx)
  expect(output.data).toMatchObject({
    worktreePath: join(home, ".claude/worktrees/w1"),
    worktreeBranch: "worktree-w1",
  })
  expect(ctx.cwd).toBe(join(home, ".claude/worktrees/w1"))
  await put(ctx, { new: "" })
  expect(await text(exitWorktree, { action: "remove" }, ctx)).toContain("1 uncommitted files and 0 commits")
  expect((await call(exitWorktree, { action: "remove", discard_changes: true }, ctx)).data).toMatchObject({
    discardedFiles: 1,
  })
  expect(ctx.cwd).toBe(home)
  expect(existsSync(join(home, ".claude/worktrees/w1"))).toBe(false)
  expect(await text(enterWorktree, { name: "../x" }, ctx)).toContain("is no worktree name")
})
