/** A question of an MCP server on its way: hooks first, then the person, then hooks that see the answer. */
import type { Elicitation, ElicitationAnswer } from "../model/elicitation.ts"
import type { HookOutcome } from "../model/hook.ts"
import { fireHook } from "./fire-hook.ts"
import { notify } from "./notify.ts"
import type { Run } from "./run.ts"

/** How long a question stays open: as long as the protocol's own example server waits for its answer. */
const OPEN_MS = 10 * 60_000

/** Never rejects; what nobody answers in time, or is cut short by `signal`, is cancelled. */
export async function elicit(run: Run, about: Elicitation, signal: AbortSignal): Promise<ElicitationAnswer> {
  const input = {
    mcp_server_name: about.server,
    mode: about.mode,
    ...(about.id === undefined ? {} : { elicitation_id: about.id }),
  }
  const matcher = { matcher: about.server, signal }
  const before = await fireHook(
    run,
    "Elicitation",
    {
      ...input,
      message: about.message,
      ...(about.url === undefined ? {} : { url: about.url }),
      ...(about.schema === undefined ? {} : { requested_schema: about.schema }),
    },
    matcher,
  )
  const answer = decided(before) ?? (await ask(run, about, signal))
  const after = await fireHook(run, "ElicitationResult", { ...input, ...answer }, matcher)
  return decided(after) ?? answer
}

/** A hook that blocks declines in the person's place. */
function decided({ elicitation, block, stop }: HookOutcome): ElicitationAnswer | null {
  return block === true || stop === true ? { action: "decline" } : (elicitation ?? null)
}

async function ask(run: Run, about: Elicitation, signal: AbortSignal): Promise<ElicitationAnswer> {
  const elicit = `elicit_${crypto.randomUUID()}`
  const type = about.mode === "url" ? "elicitation_url_dialog" : "elicitation_dialog"
  const message = `The MCP server ${about.server} asks you something`
  const waiting = run.session.elicitations.open(
    elicit,
    AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]),
  )
  run.emit({ type: "elicit", elicit, about })
  void notify(run, type, message, signal)
  const answer = await waiting
  void notify(run, "elicitation_response", `${about.server}: the question was answered (${answer.action})`)
  run.emit({ type: "elicit.end", elicit, action: answer.action })
  return answer
}
