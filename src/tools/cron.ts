/** CronCreate, CronDelete, CronList: prompts at set times (spec/tools.md Cron). */
import { z } from "zod"
import { failed, type ScheduledJob, type Tool } from "../model/tool.ts"
import createPrompt from "./cron-create.md" with { type: "text" }
import deletePrompt from "./cron-delete.md" with { type: "text" }
import listPrompt from "./cron-list.md" with { type: "text" }
import { refused } from "./result.ts"

const NOT_HERE = "Nothing can be scheduled in this session."

const createSchema = z.strictObject({
  cron: z.string().describe("minute hour day-of-month month day-of-week"),
  prompt: z.string().min(1).describe("What you will read at that time"),
  recurring: z.boolean().optional().describe("Again and again (default), or once"),
  durable: z.boolean().optional().describe("Keep it for later sessions in this project"),
})

export const cronCreate: Tool<z.infer<typeof createSchema>> = {
  name: "CronCreate",
  prompt: createPrompt,
  schema: createSchema,
  offered: "always",
  access: () => [],
  title: (input) => input.cron,
  // biome-ignore lint/correctness/useYield: done at once
  async *run(input, ctx) {
    if (ctx.schedule === undefined) return failed(NOT_HERE)
    if (ctx.schedule.refusal !== undefined) return failed(ctx.schedule.refusal)
    const { cron, prompt, recurring = true, durable = false } = input
    try {
      const job = await ctx.schedule.addCron({ cron, prompt, recurring, durable })
      const humanSchedule = inWords(job)
      const data = {
        id: job.id,
        humanSchedule,
        recurring,
        durable,
        ...(job.nextFireAt === null ? {} : { nextFireAt: job.nextFireAt }),
      }
      const content = `Scheduled with ID ${job.id}: ${humanSchedule}.`
      return { content, data, view: { kind: "text", summary: humanSchedule } }
    } catch (error) {
      return refused(`Not scheduled: ${error instanceof Error ? error.message : String(error)}`)
    }
  },
}

const deleteSchema = z.strictObject({ id: z.string().describe("Id of the scheduled task") })

export const cronDelete: Tool<z.infer<typeof deleteSchema>> = {
  name: "CronDelete",
  prompt: deletePrompt,
  schema: deleteSchema,
  offered: "always",
  access: () => [],
  title: (input) => input.id,
  // biome-ignore lint/correctness/useYield: done at once
  async *run({ id }, ctx) {
    if (ctx.schedule === undefined) return failed(NOT_HERE)
    try {
      if (!(await ctx.schedule.removeCron(id))) return refused(`No scheduled task found with ID: ${id}`)
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error))
    }
    return { content: `Deleted ${id}.`, data: { id }, view: { kind: "text", summary: `Deleted ${id}` } }
  },
}

const listSchema = z.strictObject({})

export const cronList: Tool<z.infer<typeof listSchema>> = {
  name: "CronList",
  prompt: listPrompt,
  schema: listSchema,
  offered: "always",
  access: () => [],
  title: () => "",
  async *run(_input, ctx) {
    if (ctx.schedule === undefined) return failed(NOT_HERE)
    const jobs = ctx.schedule.list().map((job) => ({
      id: job.id,
      cron: job.cron,
      humanSchedule: inWords(job),
      prompt: job.prompt,
      recurring: job.recurring,
      durable: job.durable,
      ...(job.nextFireAt === null ? {} : { nextFireAt: job.nextFireAt }),
    }))
    const lines = jobs.map(({ id, humanSchedule, prompt }) => `${id}: ${humanSchedule}: ${prompt}`)
    return {
      content: lines.length === 0 ? "Nothing is scheduled." : lines.join("\n"),
      data: { jobs },
      view: { kind: "text", summary: `${jobs.length} scheduled` },
    }
  },
}

function inWords({ cron, recurring, nextFireAt }: ScheduledJob): string {
  const next = nextFireAt === null ? "" : ` (next: ${new Date(nextFireAt).toLocaleString("en-GB")})`
  return `${recurring ? "at" : "once at"} ${cron}${next}`
}
