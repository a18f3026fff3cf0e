import { z } from "zod"
import { failed, type Tool } from "../../model/tool.ts"
import { expandSkill } from "./expand-skill.ts"
import type { Skill } from "./load-skills.ts"
import { type SkillSetup, skillPrompt } from "./skill-prompt.ts"

const schema = z.object({
  skill: z.string().describe("Name of the skill, without a slash"),
  args: z.string().optional().describe("What the skill is to work on"),
})
type Input = z.infer<typeof schema>

/** The `Skill` tool over `skills`; their names and descriptions are part of its prompt. */
export function skillTool(skills: readonly Skill[], setup: SkillSetup): Tool<Input> {
  const find = (name: string) => skills.find((skill) => skill.name === name.replace(/^\//, ""))
  return {
    name: "Skill",
    prompt: skillPrompt(skills, setup),
    schema,
    access: ({ skill }) => [{ kind: "skill", name: skill.replace(/^\//, "") }],
    title: ({ skill, args }) => (args === undefined ? skill : `${skill} ${args}`),
    async *run({ skill: name, args = "" }, ctx) {
      const skill = find(name)
      if (skill === undefined)
        return failed(`Unknown skill: ${name}. Available: ${skills.map((one) => one.name).join(", ")}`)
      const { turn } = ctx
      if (turn === undefined) return failed("Skills cannot be used here.")
      const text = await expandSkill(skill, args, { ...setup, turn })
      const data = { success: true, commandName: skill.name }
      const view = { kind: "text" as const, summary: `Skill ${skill.name}` }
      if (skill.fork === undefined) return { content: text, data, view }

      const kind = ctx.agents.kinds.find((one) => one.name === skill.fork)
      const refusal = kind === undefined ? `Agent type '${skill.fork}' not found.` : ctx.agents.refusal()
      if (kind === undefined || refusal !== null) return failed(refusal ?? "")
      const report = yield* ctx.agents.run(
        { kind, prompt: text, description: skill.name, toolUseId: ctx.toolUseId },
        ctx.signal,
      )
      return { content: report.text, isError: report.isError, data: { ...data, status: "forked" }, view }
    },
  }
}
