/** `/compact`: a turn of its own, whose outcome says what came of it. */
import { never } from "../../lib/never.ts"
import type { Run } from "../run.ts"
import type { TurnOutcome } from "../turn-outcome.ts"
import { compact, STUCK } from "./compact.ts"

export async function compactNow(run: Run, hint: string): Promise<TurnOutcome> {
  const result = await compact(run, { trigger: "manual", hint })
  switch (result) {
    case "done":
    case "blocked":
      return { reason: "completed" }
    case "aborted":
      return { reason: "interrupted", during: "reply" }
    case "nothing":
      run.emit({ type: "notice", level: "info", code: "info", text: "there is nothing to compact yet" })
      return { reason: "completed" }
    case "stuck":
      return { reason: "api_error", message: STUCK }
    default:
      return never(result)
  }
}
