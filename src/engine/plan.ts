import { readFile } from "node:fs/promises"
import type { ReadyCall } from "./call.ts"
import type { Run } from "./run.ts"

/** A longer plan is no plan. */
const PLAN_CHARS = 100_000

/** The input as the person judges it: the plan itself stands in the file. */
export async function inputToShow(run: Run, call: ReadyCall): Promise<Readonly<Record<string, unknown>>> {
  if (call.tool.name !== "ExitPlanMode" || call.input.plan !== undefined) return call.input
  const planFilePath = run.session.planFile()
  const plan = await readFile(planFilePath, "utf8").catch(() => null)
  return plan === null ? call.input : { ...call.input, plan: plan.slice(0, PLAN_CHARS), planFilePath }
}
