import type { Skill } from "./load-skills.ts"
import prompt from "./skill-tool.md" with { type: "text" }

/** 1 % of a window of 200,000 tokens, in characters (spec/memory-skills-agents.md section 2). */
const LISTING_CHARS = 8_000

/** The longest description of one skill, in characters (setting `skillListingMaxDescChars`). */
const DESCRIPTION_CHARS = 1_536

export interface Listing {
  /** Characters of all names and descriptions. */
  readonly listingChars?: number | undefined
  /** Characters of one description. */
  readonly descriptionChars?: number | undefined
}

/** What holds for every skill of a session. */
export interface SkillSetup extends Listing {
  readonly projectDir: string
  /** Hooks in the heads of the folder's own skills count. */
  readonly projectHooks?: boolean | undefined
  /** `!` commands are left out (setting `disableSkillShellExecution`). */
  readonly noCommands?: boolean | undefined
}

export function skillPrompt(
  skills: readonly Skill[],
  { listingChars, descriptionChars }: Listing = {},
): string {
  const clip = descriptionChars ?? DESCRIPTION_CHARS
  const clipped = skills.map(({ name, description }) => ({
    name,
    description: description.length > clip ? `${description.slice(0, clip - 1)}…` : description,
  }))
  return `${prompt.trimEnd()}\n${listing(clipped, listingChars ?? LISTING_CHARS)}`
}

/** Names always, descriptions as far as the budget goes. */
function listing(skills: readonly Pick<Skill, "name" | "description">[], budget: number): string {
  let left = budget - skills.reduce((sum, { name }) => sum + name.length + 4, 0)
  return skills
    .map(({ name, description }) => {
      left -= description.length
      return left < 0 || description === "" ? `- ${name}` : `- ${name}: ${description}`
    })
    .join("\n")
}
