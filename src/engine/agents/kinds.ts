import type { AgentKind } from "../../model/agent.ts"
import explore from "./explore.md" with { type: "text" }
import general from "./general.md" with { type: "text" }
import plan from "./plan.md" with { type: "text" }

const READ_ONLY_TOOLS = ["Read", "Grep", "Glob", "LS", "Bash", "WebFetch", "WebSearch"]

/** The kinds that are always there. Explore and Plan only look: file tools that write are not theirs. */
export const BUILT_IN_AGENTS: readonly AgentKind[] = [
  {
    name: "general-purpose",
    description:
      "For a task of several steps that can be described completely and handed over: research that needs many searches, or a change in a part of the project of its own. Has all tools.",
    prompt: general,
    source: "built-in",
  },
  {
    name: "Explore",
    description:
      "For finding things in a code base without changing anything: where something is defined, how parts work together, which files matter. Say how thorough it should be.",
    prompt: explore,
    tools: READ_ONLY_TOOLS,
    omitMemory: true,
    readOnly: true,
    source: "built-in",
  },
  {
    name: "Plan",
    description:
      "For working out how to build something: reads the code and returns a plan with steps, files and risks. Changes nothing.",
    prompt: plan,
    tools: READ_ONLY_TOOLS,
    omitMemory: true,
    readOnly: true,
    source: "built-in",
  },
]
