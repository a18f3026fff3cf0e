import type { AgentPort } from "../model/agent.ts"
import type { AgentRef, EventBody } from "../model/event.ts"
import type { Effort, ModelInfo } from "../model/model-info.ts"
import type { FileMemory, OfferedTool } from "../model/tool.ts"
import { addUsage, NO_USAGE } from "../model/usage.ts"
import type { Policy } from "../permissions/policy.ts"
import { toolsDeniedByName } from "../permissions/rules/compile.ts"
import type { History } from "./history.ts"
import type { Ledger } from "./ledger.ts"
import type { RunLimits } from "./options.ts"
import type { SystemText } from "./prompt/system-prompt.ts"
import { requestSettings } from "./request.ts"
import type { Meter, Run, Session, Steering } from "./run.ts"

export interface RunParts {
  readonly session: Session
  readonly history: History
  readonly ledger: Ledger
  readonly quarantined: Set<string>
  readonly abort: AbortController
  readonly contextUsed: number
  readonly limits: RunLimits
  /** Asked before every request. */
  tools(): readonly OfferedTool[]
  readonly agent?: AgentRef
  readonly depth: number
  readonly readOnly?: boolean
  readonly unhooked?: true
  readonly files: FileMemory
  /** A subagent brings its own prompt and model. */
  readonly system?: readonly SystemText[]
  readonly model?: ModelInfo
  readonly effort?: Effort
  /** The session's, unless the run has a mode of its own. */
  policy?(): Policy
  /** The door to subagents of the new run. */
  agents(run: Run): AgentPort
  push(body: EventBody, at?: { readonly agent?: AgentRef }): void
  steering(): readonly Steering[]
  /** A subagent has its own. */
  reminders?(): Promise<readonly string[]>
}

/** `contextUsed`: tokens in the window now, 0 when they are not known. */
export function newMeter(contextUsed: number): Meter {
  return {
    requests: 0,
    cutOff: 0,
    apiMs: 0,
    usage: NO_USAGE,
    denials: [],
    lastText: "",
    stopReason: null,
    contextUsed,
    fallbacks: 0,
    stopHooks: 0,
  }
}

export function createRun(parts: RunParts): Run {
  const { session, agent } = parts
  let model = parts.model
  const meter = newMeter(parts.contextUsed)
  const at = agent === undefined ? {} : { agent }
  const policy = parts.policy ?? session.policy
  const run: Run = {
    session,
    policy,
    ...at,
    depth: parts.depth,
    readOnly: parts.readOnly === true,
    ...(parts.unhooked === true ? { unhooked: true as const } : {}),
    files: parts.files,
    get agents() {
      return agents
    },
    history: parts.history,
    api: session.options.api,
    ledger: parts.ledger,
    quarantined: parts.quarantined,
    signal: parts.abort.signal,
    limits: parts.limits,
    meter,
    tools() {
      const denied = toolsDeniedByName(policy().rules)
      return parts.tools().filter((tool) => !denied(tool.name))
    },
    settings: () => requestSettings(session, model, parts.effort),
    useModel(next) {
      model = next
    },
    reminders: () => parts.reminders?.() ?? session.reminders(run),
    system: () => (parts.system === undefined ? session.systemPrompt() : Promise.resolve(parts.system)),
    emit(body) {
      if (body.type === "tool.end" && agent === undefined) session.sawResult(body.tool, body.view)
      if (body.type === "reply.end") meter.usage = addUsage(meter.usage, body.usage)
      parts.push(body, at)
    },
    steering: parts.steering,
  }
  const agents = parts.agents(run)
  return run
}
