/** EnterPlanMode and ExitPlanMode. The mode after approval comes with the person's answer, not from here. */
import { readFile } from "node:fs/promises"
import * as z from "zod"
import { failed, type Tool } from "../model/tool.ts"
import enterPrompt from "./enter-plan-mode.md" with { type: "text" }
import exitPrompt from "./exit-plan-mode.md" with { type: "text" }

/** Shown to the user only, who can open the plan's file; own choice. */
const VIEW_CHARS = 4_000

/** A longer plan is no plan; the file stays as it is. Own choice. */
const PLAN_CHARS = 100_000

const enterSchema = z.strictObject({})

export const enterPlanMode: Tool<z.infer<typeof enterSchema>> = {
  name: "EnterPlanMode",
  prompt: enterPrompt,
  schema: enterSchema,
  offered: "always",
  access: () => [],
  title: () => "",
  // biome-ignore lint/correctness/useYield: done at once
  async *run(_input, ctx) {
    if (ctx.setMode === undefined) return failed("Plan mode is not available here.")
    ctx.setMode("plan")
    const file =
      ctx.planFile === undefined
        ? ""
        : ` Write the plan to ${ctx.planFile}; it is the only file you may change.`
    const message = `Entered plan mode. Explore and design; change nothing until the plan is approved.${file} Call ExitPlanMode when the plan is complete.`
    return { content: message, data: { message }, view: { kind: "text", summary: "Entered plan mode" } }
  },
}

const exitSchema = z.looseObject({
  allowedPrompts: z
    .array(z.strictObject({ tool: z.literal("Bash"), prompt: z.string() }))
    .optional()
    .describe("Kinds of commands the plan needs"),
})

export const exitPlanMode: Tool<z.infer<typeof exitSchema>> = {
  name: "ExitPlanMode",
  prompt: exitPrompt,
  schema: exitSchema,
  offered: "always",
  access: () => [{ kind: "person" }],
  title: () => "",
  async *run(input, ctx) {
    const filePath = typeof input.planFilePath === "string" ? input.planFilePath : ctx.planFile
    const given = typeof input.plan === "string" ? input.plan : null
    const plan = given ?? (filePath === undefined ? null : await readFile(filePath, "utf8").catch(() => null))
    if (plan === null || plan.trim() === "") {
      const where = filePath === undefined ? "" : ` to ${filePath}`
      return failed(`There is no plan yet. Write it${where} first, then call ExitPlanMode again.`)
    }
    const shown = plan.slice(0, PLAN_CHARS)
    return {
      content: `The person has approved your plan. You may now carry it out.\n\n## Approved plan\n${shown}`,
      data: { plan, isAgent: false, ...(filePath === undefined ? {} : { filePath }) },
      view: { kind: "text", summary: "Plan approved", text: shown.slice(0, VIEW_CHARS) },
    }
  },
}
