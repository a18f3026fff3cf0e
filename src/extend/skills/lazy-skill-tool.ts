import type { LazyTool } from "../../model/tool.ts"
import type { Skill } from "./load-skills.ts"
import { type SkillSetup, skillPrompt } from "./skill-prompt.ts"

/** The input of the tool, as JSON schema and without the schema library; skill-tool.ts checks by the same fields. */
const INPUT = {
  type: "object",
  properties: {
    skill: { type: "string", description: "Name of the skill, without a slash" },
    args: { type: "string", description: "What the skill is to work on" },
  },
  required: ["skill"],
} as const

/** The `Skill` tool over `skills`, as a session starts with it. */
export function lazySkillTool(skills: readonly Skill[], setup: SkillSetup): LazyTool {
  return {
    name: "Skill",
    offered: "always",
    spec: { name: "Skill", description: skillPrompt(skills, setup), input_schema: INPUT },
    load: async () => (await import("./skill-tool.ts")).skillTool(skills, setup),
  }
}
