import type { Handler, ModelVerdict } from "./handler.ts"
import type { Said } from "./said.ts"

/** What a model's no means for its event (spec/hooks.md, output); a yes changes nothing. */
export function readVerdict(event: string, handler: Handler, { ok, reason, impossible }: ModelVerdict): Said {
  if (ok) return { outcome: {}, status: "success" }
  const why = reason === "" ? `a ${event} hook said no` : reason
  const goesOn = handler.type === "prompt" && handler.continueOnBlock === true
  const stop = { stop: true, stopReason: why }
  switch (event) {
    case "Stop":
    case "SubagentStop":
      return impossible === true
        ? { outcome: {}, status: "success", message: `A ${event} hook gives up: ${why}` }
        : { outcome: { block: true, reason: why }, status: "success" }
    case "PreToolUse":
      return {
        outcome: { decision: "deny", reason: why, ...(goesOn ? {} : stop) },
        status: "success",
      }
    case "PostToolUse":
      return { outcome: goesOn ? { block: true, reason: why } : { reason: why, ...stop }, status: "success" }
    case "PostToolBatch":
      return { outcome: { reason: why, ...stop }, status: "success" }
    case "PermissionRequest":
    case "PermissionDenied":
      return { outcome: {}, status: "success" }
    default:
      return { outcome: { block: true, reason: why }, status: "success" }
  }
}
