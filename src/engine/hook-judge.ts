/** The models that hooks of type `prompt` and `agent` ask, with the model, the budget and the books of a run. */
import type { AgentKind } from "../model/agent.ts"
import type { HookJudge } from "../model/hook.ts"
import type { ModelInfo } from "../model/model-info.ts"
import type { Run } from "./run.ts"
import { sideRequest } from "./side-request.ts"
import { plainRequest, smallModel } from "./small-model.ts"

/** Requests of one verifier (spec/hooks.md, handler fields). */
const MAX_TURNS = 50
const READ_TOOLS = ["Read", "Grep", "Glob", "LS"]

export function judgeOf(run: Run): HookJudge {
  return {
    async ask({ prompt, system, model, signal }) {
      refuseOverBudget(run)
      const request = plainRequest(chosen(run, model), prompt, system)
      const reply = await sideRequest(run, request, { cause: "hook", signal })
      if (!reply.ok) throw new Error(reply.failure.message)
      return reply.text
    },
    async verify({ prompt, system, model, signal }) {
      refuseOverBudget(run)
      const kind: AgentKind = {
        name: "hook-agent",
        description: "Checks a condition for a hook",
        prompt: system,
        tools: READ_TOOLS,
        maxTurns: MAX_TURNS,
        omitMemory: true,
        readOnly: true,
        unattended: true,
        source: "built-in",
      }
      const id = `hook_${crypto.randomUUID()}`
      const request = {
        kind,
        prompt,
        description: kind.description,
        model: chosen(run, model).id,
        toolUseId: id,
      }
      const work = run.agents.run(request, signal)
      for (;;) {
        const step = await work.next()
        if (!step.done) continue
        if (step.value.isError) throw new Error(step.value.text.split("\n", 1)[0])
        return step.value.text
      }
    },
  }
}

/** The small, fast model unless the hook names one that may be used here. */
function chosen(run: Run, name: string | undefined): ModelInfo {
  const { models } = run.session.options
  if (name === undefined || (models.refuse?.(name) ?? null) !== null) return smallModel(run)
  return models.resolve(name)
}

function refuseOverBudget({ limits, ledger }: Run): void {
  const { maxBudgetUsd } = limits
  if (maxBudgetUsd !== undefined && ledger.totals().costUsd >= maxBudgetUsd)
    throw new Error("the budget of this session is used up")
}
