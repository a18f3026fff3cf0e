import { newFold } from "./fold-state.ts"
import { failureResult } from "./fold-turn.ts"
import { EMPTY_INFO } from "./info.ts"

/** The result of a run that could not start, as a line of stream-json (spec/headless.md section 11). */
export function startupFailure(
  error: string,
  options: { readonly version: string; readonly reason?: string },
): string {
  const state = newFold({
    info: { ...EMPTY_INFO, version: options.version },
    partial: false,
    hookEvents: false,
    subagentText: false,
    replayUsers: false,
    sessionState: false,
    now: () => Date.now(),
    newUuid: () => crypto.randomUUID(),
  })
  return `${JSON.stringify(failureResult(state, [error], options.reason))}\n`
}
