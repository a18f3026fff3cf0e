import type { AgentPort } from "../../model/agent.ts"
import type { RunParts } from "../create-run.ts"
import type { Run } from "../run.ts"
import { runAgent } from "./run-agent.ts"

/** The door of one run to its subagents. Counts are the engine's: `running` is shared by all runs. */
export function createAgentPort(run: Run, push: RunParts["push"]): AgentPort {
  const { session, limits } = run
  const { agents } = session.options
  const running = session.runningAgents
  return {
    get kinds() {
      return agents.kinds
    },
    refusal() {
      if (run.depth >= agents.maxDepth)
        return `Subagents may be nested ${agents.maxDepth} deep; do this yourself.`
      if (running.count >= agents.maxConcurrent) {
        return `${running.count} subagents are running already; wait for one to end.`
      }
      const { maxBudgetUsd } = limits
      if (maxBudgetUsd !== undefined && run.ledger.spentUsd() >= maxBudgetUsd) return "Budget limit reached"
      return null
    },
    async *run(request, signal) {
      running.count++
      try {
        return yield* runAgent(run, request, {
          signal,
          canSpawn: run.depth + 1 < agents.maxDepth,
          push,
          agents: (child) => createAgentPort(child, push),
        })
      } finally {
        running.count--
      }
    },
  }
}
