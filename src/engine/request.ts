import { buildRequest, type RequestInput } from "../api/build-request.ts"
import type { MessagesRequest, RequestSettings, ToolSpec } from "../model/api.ts"
import type { ModelInfo } from "../model/model-info.ts"
import type { AnyTool } from "../model/tool.ts"
import type { Run, Session } from "./run.ts"

/** The next request of a run. Same history, tools and settings give the same bytes: the prompt cache lives on that. */
export async function buildTurnRequest(run: Run): Promise<MessagesRequest> {
  return buildRequest(await requestInput(run))
}

/** What the builder builds from; also what a place named in an error refers to. */
export async function requestInput(run: Run): Promise<RequestInput> {
  const { options } = run.session
  return {
    history: run.history.lines,
    system: await run.system(),
    tools: await toolSpecs(run.tools()),
    settings: run.settings(),
    quarantined: run.quarantined,
    betas: options.models.betas,
    ...(options.userId === undefined ? {} : { metadata: { user_id: options.userId } }),
  }
}

async function toolSpecs(tools: readonly AnyTool[]): Promise<readonly ToolSpec[]> {
  const bare = tools.some((tool) => tool.inputSchema === undefined)
  const { toolSpec } = bare ? await import("../tools/validate.ts") : { toolSpec: specOf }
  return tools.map(toolSpec)
}

/** Of a tool that brings its JSON schema: the schema library is not needed. */
function specOf({ name, prompt, inputSchema = {} }: AnyTool): ToolSpec {
  return { name, description: prompt, input_schema: inputSchema }
}

/** Model, thinking, effort and output limit as the session stands now. */
export function requestSettings(session: Session, override?: ModelInfo): RequestSettings {
  const model = override ?? session.model()
  const effort = session.effort()
  const { maxTokens, taskBudget } = session.options.models
  const display = session.display()
  return {
    model,
    thinking: session.thinking() ?? { type: model.thinking === "none" ? "off" : "adaptive" },
    ...(effort === null ? {} : { effort }),
    ...(maxTokens === null ? {} : { maxTokens }),
    ...(display === undefined ? {} : { display }),
    ...(taskBudget === undefined ? {} : { taskBudget }),
  }
}
