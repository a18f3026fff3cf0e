/** Every text the model is answered by the tools of the session, to the letter, and each of their limits (spec/tools.md). */
import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AgentReport } from "../../src/model/agent.ts"
import type { ScheduledJob, SchedulePort } from "../../src/model/tool.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { askUserQuestion } from "../../src/tools/ask-user-question.ts"
import { cronCreate, cronDelete, cronList } from "../../src/tools/cron.ts"
import { enterPlanMode, exitPlanMode } from "../../src/tools/plan-mode.ts"
import { recall } from "../../src/tools/recall.ts"
import { scheduleWakeup } from "../../src/tools/schedule-wakeup.ts"
import { taskCreate, taskGet, taskList, taskUpdate } from "../../src/tools/task-list-tools.ts"
import { todoWrite } from "../../src/tools/todo-write.ts"
import { enterWorktree, exitWorktree } from "../../src/tools/worktree.ts"
import { answered, call, invalid, removeSessions, type Session, session, wrapped } from "./context.ts"

afterAll(removeSessions)

describe.each([
  ["in memory", (ctx: Session): Session => ctx],
  ["on disk", (ctx: Session): Session => ({ ...ctx, stateDir: join(ctx.cwd, "tasks") })],
])("the task tools answer, with the list %s", (_, keep) => {
  const three = async () => {
    const ctx = keep(session())
    for (const subject of ["One", "Two", "Three"])
      await call(taskCreate, { subject, description: `do ${subject}` }, ctx)
    return ctx
  }
  test.concurrent.each<[object, string]>([
    [{ subject: "s" }, invalid("TaskCreate", "The required parameter `description` is missing")],
    [
      { subject: "s", description: "d", metadata: [] },
      invalid("TaskCreate", "The parameter `metadata` type is expected as `record` but provided as `array`"),
    ],
    [{ subject: "Four", description: "d" }, "OK Task #4 created successfully: Four"],
    [{ subject: "", description: "" }, "OK Task #4 created successfully: "],
    [
      { subject: "s", description: "x".repeat(262_144) },
      "ERROR The task is too large (at most 262144 bytes). Put long texts into a file and name that file.",
    ],
  ])("TaskCreate %j", async (input, said) => {
    expect(await answered(taskCreate, input, await three())).toBe(said)
  })
  test.concurrent.each<[object, string]>([
    [{}, invalid("TaskGet", "The required parameter `taskId` is missing")],
    [
      { taskId: 1 },
      invalid("TaskGet", "The parameter `taskId` type is expected as `string` but provided as `number`"),
    ],
    [{ taskId: "2" }, "OK Task #2: Two\nStatus: pending\nDescription: do Two"],
    ...["", "9", "01", "-1", "../1", "__proto__", "1.json"].map((taskId): [object, string] => [
      { taskId },
      "OK Task not found",
    ]),
  ])("TaskGet %j", async (input, said) => {
    expect(await answered(taskGet, input, await three())).toBe(said)
  })
  test.concurrent.each<[object, string]>([
    [{ taskId: "9" }, "OK Task not found"],
    [
      { taskId: "1", status: "done" },
      invalid(
        "TaskUpdate",
        'The parameter `status`: Invalid option: expected one of "pending"|"in_progress"|"completed"|"deleted"',
      ),
    ],
    [
      { taskId: "1", addBlocks: ["2", 3] },
      invalid(
        "TaskUpdate",
        "The parameter `addBlocks[1]` type is expected as `string` but provided as `number`",
      ),
    ],
    [{ taskId: "1" }, "OK Updated task #1"],
    [{ taskId: "1", status: "pending" }, "OK Updated task #1"],
    [{ taskId: "1", status: "in_progress", owner: "me" }, "OK Updated task #1 owner, status"],
    [
      {
        taskId: "1",
        subject: "S",
        description: "D",
        activeForm: "A",
        addBlocks: ["2"],
        addBlockedBy: ["3"],
        metadata: { a: 1 },
      },
      "OK Updated task #1 subject, description, activeForm, blocks, blockedBy, metadata",
    ],
    [{ taskId: "1", addBlocks: ["1"] }, "OK Updated task #1"],
    [{ taskId: "1", addBlocks: ["2"], addBlockedBy: ["8"] }, "ERROR Task #8 not found"],
    [{ taskId: "1", status: "deleted" }, "OK Updated task #1 deleted"],
    [
      { taskId: "1", description: "x".repeat(262_144) },
      "ERROR The task is too large (at most 262144 bytes). Put long texts into a file and name that file.",
    ],
  ])("TaskUpdate %j", async (input, said) => {
    expect(await answered(taskUpdate, input, await three())).toBe(said)
  })
  test.concurrent("TaskList with owners and what a task waits for; a missing partner changes nothing", async () => {
    const ctx = await three()
    expect(await answered(taskList, {}, keep(session()))).toBe("OK No tasks found")
    expect(await answered(taskList, { all: 1 }, ctx)).toBe(
      invalid("TaskList", "An unexpected parameter `all` was provided"),
    )
    await answered(taskUpdate, { taskId: "1", addBlocks: ["2"], addBlockedBy: ["8"] }, ctx)
    expect(await answered(taskList, {}, ctx)).toBe(
      "OK #1 [pending] One\n#2 [pending] Two\n#3 [pending] Three",
    )
    await call(taskUpdate, { taskId: "3", addBlockedBy: ["1", "2"], owner: "me" }, ctx)
    await call(taskUpdate, { taskId: "1", status: "completed" }, ctx)
    expect(await answered(taskList, {}, ctx)).toBe(
      "OK #1 [completed] One\n#2 [pending] Two\n#3 [pending] Three (me) [blocked by #2]",
    )
    expect(await answered(taskGet, { taskId: "3" }, ctx)).toBe(
      "OK Task #3: Three\nStatus: pending\nDescription: do Three\nBlocked by: #1, #2",
    )
    expect(await answered(taskGet, { taskId: "2" }, ctx)).toEndWith("\nBlocks: #3")
  })
  test.concurrent("a hook that forbids it", async () => {
    const ctx = { ...(await three()), forbids: async (event: string) => `${event} is not wanted` }
    expect(await answered(taskCreate, { subject: "s", description: "d" }, ctx)).toBe(
      "ERROR The task was not created: TaskCreated is not wanted",
    )
    expect(await answered(taskUpdate, { taskId: "1", status: "completed" }, ctx)).toBe(
      "ERROR Task #1 is not completed: TaskCompleted is not wanted",
    )
    expect(await answered(taskGet, { taskId: "4" }, ctx)).toBe("OK Task not found")
    expect(await answered(taskGet, { taskId: "1" }, ctx)).toContain("Status: pending")
  })
})

