/** Hooks of the host: asked over the control protocol, each under a deadline. */
import type { HostRequest } from "../host-request.ts"
import type { Json } from "../json.ts"
import type { CallbackHandler, Ran } from "./handler.ts"
import { type Limits, underDeadline } from "./under-deadline.ts"

export interface CallbackRun extends Limits {
  readonly handler: CallbackHandler
  readonly channel: HostRequest
  readonly input: Json
  readonly toolUseId?: string | undefined
}

export function runCallback(run: CallbackRun): Promise<Ran> {
  const { handler, channel, input, toolUseId } = run
  return underDeadline(run, async (signal) => {
    const payload = {
      callback_id: handler.id,
      input,
      ...(toolUseId === undefined ? {} : { tool_use_id: toolUseId }),
    }
    return { stdout: "", stderr: "", answer: await channel.request("hook_callback", payload, signal) }
  })
}
