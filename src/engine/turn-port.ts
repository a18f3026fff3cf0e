import { textOf } from "../model/block.ts"
import type { TurnPort } from "../model/intake.ts"
import { authorise } from "./authorise.ts"
import { readMentions } from "./mentions.ts"
import { prepareCall } from "./prepare-call.ts"
import type { Run } from "./run.ts"
import { execute } from "./run-one.ts"

/** What a command or skill may do inside `run`. */
export function turnPort(run: Run): TurnPort {
  const { session } = run
  return {
    sessionId: run.history.sessionId,
    signal: run.signal,
    effort: run.settings().effort ?? null,
    allow: (rules) => session.allowForTurn(rules),
    useModel(name) {
      const { models } = session.options
      if (name !== "inherit" && (models.refuse?.(name) ?? null) === null) run.useModel(models.resolve(name))
    },
    addHooks: session.addHooks,
    shell: (command) => runShell(run, command),
    mentions: (text) => readMentions(run, text),
  }
}

async function runShell(run: Run, command: string): Promise<{ ok: boolean; output: string }> {
  const id = `toolu_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`
  const block = { type: "tool_use" as const, id, name: "Bash", input: { command } }
  const prepared = await prepareCall(run, { block })
  if (prepared.kind === "answered") return { ok: false, output: "Bash is not available in this session." }
  const verdict = await authorise(run, prepared.call)
  if ("answered" in verdict) return { ok: false, output: textOf(verdict.answered.content) }
  if (!verdict.go) return { ok: false, output: verdict.text }
  const { content, isError } = await execute(run, { ...prepared.call, input: verdict.input })
  const output = typeof content === "string" ? content : ""
  return { ok: isError !== true, output }
}
