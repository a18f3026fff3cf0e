/** Prompts at later times: one timer, only while something is scheduled, and each time is carried out once. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSchedule } from "../../src/engine/schedule.ts"
import { nextFire, parseCron } from "../../src/lib/cron.ts"
import { cronCreate, cronDelete, cronList } from "../../src/tools/cron.ts"
import { scheduleWakeup } from "../../src/tools/schedule-wakeup.ts"
import { text, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

const DEADLINE_MS = 5_000

/** A clock that stands `ms` before a full minute and runs from there. */
function clockBefore(ms: number): () => number {
  const full = new Date(2026, 4, 4, 12, 0).getTime()
  const start = Date.now()
  return () => full - ms + (Date.now() - start)
}

async function eventually(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it did not happen in time")
    await Bun.sleep(5)
  }
}

function scheduleWith(options: { readonly file?: string; readonly now: () => number }) {
  const fired: string[] = []
  const problems: string[] = []
  const schedule = createSchedule({
    file: options.file ?? null,
    now: options.now,
    fire: (prompt) => fired.push(prompt),
    problem: (line) => problems.push(line),
  })
  return { schedule, fired, problems }
}

describe("cron expressions", () => {
  const next = (cron: string, from: Date) => nextFire(parseCron(cron), from)
  const from = new Date(2026, 4, 4, 12, 30, 15) // a Monday

  test("fire at the next fitting minute", () => {
    const rows: readonly (readonly [string, Date | null])[] = [
      ["* * * * *", new Date(2026, 4, 4, 12, 31)],
      ["*/15 * * * *", new Date(2026, 4, 4, 12, 45)],
      ["0 9 * * 1-5", new Date(2026, 4, 5, 9, 0)],
      ["0 9 * * mon", new Date(2026, 4, 11, 9, 0)],
      ["30 12 * * *", new Date(2026, 4, 5, 12, 30)],
      ["0 0 1 jan *", new Date(2027, 0, 1)],
      ["0 0 13 * 5", new Date(2026, 4, 8)],
      ["0 0 29 2 *", new Date(2028, 1, 29)],
      ["0 0 * * 7", new Date(2026, 4, 10)],
      ["5,10-12 3 * * *", new Date(2026, 4, 5, 3, 5)],
      ["0 0 30 2 *", null],
    ]
    for (const [cron, expected] of rows) expect([cron, next(cron, from)]).toEqual([cron, expected])
  })

  test("that are wrong are refused with the field that is wrong", () => {
    for (const [cron, word] of [
      ["* * * *", "five fields"],
      ["60 * * * *", "minute"],
      ["* 24 * * *", "hour"],
      ["* * 0 * *", "day of month"],
      ["* * * 13 *", "month"],
      ["* * * * 8", "day of week"],
      ["*/0 * * * *", "minute"],
      ["5-1 * * * *", "minute"],
      ["x * * * *", "minute"],
    ] as const)
      expect(() => parseCron(cron)).toThrow(word)
  })
})

test("a job fires at its minute, again when it recurs, and once when it does not", async () => {
  const { schedule, fired } = scheduleWith({ now: clockBefore(60) })
  const again = await schedule.addCron({
    cron: "* * * * *",
    prompt: "again",
    recurring: true,
    durable: false,
  })
  await schedule.addCron({ cron: "* * * * *", prompt: "once", recurring: false, durable: false })
  await eventually(() => fired.length === 2)
  expect(fired.sort()).toEqual(["again", "once"])
  expect(schedule.list().map(({ id }) => id)).toEqual([again.id])
  expect(schedule.list()[0]?.nextFireAt).toBe(new Date(2026, 4, 4, 12, 1).getTime())
  expect(await schedule.removeCron(again.id)).toBe(true)
  expect(await schedule.removeCron(again.id)).toBe(false)
  schedule.stop()
})

test("one wake-up waits at a time; a newer one replaces it, and a new session forgets it", async () => {
  const { schedule, fired } = scheduleWith({ now: Date.now })
  expect(schedule.wakeUp(Date.now() + 60_000, "never")).toBe(0)
  expect(schedule.wakeUp(Date.now() + 10, "now")).toBe(1)
  await eventually(() => fired.length === 1)
  expect(fired).toEqual(["now"])
  schedule.wakeUp(Date.now() + 20, "forgotten")
  schedule.clear()
  await Bun.sleep(40)
  expect(fired).toEqual(["now"])
  expect(schedule.cancelWakeUps()).toBe(0)
  schedule.stop()
})

test("durable jobs outlive the session, and of two open sessions one carries each time out", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "ccts-schedule-")), ".claude", "scheduled_tasks.json")
  const early = scheduleWith({ file, now: clockBefore(60_000) })
  await early.schedule.addCron({
    cron: "* * * * *",
    prompt: "water the plants",
    recurring: true,
    durable: true,
  })
  early.schedule.stop()
  expect(JSON.parse(readFileSync(file, "utf8")).tasks).toHaveLength(1)

  const now = clockBefore(250)
  const a = scheduleWith({ file, now })
  const b = scheduleWith({ file, now })
  await eventually(() => a.schedule.list().length === 1 && b.schedule.list().length === 1)
  await eventually(() => a.fired.length + b.fired.length === 1)
  await eventually(() => (JSON.parse(readFileSync(file, "utf8")).tasks[0].lastFiredAt ?? 0) > 0)
  await Bun.sleep(50)
  expect([...a.fired, ...b.fired]).toEqual(["water the plants"])
  const [job] = a.schedule.list()
  expect(await a.schedule.removeCron(job?.id as string)).toBe(true)
  expect(JSON.parse(readFileSync(file, "utf8")).tasks).toEqual([])
  a.schedule.stop()
  b.schedule.stop()
})

