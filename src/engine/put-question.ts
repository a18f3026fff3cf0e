/**
 * One question to the person or the host: told to readers, and ended by an answer, the deadline or the signal. Without a
 * call it is about (`toolUseId`), it goes by its own name.
 */
import type { Answer } from "../model/command.ts"
import type { AskEvent } from "../model/event.ts"
import { hears } from "./fire-hook.ts"
import { notify } from "./notify.ts"
import type { Run } from "./run.ts"

/** A question that stays open is told to Notification hooks (spec/hooks.md, output). */
const REMIND_MS = 6_000

export async function putQuestion(
  run: Run,
  question: Omit<AskEvent, "type" | "ask" | "toolUseId"> & { readonly toolUseId?: string },
  signal: AbortSignal = run.signal,
): Promise<Answer> {
  const ask = `ask_${crypto.randomUUID()}`
  const waiting = run.session.asks.open(ask, signal)
  run.emit({ type: "ask", ask, toolUseId: ask, ...question })
  const patience = remind(run, question.tool)
  const answer = await waiting
  clearTimeout(patience)
  run.emit({ type: "ask.end", ask, verdict: answer.verdict })
  return answer
}

function remind(run: Run, tool: string): ReturnType<typeof setTimeout> | undefined {
  if (!hears(run, "Notification")) return undefined
  const message = `ccts needs your permission to use ${tool}`
  return setTimeout(() => void notify(run, "permission_prompt", message), REMIND_MS)
}