test("1000 tasks, and no more", async () => {
  const ctx = session()
  for (let i = 0; i < 1_000; i += 1) await call(taskCreate, { subject: "s", description: "" }, ctx)
  expect(await answered(taskCreate, { subject: "s", description: "" }, ctx)).toBe(
    'ERROR The task list is full (1000 tasks). Delete finished ones with TaskUpdate status "deleted".',
  )
})

test("a task file that is damaged or too large is passed over, and left as it is", async () => {
  const base = session()
  const ctx = { ...base, stateDir: join(base.cwd, "tasks") }
  await call(taskCreate, { subject: "One", description: "" }, ctx)
  writeFileSync(join(ctx.stateDir, "2.json"), "{")
  writeFileSync(join(ctx.stateDir, "3.json"), " ".repeat(300_000))
  expect(await answered(taskList, {}, ctx)).toBe("OK #1 [pending] One")
  expect(await answered(taskUpdate, { taskId: "2", subject: "x" }, ctx)).toBe("OK Task not found")
  expect(await answered(taskCreate, { subject: "Four", description: "" }, ctx)).toBe(
    "OK Task #4 created successfully: Four",
  )
  expect(readdirSync(ctx.stateDir).sort()).toEqual(["1.json", "2.json", "3.json", "4.json"])
  expect(readFileSync(join(ctx.stateDir, "2.json"), "utf8")).toBe("{")
})