test("a broken file is named, kept as it is, and no reason to fail", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ccts-schedule-"))
  const file = join(folder, "scheduled_tasks.json")
  writeFileSync(file, "{ broken")
  const { schedule, problems } = scheduleWith({ file, now: Date.now })
  await eventually(() => problems.length === 1)
  expect(problems[0]).toContain(file)
  await expect(
    schedule.addCron({ cron: "* * * * *", prompt: "x", recurring: true, durable: true }),
  ).rejects.toThrow("not a valid JSON object")
  expect(readFileSync(file, "utf8")).toBe("{ broken")
  schedule.stop()
})

test("the tools schedule, list and delete; what fires becomes a prompt of its own", async () => {
  const now = clockBefore(150)
  const api = scriptedApi((_, index) => {
    if (index === 0)
      return toolUse("CronCreate", { cron: "* * * * *", prompt: "look at the build", recurring: false })
    const calls = [
      toolUse("CronList", {}),
      toolUse("CronCreate", { cron: "every day", prompt: "x" }),
      toolUse("CronDelete", { id: "nope" }),
      toolUse("ScheduleWakeup", { delaySeconds: 5, reason: "build", prompt: "again" }),
      toolUse("ScheduleWakeup", { stop: true }),
    ]
    return index === 1 ? calls : text("ok")
  })
  const r = rig({
    api,
    tools: [cronCreate, cronList, cronDelete, scheduleWakeup],
    over: () => ({ now: () => new Date(now()) }),
  })
  r.say("Set it up")
  await r.until("turn.end")
  const results = JSON.stringify(api.requests[2]?.messages)
  expect(results).toContain("Scheduled with ID")
  expect(results).toContain("look at the build")
  expect(results).toContain("five fields")
  expect(results).toContain("No scheduled task found with ID: nope")
  expect(results).toContain("woken up in 60 seconds")
  expect(results).toContain("The wake-up was cancelled.")
  await r.until("notice", (event) => event.code === "scheduled")
  await r.until("turn.end")
  expect(JSON.stringify(api.requests.at(-1)?.messages.at(-1))).toContain("look at the build")
  expect(api.rejections).toEqual([])
  expect(existsSync(join(r.folder, ".claude"))).toBe(false)
  await r.close()
})

test("a run that ends with its answer schedules nothing, and says what to do instead", async () => {
  const api = scriptedApi((_, index) =>
    index === 0
      ? [
          toolUse("CronCreate", { cron: "* * * * *", prompt: "look at the build" }),
          toolUse("ScheduleWakeup", { delaySeconds: 60, prompt: "again" }),
          toolUse("CronList", {}),
        ]
      : text("ok"),
  )
  const tools = [cronCreate, cronList, scheduleWakeup]
  const r = rig({ api, tools, over: () => ({ endsWithAnswer: true }) })
  r.say("Set it up")
  await r.until("turn.end")
  const ends = r.events.filter((event) => event.type === "tool.end")
  expect(ends.map(({ isError }) => isError)).toEqual([true, true, false])
  expect(JSON.stringify(api.requests[1]?.messages).split("run a command in the background").length).toBe(3)
  expect(JSON.stringify(ends[2])).toContain("Nothing is scheduled.")
  await r.close()
})

test("what a monitor prints reaches the model while it runs", async () => {
  const done = Promise.withResolvers<{ status: "completed"; summary: string }>()
  const toy = toyTool("Watch", "free", async () => "")
  const api = scriptedApi((_, index) => (index === 0 ? toolUse("Watch", {}) : text("ok")))
  const r = rig({
    api,
    tools: [
      {
        ...toy,
        async *run(_, ctx) {
          yield "starting"
          const outputFile = ctx.tasks.outputFile(ctx.tasks.newId("monitor"))
          const { id } = ctx.tasks.add({
            kind: "monitor",
            description: "the log",
            outputFile,
            toolUseId: ctx.toolUseId,
            done: done.promise,
            stop: () => done.resolve({ status: "completed", summary: "" }),
          })
          setTimeout(() => ctx.tasks.event?.(id, "an error came by"), 20)
          return { content: id, data: id, view: { kind: "text" } }
        },
      },
    ],
  })
  r.say("Watch it")
  await r.until("turn.end")
  await r.until("turn.end")
  expect(JSON.stringify(api.requests.at(-1)?.messages.at(-1))).toContain("an error came by")
  done.resolve({ status: "completed", summary: "the log ended" })
  await r.until("task", (event) => event.change === "ended")
  await r.until("turn.end")
  expect(r.events.filter((event) => event.type === "prompt" && event.origin === "task").length).toBe(1)
  await r.close()
})
