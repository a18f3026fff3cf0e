/** One question to the person or the host: told to readers, and ended by an answer, the deadline or the signal. */
import type { Answer } from "../model/command.ts"
import type { AskEvent } from "../model/event.ts"
import { fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"

/** A question that stays open is told to Notification hooks (spec/hooks.md, output). */
const REMIND_MS = 6_000

export async function putQuestion(
  run: Run,
  question: Omit<AskEvent, "type" | "ask">,
  signal: AbortSignal = run.signal,
): Promise<Answer> {
  const ask = `ask_${crypto.randomUUID()}`
  const waiting = run.session.asks.open(ask, signal)
  run.emit({ type: "ask", ask, ...question })
  const patience = remind(run, question.tool)
  const answer = await waiting
  clearTimeout(patience)
  run.emit({ type: "ask.end", ask, verdict: answer.verdict })
  return answer
}

function remind(run: Run, tool: string): ReturnType<typeof setTimeout> | undefined {
  if (!run.session.hooks.listens("Notification")) return undefined
  const type = "permission_prompt"
  const message = `ccts needs your permission to use ${tool}`
  return setTimeout(
    () => void fireHook(run, "Notification", { message, notification_type: type }, { matcher: type }),
    REMIND_MS,
  )
}
