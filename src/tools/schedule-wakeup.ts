/** ScheduleWakeup: one prompt to itself, later in the same session (spec/tools.md Cron). */
import { z } from "zod"
import { failed, type Tool } from "../model/tool.ts"
import { refused } from "./result.ts"
import prompt from "./schedule-wakeup.md" with { type: "text" }

/** Seconds (spec/tools.md Cron). */
const MIN_DELAY = 60
/** Seconds (spec/tools.md Cron). */
const MAX_DELAY = 3_600

const schema = z.strictObject({
  delaySeconds: z.number().optional().describe("Seconds from now, 60 to 3600"),
  reason: z.string().optional().describe("Why, in a few words, for the user"),
  prompt: z.string().optional().describe("What you will read then"),
  stop: z.boolean().optional().describe("Cancel the waiting wake-up"),
  noop: z.boolean().optional(),
})

export const scheduleWakeup: Tool<z.infer<typeof schema>> = {
  name: "ScheduleWakeup",
  prompt,
  schema,
  offered: "always",
  access: () => [],
  title: (input) => input.reason ?? "",
  // biome-ignore lint/correctness/useYield: done at once
  async *run(input, ctx) {
    const { schedule } = ctx
    if (schedule === undefined) return failed("Nothing can be scheduled in this session.")
    if (input.stop === true) {
      const cancelledWakeups = schedule.cancelWakeUps()
      const data = {
        scheduledFor: 0,
        clampedDelaySeconds: 0,
        wasClamped: false,
        stopped: true,
        cancelledWakeups,
      }
      const text = cancelledWakeups === 0 ? "No wake-up was waiting." : "The wake-up was cancelled."
      return { content: text, data, view: { kind: "text", summary: text } }
    }
    if (schedule.refusal !== undefined) return failed(schedule.refusal)
    if (input.delaySeconds === undefined) return refused("Missing required parameter: delaySeconds")
    const clampedDelaySeconds = Math.min(MAX_DELAY, Math.max(MIN_DELAY, Math.round(input.delaySeconds)))
    const scheduledFor = Date.now() + clampedDelaySeconds * 1_000
    const why = input.reason === undefined ? "" : ` (${input.reason})`
    const cancelledWakeups = schedule.wakeUp(
      scheduledFor,
      input.prompt ?? `This is the wake-up you asked for${why}. Go on with what you were waiting for.`,
    )
    return {
      content: `You will be woken up in ${clampedDelaySeconds} seconds. End your turn, or go on with other work.`,
      data: {
        scheduledFor,
        clampedDelaySeconds,
        wasClamped: clampedDelaySeconds !== input.delaySeconds,
        ...(cancelledWakeups === 0 ? {} : { cancelledWakeups }),
      },
      view: { kind: "text", summary: `in ${clampedDelaySeconds} s` },
    }
  },
}
