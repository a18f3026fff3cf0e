import type { AgentKind } from "../../model/agent.ts"
import type { TurnPort } from "../../model/intake.ts"
import type { Run, Steering } from "../run.ts"
import { turnPort } from "../turn-port.ts"

/** Skills of one kind; each is a text of its own in the window. */
const MAX_SKILLS = 20

/** What a subagent of this kind knows from the start. A skill that cannot be read is told, and no reason to fail. */
export async function preloadSkills(
  run: Run,
  { name: agent, skills = [] }: AgentKind,
  tell: Run["emit"],
): Promise<readonly Steering[]> {
  const { commands } = run.session.options
  const loaded: Steering[] = []
  for (const name of skills.slice(0, MAX_SKILLS)) {
    const text = (await commands?.preload?.(name, ungranted(run)).catch(() => null)) ?? null
    if (text === null)
      tell({
        type: "notice",
        level: "warning",
        code: "agent_skill",
        text: `agent "${agent}": skill ${name} not found`,
      })
    else {
      const content = `<system-reminder>\nSkill ${name}, for your work:\n\n${text}\n</system-reminder>`
      loaded.push({ uuid: crypto.randomUUID(), content, origin: "reminder" })
    }
  }
  return loaded
}

/** Nobody called the skill, so it neither loosens rules nor chooses the model. */
function ungranted(run: Run): TurnPort {
  return { ...turnPort(run), allow() {}, useModel() {} }
}
