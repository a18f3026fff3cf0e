import type { CommandInfo, CommandPort } from "../../model/intake.ts"
import type { LazyTool } from "../../model/tool.ts"
import { expandSkill } from "./expand-skill.ts"
import { lazySkillTool } from "./lazy-skill-tool.ts"
import { loadSkills, type Skill, type SkillPlace } from "./load-skills.ts"
import type { SkillSetup } from "./skill-prompt.ts"

export interface SkillOptions extends SkillSetup {
  readonly places: readonly SkillPlace[]
  /** What comes with ccts, as Markdown by name. */
  readonly bundled?: Readonly<Record<string, string>>
  /** Setting `skillOverrides`: `on`, `name-only`, `user-invocable-only` or `off` by name. */
  readonly overrides?: Readonly<Record<string, unknown>>
}

export interface Skills extends CommandPort {
  /** Reads the folders anew. */
  reload(): void
  /** Names of the skills a person may call. */
  skillNames(): readonly string[]
  /** `initialize.skills`: only skills of these names (or `…:name`) are for the model. */
  only(names: readonly string[]): void
  /** The `Skill` tool; null when there is nothing to call. */
  tool(): LazyTool | null
}

/** The skills and commands of one session. */
export function createSkills(options: SkillOptions): Skills {
  const { places, bundled, overrides, ...setup } = options
  let skills = loadSkills(places, bundled)
  let wanted: readonly string[] | null = null
  let tool: { readonly of: string; readonly tool: LazyTool } | null = null

  const override = ({ name }: Skill) => overrides?.[name]
  const forPeople = () =>
    [...skills.values()].filter((skill) => skill.userInvocable && override(skill) !== "off")
  const forModel = () =>
    [...skills.values()].filter((skill) => {
      const how = override(skill)
      if (!skill.modelInvocable || how === "off" || how === "user-invocable-only") return false
      return wanted?.some((name) => skill.name === name || skill.name.endsWith(`:${name}`)) ?? true
    })
  const call = (name: string) => {
    if (!skills.has(name)) skills = loadSkills(places, bundled)
    return skills.get(name)
  }

  return {
    list: () => forPeople().map(describe),
    skillNames: () => forPeople().flatMap(({ kind, name }) => (kind === "skill" ? [name] : [])),
    reload() {
      skills = loadSkills(places, bundled)
    },
    only(names) {
      wanted = names
    },
    async expand(name, args, turn) {
      const skill = call(name)
      if (skill === undefined || !skill.userInvocable || override(skill) === "off") return null
      const text = await expandSkill(skill, args, { ...setup, turn }).catch(
        (error: unknown) =>
          `/${name} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      )
      return { name, text, source: skill.source }
    },
    async preload(name, turn) {
      const skill = call(name) ?? [...skills.values()].find((one) => one.name.endsWith(`:${name}`))
      if (skill === undefined || override(skill) === "off") return null
      return expandSkill(skill, "", { turn, projectDir: options.projectDir })
    },
    tool() {
      const offered = forModel()
      const of = offered.map(({ name, description }) => `${name}\n${description}`).join("\n\n")
      if (of === "") return null
      // The same skills give the same tool: its bytes are part of the cached prefix.
      if (tool?.of !== of) {
        tool = {
          of,
          tool: lazySkillTool(
            offered.map((skill) => (override(skill) === "name-only" ? { ...skill, description: "" } : skill)),
            setup,
          ),
        }
      }
      return tool.tool
    },
  }
}

function describe({ name, kind, description, argumentHint }: Skill): CommandInfo {
  return { name, description, argumentHint, skill: kind === "skill" }
}
