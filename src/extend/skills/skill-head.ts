import { type AnyTool, lazyTool } from "../../model/tool.ts"
import type { Skill } from "./load-skills.ts"
import prompt from "./skill-tool.md" with { type: "text" }

/** 1 % of a window of 200,000 tokens, in characters (spec/memory-skills-agents.md section 2). */
const LISTING_CHARS = 8_000

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
export function lazySkillTool(
  skills: readonly Skill[],
  options: { readonly projectDir: string; readonly listingChars?: number },
): AnyTool {
  const head = { name: "Skill", prompt: skillPrompt(skills, options.listingChars), inputSchema: INPUT }
  return lazyTool(head, async () => (await import("./skill-tool.ts")).skillTool(skills, options))
}

export function skillPrompt(skills: readonly Skill[], listingChars = LISTING_CHARS): string {
  return `${prompt.trimEnd()}\n${listing(skills, listingChars)}`
}

/** Names always, descriptions as far as the budget goes. */
function listing(skills: readonly Skill[], budget: number): string {
  let left = budget - skills.reduce((sum, { name }) => sum + name.length + 4, 0)
  return skills
    .map(({ name, description }) => {
      left -= description.length
      return left < 0 || description === "" ? `- ${name}` : `- ${name}: ${description}`
    })
    .join("\n")
}