describe("TodoWrite answers", () => {
  const todo = { content: "a", status: "pending", activeForm: "doing a" }
  test.each<[object, string]>([
    [{}, invalid("TodoWrite", "The required parameter `todos` is missing")],
    [
      { todos: "[]" },
      invalid("TodoWrite", "The parameter `todos` type is expected as `array` but provided as `string`"),
    ],
    [
      { todos: [{ ...todo, status: "done" }] },
      invalid(
        "TodoWrite",
        'The parameter `todos[0].status`: Invalid option: expected one of "pending"|"in_progress"|"completed"',
      ),
    ],
    [
      { todos: [{ content: "a", activeForm: "b" }] },
      invalid("TodoWrite", "The required parameter `todos[0].status` is missing"),
    ],
    [
      { todos: [{ ...todo, content: "" }] },
      invalid(
        "TodoWrite",
        "The parameter `todos[0].content`: Too small: expected string to have >=1 characters",
      ),
    ],
    [
      { todos: [{ ...todo, id: "1" }] },
      invalid("TodoWrite", "An unexpected parameter `todos[0].id` was provided"),
    ],
    [{ todos: [] }, "OK The to-do list was updated. Go on with the step in progress."],
    [{ todos: [todo, todo] }, "OK The to-do list was updated. Go on with the step in progress."],
  ])("%j", async (input, said) => {
    expect(await answered(todoWrite, input, session())).toBe(said)
  })
  test("a finished list is empty at the next call", async () => {
    const ctx = session()
    await call(todoWrite, { todos: [{ ...todo, status: "completed" }] }, ctx)
    expect((await call(todoWrite, { todos: [] }, ctx)).data).toEqual({ oldTodos: [], newTodos: [] })
  })
})

describe("AskUserQuestion answers", () => {
  const options = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ label: `l${i}`, description: "" }))
  const ask = (question: string, count = 2) => ({ question, header: "H", options: options(count) })
  test.each<[object, string]>([
    [{}, invalid("AskUserQuestion", "The required parameter `questions` is missing")],
    [
      { questions: [] },
      invalid("AskUserQuestion", "The parameter `questions`: Too small: expected array to have >=1 items"),
    ],
    [
      { questions: ["a", "b", "c", "d", "e"].map((one) => ask(one)) },
      invalid("AskUserQuestion", "The parameter `questions`: Too big: expected array to have <=4 items"),
    ],
    [
      { questions: [ask("a", 1)] },
      invalid(
        "AskUserQuestion",
        "The parameter `questions[0].options`: Too small: expected array to have >=2 items",
      ),
    ],
    [
      { questions: [ask("a", 5)] },
      invalid(
        "AskUserQuestion",
        "The parameter `questions[0].options`: Too big: expected array to have <=4 items",
      ),
    ],
    [{ questions: [ask("a"), ask("a")] }, invalid("AskUserQuestion", "Each question may be asked only once")],
    [
      { questions: [{ question: "a", options: options(2) }] },
      invalid("AskUserQuestion", "The required parameter `questions[0].header` is missing"),
    ],
    [
      { questions: [ask("a")] },
      "ERROR The person did not answer the questions. Go on without, or ask differently.",
    ],
    [
      { questions: [ask("a")], answers: { b: "x" } },
      "ERROR The person did not answer the questions. Go on without, or ask differently.",
    ],
    [
      { questions: [ask("a"), ask("b", 4)], answers: { a: "l0, l1" }, annotations: { a: { notes: "soon" } } },
      'OK The person has answered your questions:\n"a"="l0, l1" note: soon\n"b"=(not answered)\nGo on with these answers in mind.',
    ],
  ])("%j", async (input, said) => {
    expect(await answered(askUserQuestion, input, session())).toBe(said)
  })
})

