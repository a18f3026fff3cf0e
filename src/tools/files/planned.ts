/** A change in two steps: everything that can be wrong is found first, so that nobody is asked about what cannot be. */
import { failed, type ToolOutput } from "../../model/tool.ts"

/** What makes the change, or why it cannot be made. */
export type Plan = ToolOutput | (() => Promise<ToolOutput>)

export async function carryOut(plan: Plan): Promise<ToolOutput> {
  return typeof plan === "function" ? await plan() : plan
}

/** For `Tool.check`. */
export async function problemOfPlan(make: () => Promise<Plan>): Promise<ToolOutput | null> {
  try {
    const plan = await make()
    return typeof plan === "function" ? null : plan
  } catch (error) {
    return failed((error as Error).message)
  }
}
