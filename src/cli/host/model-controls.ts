import { resolveModel } from "../../api/models.ts"
import type { Controls } from "../../headless/controls.ts"
import type { ApiFailure, ApiPort } from "../../model/api.ts"
import type { ModelInfo } from "../../model/model-info.ts"
import { modelPolicy } from "../model-policy.ts"
import type { HostContext } from "./host-context.ts"

/** A model that says nothing for so long is neither there nor missing: the next turn will tell. */
const PROBE_MS = 15_000

/** Longer than any id, path or address of a model (Bedrock's have up to 2,048). */
const MAX_NAME_CHARS = 2_048

/** Failures that say something of the model, not of the moment. */
const NO_SUCH_MODEL: ReadonlySet<ApiFailure["category"]> = new Set(["model_not_found", "invalid_request"])

/** `set_model`: refused where the settings or the service refuse it, so that "done" means done. */
export function modelControls({ prepared, core, api, state }: HostContext): Controls {
  const refuse = modelPolicy(prepared)
  return {
    async set_model(request, signal) {
      const { model } = request
      if (typeof model === "string" && model !== "default") {
        if (model.trim() === "" || model.length > MAX_NAME_CHARS)
          throw new Error(`model must be a name of at most ${MAX_NAME_CHARS} characters.`)
        const info = resolveModel(model, prepared.env)
        const problem = refuse(model) ?? (isListed(info) ? null : await probe(api, info, state, signal))
        if (problem !== null) throw new Error(problem)
      }
      return (await core.set_model?.(request, signal)) ?? {}
    },
  }
}

function isListed({ costBasis }: ModelInfo): boolean {
  return costBasis === "list"
}

/** Asks the model for one token; why it cannot be used, or null. */
async function probe(
  api: ApiPort,
  { id }: ModelInfo,
  { session }: HostContext["state"],
  signal: AbortSignal,
): Promise<string | null> {
  const request = {
    model: id,
    max_tokens: 1,
    messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    stream: true,
  } as const
  const options = {
    signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]),
    cause: "probe",
    sessionId: session?.id ?? "",
  } as const
  for await (const item of api.stream(request, options)) {
    if (item.type === "event") return null
    if (item.type === "failed")
      return NO_SUCH_MODEL.has(item.failure.category)
        ? `The model ${id} cannot be used: ${item.failure.message}`
        : null
  }
  return null
}