describe("plan mode answers", () => {
  const planning = (over: object = {}): Session => {
    const ctx = session()
    return { ...ctx, planFile: join(ctx.cwd, "plan.md"), setMode() {}, ...over }
  }
  test("on entering", async () => {
    expect(await answered(enterPlanMode, {}, session())).toBe("ERROR Plan mode is not available here.")
    expect(await answered(enterPlanMode, { now: true }, session())).toBe(
      invalid("EnterPlanMode", "An unexpected parameter `now` was provided"),
    )
    expect(await answered(enterPlanMode, {}, planning())).toBe(
      "OK Entered plan mode. Explore and design; change nothing until the plan is approved. Write the plan to $CWD/plan.md; it is the only file you may change. Call ExitPlanMode when the plan is complete.",
    )
    expect(await answered(enterPlanMode, {}, session({ setMode() {} }))).toBe(
      "OK Entered plan mode. Explore and design; change nothing until the plan is approved. Call ExitPlanMode when the plan is complete.",
    )
  })
  test.each<[object, string]>([
    [{}, "ERROR There is no plan yet. Write it to $CWD/plan.md first, then call ExitPlanMode again."],
    [
      { plan: " \n" },
      "ERROR There is no plan yet. Write it to $CWD/plan.md first, then call ExitPlanMode again.",
    ],
    [
      { plan: 42 },
      "ERROR There is no plan yet. Write it to $CWD/plan.md first, then call ExitPlanMode again.",
    ],
    [
      { allowedPrompts: [{ tool: "Read", prompt: "x" }] },
      invalid("ExitPlanMode", 'The parameter `allowedPrompts[0].tool`: Invalid input: expected "Bash"'),
    ],
    [
      { plan: "# Do it" },
      "OK The person has approved your plan. You may now carry it out.\n\n## Approved plan\n# Do it",
    ],
    [
      { plan: "x".repeat(100_001) },
      `OK The person has approved your plan. You may now carry it out.\n\n## Approved plan\n${"x".repeat(100_000)}`,
    ],
  ])("on leaving with %j", async (input, said) => {
    expect(await answered(exitPlanMode, input, planning())).toBe(said)
  })
  test("on leaving without a place for the plan", async () => {
    expect(await answered(exitPlanMode, {}, session())).toBe(
      "ERROR There is no plan yet. Write it first, then call ExitPlanMode again.",
    )
  })
})

