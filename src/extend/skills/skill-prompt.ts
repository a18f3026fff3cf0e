import type { Skill } from "./load-skills.ts"
import prompt from "./skill-tool.md" with { type: "text" }

/** 1 % of a window of 200,000 tokens, in characters (spec/memory-skills-agents.md section 2). */
const LISTING_CHARS = 8_000

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
