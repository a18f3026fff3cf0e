import { readFile } from "node:fs/promises"
import type { ReadyCall } from "./call.ts"
import type { Run, Steering } from "./run.ts"

/** A longer plan is no plan. */
const PLAN_CHARS = 100_000

/** What the model is told with every prompt while it plans; a host may replace how to go about it. */
export function planReminder(run: Run): Steering | null {
  const { session } = run
  if (session.mode() !== "plan" || run.agent !== undefined) return null
  const how = session.options.planInstructions ?? HOW
  const content = `<system-reminder>
Plan mode is on: read, search and think, but change nothing and run nothing that changes anything, until the user has approved a plan. The only file you may write is ${session.planFile()}.

${how}

When the plan is written to that file, call ExitPlanMode; that is how the user is asked. If the user only wants something explained or found, answer it without a plan.
</system-reminder>`
  return { uuid: crypto.randomUUID(), content, origin: "reminder" }
}

const HOW =
  "Find out what is there before you decide: the code that is concerned, how it is tested, what depends on it. Then write the plan: what will change and why, the files, the order, how it will be checked, and what could go wrong. Keep it as short as someone needs who has to judge it."

/** The input as the person judges it: the plan itself stands in the file. */
export async function inputToShow(run: Run, call: ReadyCall): Promise<Readonly<Record<string, unknown>>> {
  if (call.tool.name !== "ExitPlanMode" || call.input.plan !== undefined) return call.input
  const planFilePath = run.session.planFile()
  const plan = await readFile(planFilePath, "utf8").catch(() => null)
  return plan === null ? call.input : { ...call.input, plan: plan.slice(0, PLAN_CHARS), planFilePath }
}