describe("the worktree tools answer", () => {
  const repository = () => {
    const ctx = session()
    const make = "git init -q -b main . && git -c user.name=n -c user.email=e@e commit -q --allow-empty -m m"
    Bun.spawnSync(["sh", "-c", make], { cwd: ctx.cwd })
    return ctx
  }
  const noName = (name: string) =>
    wrapped(`"${name}" is no worktree name: use up to 64 letters, digits, "-", "_" and ".".`)
  test.concurrent.each<[object, string]>([
    [
      { name: 1 },
      invalid("EnterWorktree", "The parameter `name` type is expected as `string` but provided as `number`"),
    ],
    [{ name: "a", path: "b" }, wrapped("Give either name or path, not both.")],
    [{ name: "" }, noName("")],
    [{ name: "a/b" }, noName("a/b")],
    [{ name: ".." }, noName("..")],
    [{ name: "a..b" }, noName("a..b")],
    [{ name: ".hidden" }, noName(".hidden")],
    [{ name: "x".repeat(65) }, noName("x".repeat(65))],
    [{ path: "nowhere" }, wrapped("$CWD/nowhere is no worktree of this repository. Known are:\n$CWD")],
    [
      { name: "w" },
      "OK Created worktree at $CWD/.claude/worktrees/w on branch worktree-w. The session now works there; leave it with ExitWorktree.",
    ],
    [{ path: "." }, "OK Entered worktree $CWD on branch main."],
  ])("EnterWorktree %j", async (input, said) => {
    expect(await answered(enterWorktree, input, repository())).toBe(said)
  })
  test.concurrent("outside a repository, and where the branch is taken", async () => {
    expect(await answered(enterWorktree, { name: "w" }, session())).toStartWith(
      "ERROR git rev-parse failed: fatal: not a git repository",
    )
    const ctx = repository()
    Bun.spawnSync(["git", "branch", "worktree-w"], { cwd: ctx.cwd })
    expect(await answered(enterWorktree, { name: "w" }, ctx)).toStartWith("ERROR git worktree failed: ")
    expect(ctx.cwd).toBe(ctx.roots[0] ?? "")
  })
  test.concurrent.each<[object, string]>([
    [{}, invalid("ExitWorktree", "The required parameter `action` is missing")],
    [
      { action: "leave" },
      invalid("ExitWorktree", 'The parameter `action`: Invalid option: expected one of "keep"|"remove"'),
    ],
    [
      { action: "keep" },
      wrapped("This session did not enter a worktree with EnterWorktree; there is nothing to leave."),
    ],
  ])("ExitWorktree %j", async (input, said) => {
    expect(await answered(exitWorktree, input, repository())).toBe(said)
  })
  test.concurrent("from inside one", async () => {
    const ctx = repository()
    await answered(enterWorktree, { name: "w" }, ctx)
    expect(await answered(enterWorktree, { name: "v" }, ctx)).toBe(
      wrapped("This session is in a worktree already. Leave it with ExitWorktree first."),
    )
    writeFileSync(join(ctx.cwd, "new"), "")
    expect(await answered(exitWorktree, { action: "remove" }, ctx)).toBe(
      wrapped(
        "The worktree has 1 uncommitted files and 0 commits of its own. Ask the person, then call again with discard_changes: true, or use action keep.",
      ),
    )
    expect(await answered(exitWorktree, { action: "keep" }, ctx)).toBe(
      "OK Left the worktree; it stays at $CWD/.claude/worktrees/w. The session is back in $CWD.",
    )
    expect(await answered(enterWorktree, { path: ".claude/worktrees/w" }, ctx)).toBe(
      "OK Entered worktree $CWD/.claude/worktrees/w on branch worktree-w.",
    )
    expect(await answered(exitWorktree, { action: "remove", discard_changes: true }, ctx)).toBe(
      wrapped(
        "This worktree was there before the session entered it, so it is not removed. Use action keep.",
      ),
    )
  })
  test.concurrent("one without work is removed with its branch", async () => {
    const ctx = repository()
    await answered(enterWorktree, { name: "w" }, ctx)
    expect(await answered(exitWorktree, { action: "remove" }, ctx)).toBe(
      "OK Removed the worktree $CWD/.claude/worktrees/w and its branch worktree-w. The session is back in $CWD.",
    )
  })
})

