import type { AskEvent } from "../model/event.ts"

/** What the model is told when a call needs approval and nobody can give it. */
export function denialText(ask: AskEvent): string {
  return `${ask.tool} requires approval (${ask.decision.reason.text}), and nobody can approve it in this run.`
}
