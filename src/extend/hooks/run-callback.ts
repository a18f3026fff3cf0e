/** Hooks of the host: asked over the control protocol, each under a deadline. */
import type { HostRequest } from "../host-request.ts"
import { type Json, messageOf } from "../json.ts"
import type { CallbackHandler, Ran } from "./handler.ts"

export interface CallbackRun {
  readonly handler: CallbackHandler
  readonly channel: HostRequest
  readonly input: Json
  readonly toolUseId?: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export async function runCallback(run: CallbackRun): Promise<Ran> {
  const { handler, signal } = run
  const deadline = AbortSignal.timeout(Math.max(1, Math.round(run.timeoutMs)))
  try {
    const answer = await run.channel.request(
      "hook_callback",
      {
        callback_id: handler.id,
        input: run.input,
        ...(run.toolUseId === undefined ? {} : { tool_use_id: run.toolUseId }),
      },
      AbortSignal.any([signal, deadline]),
    )
    return { stdout: "", stderr: "", answer }
  } catch (error) {
    if (signal.aborted) return { stdout: "", stderr: "", cut: "interrupted" }
    if (deadline.aborted) return { stdout: "", stderr: "", cut: "timeout" }
    return { stdout: "", stderr: "", error: messageOf(error) }
  }
}