describe("the tools for later answer", () => {
  const NOT_HERE = "ERROR Nothing can be scheduled in this session."
  const at = new Date(2026, 0, 2, 9, 0).getTime()
  function schedule(over: Partial<SchedulePort> = {}) {
    const jobs: ScheduledJob[] = []
    const port: SchedulePort = {
      async addCron(job) {
        if (job.cron === "bad") throw new Error("the cron expression bad has 1 field, not 5")
        const made = { ...job, id: `c${jobs.length + 1}`, nextFireAt: at }
        jobs.push(made)
        return made
      },
      removeCron: async (id) => id === "c1",
      list: () => jobs,
      wakeUp: () => 1,
      cancelWakeUps: () => 0,
      ...over,
    }
    return session({ schedule: port })
  }
  const ENDS = "This run ends with your answer."
  test.each<[object, string]>([
    [{ prompt: "x" }, invalid("CronCreate", "The required parameter `cron` is missing")],
    [
      { cron: "* * * * *", prompt: "" },
      invalid("CronCreate", "The parameter `prompt`: Too small: expected string to have >=1 characters"),
    ],
    [{ cron: "bad", prompt: "x" }, wrapped("Not scheduled: the cron expression bad has 1 field, not 5")],
    [
      { cron: "0 9 * * *", prompt: "x" },
      "OK Scheduled with ID c1: at 0 9 * * * (next: 02/01/2026, 09:00:00).",
    ],
    [
      { cron: "0 9 * * *", prompt: "x", recurring: false },
      "OK Scheduled with ID c1: once at 0 9 * * * (next: 02/01/2026, 09:00:00).",
    ],
  ])("CronCreate %j", async (input, said) => {
    expect(await answered(cronCreate, input, schedule())).toBe(said)
  })
  test("CronDelete and CronList", async () => {
    const ctx = schedule()
    expect(await answered(cronList, {}, ctx)).toBe("OK Nothing is scheduled.")
    await call(cronCreate, { cron: "0 9 * * *", prompt: "look" }, ctx)
    expect(await answered(cronList, {}, ctx)).toBe("OK c1: at 0 9 * * * (next: 02/01/2026, 09:00:00): look")
    expect(await answered(cronDelete, { id: "c1" }, ctx)).toBe("OK Deleted c1.")
    expect(await answered(cronDelete, { id: "c9" }, ctx)).toBe(wrapped("No scheduled task found with ID: c9"))
    expect(await answered(cronDelete, {}, ctx)).toBe(
      invalid("CronDelete", "The required parameter `id` is missing"),
    )
    const broken = schedule({ removeCron: () => Promise.reject(new Error("tasks.json cannot be written")) })
    expect(await answered(cronDelete, { id: "c1" }, broken)).toBe("ERROR tasks.json cannot be written")
  })
  test.each<[object, string]>([
    [{}, wrapped("Missing required parameter: delaySeconds")],
    [
      { delaySeconds: "60" },
      invalid(
        "ScheduleWakeup",
        "The parameter `delaySeconds` type is expected as `number` but provided as `string`",
      ),
    ],
    [{ delaySeconds: 90 }, "OK You will be woken up in 90 seconds. End your turn, or go on with other work."],
    [{ delaySeconds: -5 }, "OK You will be woken up in 60 seconds. End your turn, or go on with other work."],
    [
      { delaySeconds: 1e9 },
      "OK You will be woken up in 3600 seconds. End your turn, or go on with other work.",
    ],
    [{ stop: true }, "OK No wake-up was waiting."],
  ])("ScheduleWakeup %j", async (input, said) => {
    expect(await answered(scheduleWakeup, input, schedule())).toBe(said)
  })
  test("a wake-up that was cancelled, and one that was moved to the limit", async () => {
    const waiting = schedule({ cancelWakeUps: () => 1 })
    expect(await answered(scheduleWakeup, { stop: true }, waiting)).toBe("OK The wake-up was cancelled.")
    expect((await call(scheduleWakeup, { delaySeconds: 5 }, waiting)).data).toMatchObject({
      clampedDelaySeconds: 60,
      wasClamped: true,
      cancelledWakeups: 1,
    })
  })
  test("where there is no later", async () => {
    const cron = { cron: "* * * * *", prompt: "x" }
    expect(await answered(cronCreate, cron, session())).toBe(NOT_HERE)
    expect(await answered(cronDelete, { id: "x" }, session())).toBe(NOT_HERE)
    expect(await answered(cronList, {}, session())).toBe(NOT_HERE)
    expect(await answered(scheduleWakeup, { delaySeconds: 60 }, session())).toBe(NOT_HERE)
    expect(await answered(cronCreate, cron, schedule({ refusal: ENDS }))).toBe(`ERROR ${ENDS}`)
    expect(await answered(scheduleWakeup, { delaySeconds: 60 }, schedule({ refusal: ENDS }))).toBe(
      `ERROR ${ENDS}`,
    )
  })
})

