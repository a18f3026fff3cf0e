import { buildRequest, type RequestInput } from "../api/build-request.ts"
import type { MessagesRequest, RequestSettings, ToolSpec } from "../model/api.ts"
import type { Effort, ModelInfo } from "../model/model-info.ts"
import type { OfferedTool } from "../model/tool.ts"
import type { Run, Session } from "./run.ts"

/** The next request of a run. Same history, tools and settings give the same bytes: the prompt cache lives on that. */
export async function buildTurnRequest(run: Run): Promise<MessagesRequest> {
  return buildRequest(await requestInput(run))
}

/** What the builder builds from; also what a place named in an error refers to. */
export async function requestInput(run: Run): Promise<RequestInput> {
  const { options } = run.session
  const system = await run.system()
  run.session.tellInstructions(run)
  return {
    history: run.history.lines,
    system,
    tools: await toolSpecs(offeredTools(run)),
    settings: run.settings(),
    quarantined: run.quarantined,
    betas: options.models.betas,
    ...(options.models.cacheTtl && {
      ttl: options.models.cacheTtl(run.settings().model.id, { subagent: run.agent !== undefined }),
    }),
    ...(options.userId === undefined ? {} : { metadata: { user_id: options.userId } }),
  }
}

/** The tool with which others are found (spec/tools.md). */
const SEARCH = "ToolSearch"

/** What is put off stays so only where the model can search and has the tool for it; else every tool is there in full. */
export function offeredTools(run: Run): readonly OfferedTool[] {
  const tools = run.tools()
  if (!tools.some(({ name }) => name === SEARCH)) return tools.some(isDeferred) ? tools.map(inFull) : tools
  if (run.session.options.models.searchesTools?.(run.settings().model.id) === true) return tools
  return tools.filter(({ name }) => name !== SEARCH).map(inFull)
}

export function isDeferred(tool: OfferedTool): boolean {
  return "deferred" in tool && tool.deferred === true
}

function inFull(tool: OfferedTool): OfferedTool {
  if (!("deferred" in tool)) return tool
  const { deferred: _, ...rest } = tool
  return rest
}

export async function toolSpecs(tools: readonly OfferedTool[]): Promise<readonly ToolSpec[]> {
  const ready = tools.flatMap((tool) => ("spec" in tool ? [tool.spec] : []))
  if (ready.length === tools.length) return ready
  const { toolSpec } = await import("../tools/validate.ts")
  return tools.map((tool) =>
    "spec" in tool
      ? tool.spec
      : { ...toolSpec(tool), ...(tool.deferred === true && { defer_loading: true }) },
  )
}

/** Model, thinking, effort and output limit as the session stands now. */
export function requestSettings(session: Session, override?: ModelInfo, ownEffort?: Effort): RequestSettings {
  const model = override ?? session.model()
  const effort = ownEffort ?? session.effort(model)
  const { maxTokens, taskBudget } = session.options.models
  const display = session.display()
  return {
    model,
    thinking: session.thinking() ?? { type: model.thinking === "none" ? "off" : "adaptive" },
    ...(effort === null ? {} : { effort }),
    ...(maxTokens === null ? {} : { maxTokens }),
    ...(display === undefined ? {} : { display }),
    ...(taskBudget === undefined ? {} : { taskBudget }),
    ...(session.fast() ? { fast: true as const } : {}),
  }
}