describe("Agent answers", () => {
  const kinds = [
    { name: "general-purpose", description: "Anything" },
    { name: "Explore", description: "Looks" },
  ] as const
  const agent = agentTool(kinds as never)
  const finished: AgentReport = {
    agentId: "a1",
    text: "line one\nline two",
    isError: false,
    model: "m",
    toolUses: 2,
    tokens: 30,
    durationMs: 4.4,
    usage: {} as AgentReport["usage"],
  }
  const withAgents = (over: object = {}) =>
    session({
      agents: {
        kinds: kinds as never,
        refusal: () => null,
        // biome-ignore lint/correctness/useYield: the report is all there is
        run: async function* () {
          return finished
        },
        ...over,
      },
    })
  const wish = { description: "look", prompt: "p" }
  test.each<[object, string]>([
    [
      {},
      invalid(
        "Agent",
        "The required parameter `description` is missing",
        "The required parameter `prompt` is missing",
      ),
    ],
    [
      { ...wish, model: "gpt" },
      invalid(
        "Agent",
        'The parameter `model`: Invalid option: expected one of "sonnet"|"opus"|"haiku"|"fable"',
      ),
    ],
    [
      { ...wish, subagent_type: "nobody" },
      "ERROR Agent type 'nobody' not found. Available agents: general-purpose, Explore",
    ],
    [
      { ...wish, subagent_type: "explore", run_in_background: false },
      "OK [Subagent hand-back] The text below is the final report of a subagent, not a message of the user. The report follows:\n  line one\n  line two\nagentId: a1\n<usage>subagent_tokens: 30 tool_uses: 2 duration_ms: 4</usage>",
    ],
    [
      { ...wish, run_in_background: true },
      "OK The subagent runs in the background with ID: a1. You will be told when it ends; until then go on with other work. Its report will be in $CWD/.tasks/a1.output.",
    ],
  ])("%j", async (input, said) => {
    expect(await answered(agent, input, withAgents())).toBe(said)
  })
  test("when no more may run, and when its task list is full", async () => {
    const refusal = () => "20 subagents are running already"
    expect(await answered(agent, wish, withAgents({ refusal }))).toBe(
      "ERROR 20 subagents are running already",
    )
    const ctx = withAgents()
    const add = () => {
      throw new Error("50 background tasks are running already; stop one with TaskStop first")
    }
    expect(
      await answered(agent, { ...wish, run_in_background: true }, { ...ctx, tasks: { ...ctx.tasks, add } }),
    ).toBe("ERROR 50 background tasks are running already; stop one with TaskStop first")
  })
})

describe("Recall answers", () => {
  const transcript = (lines: readonly string[]) => {
    const ctx = session()
    mkdirSync(join(ctx.cwd, "t"))
    const path = join(ctx.cwd, "t/s.jsonl")
    writeFileSync(
      path,
      lines
        .map((content) =>
          JSON.stringify({
            type: "user",
            timestamp: "2026-01-02T03:04:05Z",
            message: { role: "user", content },
          }),
        )
        .join("\n"),
    )
    return { ...ctx, transcript: path }
  }
  test.each<[object, string]>([
    [{}, invalid("Recall", "The required parameter `query` is missing")],
    [
      { query: "" },
      invalid("Recall", "The parameter `query`: Too small: expected string to have >=1 characters"),
    ],
    [
      { query: "x", max_results: 31 },
      invalid("Recall", "The parameter `max_results`: Too big: expected number to be <=30"),
    ],
    [{ query: "absent" }, 'OK Nothing in the transcript contains "absent".'],
    [{ query: "PORT" }, "OK [2026-01-02T03:04:05Z user]\nThe port is 8080"],
    [
      { query: "absent | 80 | first", max_results: 30 },
      "OK [2026-01-02T03:04:05Z user]\nThe port is 8080\n\n[2026-01-02T03:04:05Z user]\nfirst words",
    ],
  ])("%j", async (input, said) => {
    expect(await answered(recall, input, transcript(["first words", "The port is 8080"]))).toBe(said)
  })
  test("without a transcript", async () => {
    expect(await answered(recall, { query: "x" }, session())).toBe(
      "ERROR This session keeps no transcript, so there is nothing to search.",
    )
  })
  test("ten results unless more are wanted, and 400 characters around a match", async () => {
    const ctx = transcript(Array.from({ length: 12 }, () => `${"x".repeat(1_000)}needle${"y".repeat(1_000)}`))
    const said = await answered(recall, { query: "needle" }, ctx)
    expect(said.match(/needle/g)).toHaveLength(10)
    expect(said).toContain(`…${"x".repeat(400)}needle${"y".repeat(394)}…`)
  })
})
